import { askForKey, storedKey } from './key';
import type { Problem } from './types';

const kRoot = '/api/v1';

/** What the server refused, in its words, with what to do about it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.message);
  }
}

export const kUnreachable: Problem = {
  code: 'unreachable',
  message: 'The server does not answer.',
  remedy: 'Start it again with `interposer serve`; the page goes on by itself.',
};

export function asProblem(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof TypeError) return kUnreachable;
  return { code: 'page', message: error instanceof Error ? error.message : String(error) };
}

export async function readProblem(status: number, body: string): Promise<Problem> {
  try {
    const { error } = JSON.parse(body) as { error: Problem };
    if (typeof error.message === 'string') return error;
  } catch {
    // Not ours: a proxy's page, or a cut answer. The status is all there is to tell.
  }
  return { code: `http_${status}`, message: `The server answered with status ${status}.` };
}

/** One request with the key; asks for the key, and again, while the server refuses it. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const headers = new Headers(init.headers);
    const key = storedKey();
    if (key) headers.set('Authorization', `Bearer ${key}`);
    const response = await fetch(kRoot + path, { ...init, headers, cache: 'no-store' });
    if (response.ok) return response;
    if (response.status === 401) {
      await askForKey();
      continue;
    }
    throw new ApiError(response.status, await readProblem(response.status, await response.text()));
  }
}

export async function get<T>(path: string): Promise<T> {
  return (await send(path)).json() as Promise<T>;
}

export async function post<T>(path: string, body: object): Promise<T> {
  const response = await write('POST', path, body);
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

export function write(method: 'POST' | 'PATCH', path: string, body: object): Promise<Response> {
  return send(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export async function remove(path: string): Promise<void> {
  await send(path, { method: 'DELETE' });
}

/** `BASE/ID` as two path segments: the ID may hold slashes. */
export function documentPath(document: string): string {
  const slash = document.indexOf('/');
  const base = document.slice(0, slash);
  return `/documents/${encodeURIComponent(base)}/${encodeURIComponent(document.slice(slash + 1))}`;
}
