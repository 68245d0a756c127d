import { computed, signal } from '@preact/signals';
import { asProblem, documentPath, get } from '../api/client';
import type { Citation, Problem, SourceDocument, Span } from '../api/types';
import { loadDocument, type LoadedDocument } from '../lib/document';
import { showPane } from './pane';
import type { SourceLink } from './route';
import type { Turn } from './turn';

const kKept = 12;

/** What the source pane is to show; null before anything was cited. */
export const wanted = signal<SourceLink | null>(null);
/** The citation it was opened by, when it was one. */
export const current = signal<{ turn: Turn; n: number } | null>(null);
export const shown = signal<LoadedDocument | null>(null);
export const sourceProblem = signal<Problem | null>(null);
/** Moves with every opening, also of the span that is already shown. */
export const opened = signal(0);

/** The span in indices of the shown text. */
export const shownSpan = computed<Span | null>(() => {
  const span = wanted.value?.span;
  if (!span || !shown.value) return null;
  return { start: shown.value.map.toUnit(span.start), end: shown.value.map.toUnit(span.end) };
});

const cache = new Map<string, Promise<LoadedDocument>>();
let chosenByHand: Turn | null = null;

function fetchDocument(link: SourceLink): Promise<LoadedDocument> {
  const version = link.version ? `?version=${encodeURIComponent(link.version)}` : '';
  const path = documentPath(link.document) + version;
  let found = cache.get(path);
  if (!found) {
    found = get<SourceDocument>(path).then(loadDocument);
    found.catch(() => cache.delete(path));
    // Without a version the newest is meant, which changes.
    if (link.version) cache.set(path, found);
    if (cache.size > kKept) cache.delete(cache.keys().next().value!);
  }
  return found;
}

export async function openSource(link: SourceLink): Promise<void> {
  wanted.value = link;
  sourceProblem.value = null;
  const same = shown.value?.document === link.document && shown.value.version === link.version;
  if (!same) {
    try {
      const found = await fetchDocument(link);
      if (wanted.value !== link) return;
      shown.value = found;
    } catch (error) {
      if (wanted.value !== link) return;
      shown.value = null;
      sourceProblem.value = asProblem(error);
      return;
    }
  }
  opened.value += 1;
}

/** By the person: the pane comes to sight on a phone too. By the page: only where it is in sight. */
export function openCitation(turn: Turn, n: number, by: 'person' | 'page' = 'person'): void {
  const citation = turn.citation(n);
  if (!citation) return;
  current.value = { turn, n };
  if (by === 'person') {
    chosenByHand = turn;
    showPane('source');
  }
  const { document, version, start, end } = citation;
  void openSource({ document, version, span: { start, end } });
}

/** A new answer opens the source at its first citation, unless the person has chosen one of it. */
export function followFirstCitation(turn: Turn, citation: Citation): void {
  if (current.value?.turn !== turn && chosenByHand !== turn) openCitation(turn, citation.n, 'page');
}

export function openPlain(link: SourceLink): void {
  current.value = null;
  showPane('source');
  void openSource(link);
}

export function forgetCitation(): void {
  current.value = null;
  chosenByHand = null;
}

/** The citation after (or before) the current one, over all the answers of the thread. */
export function stepCitation(turns: Turn[], step: 1 | -1): void {
  const all = turns.flatMap((turn) =>
    turn.citations.value.map((citation) => citation.n).sort((a, b) => a - b)
      .map((n) => ({ turn, n })),
  );
  if (all.length === 0) return;
  const at = all.findIndex(({ turn, n }) => turn === current.value?.turn && n === current.value.n);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  const { turn, n } = all[Math.min(Math.max(next, 0), all.length - 1)];
  openCitation(turn, n, 'page');
}
