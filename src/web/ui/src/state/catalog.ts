import { computed, effect, signal } from '@preact/signals';
import { asProblem, get } from '../api/client';
import type { Base, Problem, Status } from '../api/types';

const kIngestPollMs = 2_500;
const kUnreachablePollMs = 2_000;

export const status = signal<Status | null>(null);
export const bases = signal<Base[] | null>(null);
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

export async function loadCatalog(): Promise<void> {
  try {
    [status.value] = await Promise.all([get<Status>('/status'), refreshBases()]);
    trouble.value = null;
  } catch (error) {
    trouble.value = asProblem(error);
    setTimeout(loadCatalog, kUnreachablePollMs);
  }
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
