import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Citation } from '../api/types';

const kGap = 8;
const kLingerMs = 120;

const tip = signal<{ citation: Citation; chip: HTMLElement } | null>(null);
let leaving: ReturnType<typeof setTimeout> | undefined;

export function showTip(citation: Citation, chip: HTMLElement): void {
  clearTimeout(leaving);
  tip.value = { citation, chip };
}

/** With a moment's grace, so that the pointer can move onto the quote. */
export function leaveTip(): void {
  clearTimeout(leaving);
  leaving = setTimeout(() => (tip.value = null), kLingerMs);
}

export function hideTip(): boolean {
  const shown = tip.value !== null;
  clearTimeout(leaving);
  tip.value = null;
  return shown;
}

function place(box: HTMLElement, chip: HTMLElement): void {
  const from = chip.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  // Beside the source rather than over it, where there is room.
  const pane = chip.closest('.thread')?.getBoundingClientRect().right ?? innerWidth;
  const left = Math.max(kGap, Math.min(from.left - 24, pane - width - 2 * kGap));
  const above = from.top - height - kGap;
  box.style.left = `${left}px`;
  box.style.top = `${above > kGap ? above : from.bottom + kGap}px`;
}

/** The quote of the citation that is pointed at. */
export function Tip() {
  const box = useRef<HTMLDivElement>(null);
  const shown = tip.value;
  useLayoutEffect(() => {
    if (shown && box.current) place(box.current, shown.chip);
  });
  if (!shown) return null;
  const { citation } = shown;
  return (
    <div
      ref={box}
      id="tip"
      role="tooltip"
      class="tip"
      onPointerEnter={() => clearTimeout(leaving)}
      onPointerLeave={leaveTip}
    >
      <q>{citation.quote}</q>
      <p>
        <b>{citation.title}</b>
        <span>
          {citation.document}
          {citation.page ? `, page ${citation.page}` : ''}
        </span>
      </p>
    </div>
  );
}
