import { count } from '../lib/format';
import { baseNamed } from '../state/catalog';
import { ask } from '../state/thread';
import type { Turn } from '../state/turn';
import { AnswerTable } from './AnswerTable';
import { ChartView } from './ChartView';
import { KindLine } from './KindLine';
import { Markdown } from './Markdown';
import { Meta } from './Meta';
import { ProblemNote } from './ProblemNote';
import { Refusal } from './Refusal';
import { Sentences } from './Sentences';

function Waiting({ turn }: { turn: Turn }) {
  const documents = turn.searched.value?.documents ?? baseNamed(turn.base)?.documents;
  const words = !turn.base
    ? 'Thinking'
    : documents
      ? `Searching ${count(documents, 'document')}`
      : 'Searching';
  return <p class="waiting">{words}</p>;
}

function Body({ turn }: { turn: Turn }) {
  const table = turn.table.value;
  const chart = turn.chart.value;
  const running = turn.state.value === 'running';
  return (
    <div class="a" dir="auto">
      {turn.sentences.value.length > 0 && <Sentences turn={turn} />}
      {table && (
        <div class={chart ? 'two' : undefined}>
          <AnswerTable turn={turn} table={table} />
          {chart && <ChartView chart={chart} />}
        </div>
      )}
      {!table && chart && <ChartView chart={chart} />}
      {table?.contested?.map((sentence) => (
        <p key={sentence} class="contested-note">
          {sentence}
        </p>
      ))}
      {turn.prose.started.value && <Markdown prose={turn.prose} live={running} />}
    </div>
  );
}

function isEmpty(turn: Turn): boolean {
  return (
    turn.sentences.value.length === 0 &&
    !turn.table.value &&
    !turn.prose.started.value &&
    turn.reason.value === null
  );
}

/** A question and its answer. */
export function TurnView({ turn }: { turn: Turn }) {
  const state = turn.state.value;
  const running = state === 'running';
  const reason = turn.reason.value;
  return (
    <article class="turn" data-state={state} aria-busy={running}>
      <h2 class="q" dir="auto">{turn.question}</h2>
      <KindLine turn={turn} />
      {running && isEmpty(turn) && <Waiting turn={turn} />}
      <Body turn={turn} />
      {reason !== null && <Refusal turn={turn} reason={reason} />}
      {running && !turn.connected.value && (
        <p class="soft">The connection broke; the answer goes on at the server. Reconnecting…</p>
      )}
      {state === 'stopped' && <p class="soft stopped">Stopped.</p>}
      {turn.problem.value && (
        <ProblemNote problem={turn.problem.value} retry={() => void ask(turn.question)} />
      )}
      {!running && state !== 'failed' && <Meta turn={turn} />}
    </article>
  );
}
