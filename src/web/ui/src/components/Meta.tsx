import { useSignal } from '@preact/signals';
import { toCsv } from '../lib/csv';
import { withSources } from '../lib/copy';
import { download } from '../lib/download';
import { count, dollars, joules, seconds } from '../lib/format';
import { announce } from '../state/announce';
import type { Turn } from '../state/turn';
import { Why } from './Why';

function sources(turn: Turn): string | null {
  const used = new Set(turn.citations.value.map((citation) => citation.document)).size;
  const searched = turn.searched.value?.documents;
  if (turn.table.value) return `SELECT, ${count(turn.table.value.rows.length, 'row')}`;
  if (searched) return `${count(searched, 'source')} searched, ${used} used`;
  return used > 0 ? `${count(used, 'source')} used` : null;
}

function fileName(turn: Turn, extension: string): string {
  const words = turn.question.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 48);
  return `${words.replace(/^-|-$/g, '') || 'answer'}.${extension}`;
}

function CopyButton({ turn }: { turn: Turn }) {
  const said = useSignal('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(withSources(turn, location.origin + location.pathname));
      said.value = 'Copied';
    } catch {
      said.value = 'The browser refused';
    }
    announce(said.value);
    setTimeout(() => (said.value = ''), 1600);
  };
  const label = turn.citations.value.length > 0 ? 'Copy with sources' : 'Copy';
  return (
    <button type="button" onClick={copy}>
      {said.value || label}
    </button>
  );
}

/** What the answer cost, and the ways to look behind it. */
export function Meta({ turn }: { turn: Turn }) {
  const open = useSignal<'why' | 'query' | null>(null);
  const spent = turn.spent.value;
  const table = turn.table.value;
  const chart = turn.chart.value;
  const toggle = (what: 'why' | 'query') => (open.value = open.value === what ? null : what);
  const from = sources(turn);
  return (
    <>
      <div class="meta">
        {spent?.timings?.total !== undefined && <span>{seconds(spent.timings.total)}</span>}
        {from && <span>{from}</span>}
        {typeof spent?.joules === 'number' && <span>{joules(spent.joules)}</span>}
        {typeof spent?.cost === 'number' && <span>{dollars(spent.cost)}</span>}
        <span class="actions">
          <CopyButton turn={turn} />
          {table && (
            <>
              <button type="button" aria-expanded={open.value === 'query'} onClick={() => toggle('query')}>
                Show the query
              </button>
              <button type="button" onClick={() => download(fileName(turn, 'csv'), 'text/csv', toCsv(table))}>
                CSV
              </button>
            </>
          )}
          {chart && (
            <button
              type="button"
              onClick={() => download(fileName(turn, 'svg'), 'image/svg+xml', chart.svg)}
            >
              Chart
            </button>
          )}
          {spent && (
            <button type="button" aria-expanded={open.value === 'why'} onClick={() => toggle('why')}>
              Why this answer
            </button>
          )}
        </span>
      </div>
      {open.value === 'why' && spent && <Why spent={spent} />}
      {open.value === 'query' && table && (
        <pre class="query" tabIndex={0}>
          <code>{table.query}</code>
        </pre>
      )}
    </>
  );
}
