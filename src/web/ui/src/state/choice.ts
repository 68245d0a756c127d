import { computed, signal } from '@preact/signals';
import { post } from '../api/client';
import type { Found, Model } from '../api/types';
import { announce } from './announce';
import { bases, baseNamed, status } from './catalog';

/** The writer that is no model: sentences of the sources themselves. */
export const kEvidence = '';
const kRemembered = 'interposer.base';

const chosenBase = signal<string | null | undefined>(localStorage.getItem(kRemembered) ?? undefined);
/** Undefined until the person chooses: then the base's own setting holds. */
const chosenWriter = signal<string | undefined>(undefined);
/** Servers and keys that were offered and taken: provider -> the name its model answers to. */
export const taken = signal<Record<string, string>>({});

/** The base that is asked; null for a plain model. */
export const base = computed<string | null>(() => {
  const all = bases.value ?? [];
  if (chosenBase.value === null) return null;
  if (chosenBase.value && baseNamed(chosenBase.value)) return chosenBase.value;
  const preset = status.value?.default_base ?? 'handbook';
  return (all.find((one) => one.name === preset) ?? all[0])?.name ?? null;
});

const takenModels = computed<Model[]>(() =>
  Object.values(taken.value).map((name) => ({ name, kind: 'chat', capable: true })),
);

const chatModels = computed<Model[]>(() => {
  const own = (status.value?.models ?? []).filter(({ kind }) => kind === 'chat' || kind === 'route');
  const more = takenModels.value.filter(({ name }) => !own.some((model) => model.name === name));
  return [...own, ...more];
});

/** Who may write: over a base only models that can be trusted to, alone any of them. */
export const writers = computed<Model[]>(() =>
  base.value ? chatModels.value.filter((model) => model.capable) : chatModels.value,
);

export const writer = computed<string>(() => {
  const names = writers.value.map((model) => model.name);
  const chosen = chosenWriter.value;
  const preset = status.value?.default_chat ?? '';
  if (base.value) {
    if (chosen !== undefined) return names.includes(chosen) ? chosen : kEvidence;
    if (baseNamed(base.value)?.mode === 'extract') return kEvidence;
    return names.includes(preset) ? preset : kEvidence;
  }
  if (chosen && names.includes(chosen)) return chosen;
  return names.includes(preset) ? preset : (names[0] ?? '');
});

/** The part of a turn's request that says who answers, from what. */
export function turnTarget(): { target: string; mode?: string; answer_with?: string } {
  if (!base.value) return { target: writer.value };
  const target = `assistant/${base.value}`;
  if (chosenWriter.value === undefined) return { target };
  if (writer.value === kEvidence) return { target, mode: 'extract' };
  return { target, mode: 'generate', answer_with: writer.value };
}

export function chooseBase(name: string | null): void {
  chosenBase.value = name;
  if (name === null) chosenWriter.value = undefined;
  else localStorage.setItem(kRemembered, name);
}

export function chooseWriter(name: string): void {
  chosenWriter.value = name;
}

/** A conversation goes on with what it was asked last. */
export function chooseTarget(target: string): void {
  if (target.startsWith('assistant/')) {
    chosenBase.value = target.slice('assistant/'.length);
  } else {
    chosenBase.value = null;
    chosenWriter.value = target;
  }
}

/** The person takes up an offer: only from now on anything is sent to that server. */
export async function takeFound(found: Found, model?: string): Promise<void> {
  const answer = await post<{ model: string }>(
    `/found/${encodeURIComponent(found.provider)}/use`,
    model ? { model } : {},
  );
  taken.value = { ...taken.value, [found.provider]: answer.model };
  chosenWriter.value = answer.model;
  announce(`Answers are now written up by ${answer.model}.`);
}
