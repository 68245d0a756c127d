import { computed, effect, signal } from '@preact/signals';
import { asProblem, get } from '../api/client';
import type { Base, Problem, Status } from '../api/types';

const kIngestPollMs = 2_500;
const kUnreachablePollMs = 2_000;
const kLoadingPollMs = 1_500;

export const status = signal<Status | null>(null);
export const bases = signal<Base[] | null>(null);
/** The bases are known and the address was read: there is something to show. */
export const started = signal(false);
/** Why the page cannot start; it tries again by itself. */
export const trouble = signal<Problem | null>(null);

export const selfTestModel = computed(
  () => status.value?.models.find((model) => model.self_test)?.name ?? null,
);

export function baseNamed(name: string | null): Base | undefined {
  return bases.value?.find((base) => base.name === name);
}

export async function refreshBases(): Promise<void> {
  bases.value = (await get<{ bases: Base[] }>('/bases')).bases;
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Again and again until the server answers; resolves then. */
async function insist(load: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await load();
      trouble.value = null;
      return;
    } catch (error) {
      trouble.value = asProblem(error);
      await pause(kUnreachablePollMs);
    }
  }
}

export function loadBases(): Promise<void> {
  return insist(refreshBases);
}

/** Takes longer than the bases (the server looks for model servers), and again while models load. */
export async function loadStatus(): Promise<void> {
  do {
    if (status.value) await pause(kLoadingPollMs);
    await insist(async () => {
      status.value = await get<Status>('/status');
    });
  } while (!status.value?.ready);
}

// While a base is being read, its counts move.
let poll: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  clearTimeout(poll);
  if (!bases.value?.some((base) => base.state === 'ingesting')) return;
  const again = () => {
    refreshBases().catch(() => {
      poll = setTimeout(again, kIngestPollMs);
    });
  };
  poll = setTimeout(again, kIngestPollMs);
});
