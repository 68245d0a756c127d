import { batch, signal } from '@preact/signals';
import { follow } from '../api/follow';
import { asProblem, post } from '../api/client';
import type {
  Answer, AnswerTable, Chart, Citation, Mode, Nearest, Problem, RunEvent, Searched, Sentence,
  Timings, TurnRow, TurnState, Usage, Why,
} from '../api/types';
import { announce } from './announce';
import { Prose } from './prose';

const kLast = new Set(['done', 'error', 'stopped']);

export interface Spent {
  usage?: Usage;
  timings?: Timings;
  cost?: number | null;
  joules?: number | null;
  why?: Why;
}

/** One question and what is known of its answer; each part moves on its own. */
export class Turn {
  private static next = 1;
  readonly id = Turn.next++;
  run: string | null = null;
  readonly state = signal<TurnState>('running');
  readonly connected = signal(true);
  readonly mode = signal<Mode | null>(null);
  readonly model = signal('');
  readonly searched = signal<Searched | null>(null);
  readonly sentences = signal<Sentence[]>([]);
  readonly citations = signal<Citation[]>([]);
  readonly table = signal<AnswerTable | null>(null);
  readonly chart = signal<Chart | null>(null);
  readonly reason = signal<string | null>(null);
  readonly nearest = signal<Nearest[]>([]);
  readonly spent = signal<Spent | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly prose = new Prose();
  /** Told of each citation as it comes; the source pane opens at the first. */
  onCitation: ((turn: Turn, citation: Citation) => void) | null = null;
  onEnd: ((turn: Turn) => void) | null = null;
  private stopWanted = false;
  private readonly stopFollowing = new AbortController();

  constructor(
    readonly question: string,
    readonly target: string,
  ) {}

  static stored(row: TurnRow): Turn {
    const turn = new Turn(row.question, row.target);
    turn.run = row.run;
    if (row.state === 'running') return turn;
    turn.state.value = row.state;
    turn.take(row.answer ?? {});
    return turn;
  }

  get base(): string | null {
    return this.target.startsWith('assistant/') ? this.target.slice('assistant/'.length) : null;
  }

  citation(n: number): Citation | undefined {
    return this.citations.value.find((citation) => citation.n === n);
  }

  /** Follows the run from its first event; also how a reloaded page catches up. */
  async attach(run: string): Promise<void> {
    this.run = run;
    if (this.stopWanted) void this.stop().catch(() => undefined);
    try {
      await follow<RunEvent>({
        path: `/runs/${encodeURIComponent(run)}/events`,
        after: 0,
        isLast: (event) => kLast.has(event.type),
        mayBeLast: (event) => event.type === 'refusal',
        onConnected: (connected) => (this.connected.value = connected),
        onEvents: (events) => batch(() => events.forEach((event) => this.apply(event))),
        signal: this.stopFollowing.signal,
      });
    } catch (error) {
      this.fail(asProblem(error));
    }
  }

  /** The page turns to another conversation; the run goes on. */
  detach(): void {
    this.stopFollowing.abort();
  }

  /** Also before the server has named the run: then as soon as it has. */
  async stop(): Promise<void> {
    this.stopWanted = true;
    if (this.run) await post(`/runs/${encodeURIComponent(this.run)}/stop`, {});
  }

  fail(problem: Problem): void {
    this.problem.value = problem;
    this.end('failed');
    announce(`Failed. ${problem.message}`);
  }

  private end(state: TurnState): void {
    this.prose.finish();
    const ended = this.state.value !== 'running';
    this.state.value = state;
    if (!ended) this.onEnd?.(this);
  }

  private apply(event: RunEvent): void {
    switch (event.type) {
      case 'start':
        this.mode.value = event.mode;
        this.model.value = event.model ?? '';
        this.searched.value = event.searched ?? null;
        break;
      case 'sentence':
        this.sentences.value = [...this.sentences.value, event];
        announce(event.text);
        break;
      case 'citation':
        this.citations.value = [...this.citations.value, event.citation];
        this.onCitation?.(this, event.citation);
        break;
      case 'delta':
        this.prose.push(event.text);
        break;
      case 'table':
        this.table.value = event.table;
        announce(`Table: ${event.table.title}, ${event.table.rows.length} rows.`);
        event.table.contested?.forEach(announce);
        break;
      case 'chart':
        this.chart.value = event.chart;
        break;
      case 'refusal':
        this.reason.value = event.reason;
        this.searched.value = event.searched ?? this.searched.value;
        this.nearest.value = event.nearest ?? [];
        announce(event.reason);
        this.end('refused');
        break;
      case 'done':
        this.spent.value = {
          usage: event.usage, timings: event.timings_ms, cost: event.cost_usd,
          joules: event.joules, why: event.why,
        };
        this.end(this.reason.value === null ? 'done' : 'refused');
        break;
      case 'error':
        this.fail(event);
        break;
      case 'stopped':
        this.end('stopped');
        announce('Stopped.');
        break;
    }
  }

  private take(answer: Answer): void {
    this.mode.value = answer.mode ?? null;
    this.model.value = answer.model ?? '';
    this.searched.value = answer.searched ?? null;
    this.sentences.value = answer.sentences ?? [];
    this.citations.value = answer.citations ?? [];
    this.table.value = answer.table ?? null;
    this.chart.value = answer.chart ?? null;
    this.nearest.value = answer.nearest ?? [];
    this.problem.value = answer.error ?? null;
    if (answer.refused || this.state.value === 'refused')
      this.reason.value = answer.reason ?? 'The sources do not say.';
    if (answer.text) {
      this.prose.push(answer.text);
      this.prose.finish();
    }
    if (answer.timings_ms || answer.usage || answer.why)
      this.spent.value = {
        usage: answer.usage, timings: answer.timings_ms, cost: answer.cost_usd,
        joules: answer.joules, why: answer.why,
      };
  }
}
