import type { Sentence } from '../api/types';
import { sourceHref } from '../state/route';
import type { Turn } from '../state/turn';

function marks(citations: number[] | undefined): string {
  return (citations ?? []).map((n) => `[${n}]`).join('');
}

function tableLines(turn: Turn): string[] {
  const table = turn.table.value;
  if (!table) return [];
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(table.columns.map(({ name, unit }) => (unit ? `${name} (${unit})` : name))),
    line(table.columns.map(({ type }) => (type === 'number' ? '--:' : '---'))),
    ...table.rows.map((row) =>
      line(row.map((cell) => [cell.text, ...(cell.alternatives ?? [])].join(' or ') + marks(cell.citations))),
    ),
    '',
    ...(table.contested ?? []),
  ];
}

/** The question, the answer and each quote with where it stands, as Markdown. */
export function withSources(turn: Turn, page: string): string {
  const body = (sentence: Sentence) => `${sentence.text.trim()}${marks(sentence.citations)}`;
  const lines = [
    `**${turn.question}**`,
    '',
    ...(turn.prose.text ? [turn.prose.text] : []),
    ...turn.sentences.value.map(body),
    ...(turn.reason.value !== null ? [turn.reason.value] : []),
    ...tableLines(turn),
  ];
  const sources = turn.citations.value.map(({ n, title, document, version, start, end, quote }) => {
    const link = page + sourceHref({ document, version, span: { start, end } });
    return `[${n}] ${title}, ${document}: "${quote}" <${link}>`;
  });
  if (sources.length > 0) lines.push('', 'Sources', ...sources);
  return `${lines.join('\n').trim()}\n`;
}
