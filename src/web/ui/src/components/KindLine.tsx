import { count } from '../lib/format';
import type { Turn } from '../state/turn';

function file(source: string): string {
  return source.slice(source.lastIndexOf('/') + 1);
}

function fromDocuments(turn: Turn): string {
  const used = new Set(turn.citations.value.map((citation) => citation.document)).size;
  const all = turn.searched.value?.documents;
  if (used === 0) return '';
  if (!all) return ` from ${count(used, 'document')}`;
  return ` from ${used.toLocaleString('en')} of ${count(all, 'document')}`;
}

/** What kind of answer this is, before any of it: whose words, and from where. */
export function KindLine({ turn }: { turn: Turn }) {
  const mode = turn.mode.value;
  const table = turn.table.value;
  if (turn.reason.value !== null) return null;
  if (table)
    return (
      <p class="kind">
        <b>From a table</b>: {file(table.source)}, {count(table.rows.length, 'row')}
      </p>
    );
  if (mode === 'extract')
    return (
      <p class="kind">
        <b>Evidence</b>
        {fromDocuments(turn)}
      </p>
    );
  if (mode === 'generate')
    return (
      <p class="kind">
        <b>Written by {turn.model.value}</b>
        {fromDocuments(turn)}
      </p>
    );
  if (mode === 'chat' || (mode === null && turn.prose.started.value))
    return (
      <p class="kind">
        <b>Written by {turn.model.value || turn.target}</b>, without sources
      </p>
    );
  return null;
}
