import { h, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Chart } from '../api/types';
import { parseSvg, type SvgNode } from '../lib/svg';

function draw(node: SvgNode | string): VNode | string {
  if (typeof node === 'string') return node;
  return h(node.tag, { ...node.attributes }, node.children.map(draw));
}

/** The server's drawing, rebuilt element by element from what lib/svg.ts lets through. */
export function ChartView({ chart }: { chart: Chart }) {
  const svg = useMemo(() => parseSvg(chart.svg), [chart.svg]);
  if (!svg) return null;
  return <div class="chart-box">{draw(svg)}</div>;
}
