import { SseParser } from '../lib/sse';
import { ApiError, send } from './client';

const kFirstRetryMs = 250;
const kLastRetryMs = 5_000;
/** A stream that was silent this long when the page comes back to sight is taken up anew. */
const kStaleMs = 15_000;

export interface Followed {
  n: number;
  type: string;
}

export interface FollowOptions<E extends Followed> {
  /** The stream of `after=` events; `?after=N` is added. */
  path: string;
  after: number;
  /** Events in order, as many as arrived at once, each exactly once. */
  onEvents: (events: E[]) => void;
  /** Whether the connection stands; false while it is being made again. */
  onConnected?: (connected: boolean) => void;
  isLast: (event: E) => boolean;
  /** After this one the server may close without another. */
  mayBeLast?: (event: E) => boolean;
  signal: AbortSignal;
}

/** Sleeps, or wakes early when the page comes to sight or the network comes back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      if (document.visibilityState === 'hidden' && !signal.aborted) return;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(() => {
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
      signal.removeEventListener('abort', wake);
      resolve();
    }, milliseconds);
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    signal.addEventListener('abort', wake);
  });
}

/**
 * Follows numbered events to the last one, over as many connections as it takes: the server owns the
 * run, the page only catches up. Fetch rather than EventSource, so that a key can be sent. Ends when
 * the last event came or `signal` aborts; throws what the server refuses for good.
 */
export async function follow<E extends Followed>(options: FollowOptions<E>): Promise<void> {
  const { signal } = options;
  let after = options.after;
  let retry = kFirstRetryMs;
  while (!signal.aborted) {
    try {
      const last = await followOnce(options, after, (n) => {
        after = n;
        retry = kFirstRetryMs;
      });
      if (last) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error;
    }
    options.onConnected?.(false);
    await pause(retry, signal);
    retry = Math.min(retry * 2, kLastRetryMs);
  }
}

async function followOnce<E extends Followed>(
  options: FollowOptions<E>,
  after: number,
  onNumber: (n: number) => void,
): Promise<boolean> {
  const connection = new AbortController();
  const abort = () => connection.abort();
  let heard = performance.now();
  const onVisible = () => {
    if (document.visibilityState === 'visible' && performance.now() - heard > kStaleMs) abort();
  };
  options.signal.addEventListener('abort', abort);
  document.addEventListener('visibilitychange', onVisible);
  try {
    const response = await send(`${options.path}?after=${after}`, {
      headers: { Accept: 'text/event-stream' },
      signal: connection.signal,
    });
    options.onConnected?.(true);
    let events: E[] = [];
    let newest: E | undefined;
    const parser = new SseParser(({ data }) => {
      const event = JSON.parse(data) as E;
      if (event.n > after) {
        after = event.n;
        events.push(event);
      }
    });
    const reader = response.body!.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return newest !== undefined && options.mayBeLast?.(newest) === true;
      heard = performance.now();
      parser.push(decoder.decode(value, { stream: true }));
      if (events.length === 0) continue;
      const batch = events;
      events = [];
      newest = batch[batch.length - 1];
      onNumber(after);
      options.onEvents(batch);
      if (options.isLast(newest)) return true;
    }
  } finally {
    options.signal.removeEventListener('abort', abort);
    document.removeEventListener('visibilitychange', onVisible);
    connection.abort();
  }
}
