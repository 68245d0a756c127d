// The shapes of /api/v1 (docs: /api/openapi.json). Spans are byte offsets into UTF-8 text.

export type Mode = 'extract' | 'generate' | 'table' | 'chat';
export type TurnState = 'running' | 'done' | 'refused' | 'stopped' | 'failed';

export interface Model {
  name: string;
  kind: 'chat' | 'embed' | 'rerank' | 'assistant' | 'route';
  parameters?: number;
  self_test?: boolean;
  capable: boolean;
}

export interface Found {
  kind: 'server' | 'key';
  name: string;
  base_url?: string;
  env?: string;
  models?: string[];
  provider: string;
}

export interface Status {
  version: string;
  ready: boolean;
  models: Model[];
  default_chat: string | null;
  default_base?: string;
  found: Found[];
  page_needs_key: boolean;
}

export interface Base {
  name: string;
  documents: number;
  chunks: number;
  vectors: number;
  state: 'ready' | 'ingesting';
  mode: 'auto' | 'extract' | 'generate';
  about?: string;
  samples?: string[];
  sources?: string[];
}

export interface DocumentRow {
  document: string;
  version: string;
  title: string;
  uri: string;
  bytes: number;
  ingested_at: string;
  kind: string;
}

export interface Span {
  start: number;
  end: number;
}

export interface Cell extends Span {
  text: string;
}

export interface Block extends Span {
  kind: 'heading' | 'paragraph' | 'list_item' | 'table' | 'code' | 'caption' | 'page_break';
  level?: number;
  page?: number;
  table?: { header: Cell[]; rows: Cell[][] };
}

export interface SourceDocument {
  document: string;
  version: string;
  current: boolean;
  title: string;
  uri: string;
  kind: string;
  ingested_at: string;
  text: string;
  blocks: Block[];
}

export interface Citation extends Span {
  n: number;
  document: string;
  version: string;
  title: string;
  uri: string;
  page?: number;
  quote: string;
}

export interface Sentence {
  text: string;
  citations: number[];
  flag?: 'unsupported';
}

export interface TableCell {
  text: string;
  value?: number | string;
  alternatives?: string[];
  citations: number[];
}

export interface Column {
  name: string;
  unit?: string;
  type: 'text' | 'number';
}

export interface AnswerTable {
  title: string;
  columns: Column[];
  rows: TableCell[][];
  query: string;
  source: string;
  contested: string[];
}

export interface Chart {
  spec: unknown;
  svg: string;
}

export interface Searched {
  documents: number;
  chunks: number;
  legs?: string[];
}

export interface Nearest extends Span {
  document: string;
  title: string;
  version: string;
  text: string;
}

export interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  cached_tokens?: number;
}

export interface Timings {
  retrieve?: number;
  answer?: number;
  total?: number;
}

export interface Evidence {
  document: string;
  score: number;
  lexical?: number | null;
  vector?: number | null;
  text: string;
}

export interface Why {
  route?: string[];
  threshold?: number;
  coverage?: number;
  evidence?: Evidence[];
}

export interface Problem {
  code: string;
  message: string;
  remedy?: string;
}

/** What a conversation keeps of a finished run; fields of the events may stand in it too. */
export interface Answer {
  mode?: Mode;
  refused?: boolean;
  reason?: string;
  sentences?: Sentence[];
  citations?: Citation[];
  table?: AnswerTable;
  chart?: Chart;
  text?: string;
  model?: string;
  usage?: Usage;
  timings_ms?: Timings;
  why?: Why;
  error?: Problem;
  searched?: Searched;
  nearest?: Nearest[];
  cost_usd?: number | null;
  joules?: number | null;
}

export type RunEvent = { n: number } & (
  | { type: 'start'; mode: Mode; model: string; base?: string; searched?: Searched }
  | ({ type: 'sentence' } & Sentence)
  | { type: 'citation'; citation: Citation }
  | { type: 'delta'; text: string }
  | { type: 'table'; table: AnswerTable }
  | { type: 'chart'; chart: Chart }
  | { type: 'refusal'; reason: string; searched?: Searched; nearest?: Nearest[] }
  | {
      type: 'done';
      usage?: Usage;
      timings_ms?: Timings;
      cost_usd?: number | null;
      joules?: number | null;
      why?: Why;
    }
  | ({ type: 'error' } & Problem)
  | { type: 'stopped' }
);

export interface TurnRow {
  run: string;
  question: string;
  target: string;
  state: TurnState;
  answer?: Answer | null;
}

export interface ConversationRow {
  id: string;
  title: string;
  base?: string;
  updated_at: string;
}

export type FileState =
  | 'reading'
  | 'parsing'
  | 'searchable'
  | 'embedded'
  | 'unchanged'
  | 'failed'
  | 'deleted';

export interface JobSummary {
  added: number;
  changed: number;
  unchanged: number;
  deleted: number;
  failed: number;
  chunks: number;
  vectors: number;
}

export interface JobEvent {
  n: number;
  type: 'file' | 'progress' | 'done' | 'error';
  file?: string;
  state?: FileState;
  reason?: string;
  remedy?: string;
  done?: number;
  total?: number;
  summary?: JobSummary;
  message?: string;
}
