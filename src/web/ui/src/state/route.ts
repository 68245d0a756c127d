import { signal } from '@preact/signals';
import type { Span } from '../api/types';

export type Place =
  | { view: 'new' }
  | { view: 'conversation'; id: string }
  | { view: 'documents'; base: string };

export interface SourceLink {
  document: string;
  version?: string;
  span?: Span;
}

/** What the middle pane shows. A link to a source leaves it as it is. */
export const place = signal<Place>({ view: 'new' });

export function placeHref(to: Place): string {
  if (to.view === 'conversation') return `#/c/${encodeURIComponent(to.id)}`;
  if (to.view === 'documents') return `#/base/${encodeURIComponent(to.base)}`;
  return '#/';
}

export function sourceHref(link: SourceLink): string {
  const slash = link.document.indexOf('/');
  const base = encodeURIComponent(link.document.slice(0, slash));
  const id = encodeURIComponent(link.document.slice(slash + 1));
  const version = link.version ? `@${encodeURIComponent(link.version)}` : '';
  const span = link.span ? `?start=${link.span.start}&end=${link.span.end}` : '';
  return `#/source/${base}/${id}${version}${span}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function parseSourceHref(hash: string): SourceLink | null {
  const match = /^#\/source\/([^/?]+)\/([^?]+)(?:\?(.*))?$/.exec(hash);
  if (!match) return null;
  const [, base, rest, query] = match;
  const at = rest.lastIndexOf('@');
  const id = decode(at < 0 ? rest : rest.slice(0, at));
  const parameters = new URLSearchParams(query ?? '');
  const [start, end] = [Number(parameters.get('start')), Number(parameters.get('end'))];
  return {
    document: `${decode(base)}/${id}`,
    version: at < 0 ? undefined : decode(rest.slice(at + 1)),
    span: parameters.has('start') && end > start && start >= 0 ? { start, end } : undefined,
  };
}

export function parsePlace(hash: string): Place {
  const match = /^#\/(c|base)\/([^/?]+)$/.exec(hash);
  if (!match) return { view: 'new' };
  const name = decode(match[2]);
  return match[1] === 'c' ? { view: 'conversation', id: name } : { view: 'documents', base: name };
}

export function go(to: Place, how: 'push' | 'replace' = 'push'): void {
  const href = placeHref(to);
  if (how === 'replace') history.replaceState(history.state, '', href);
  else if (location.hash !== href) history.pushState(null, '', href);
  place.value = to;
}
