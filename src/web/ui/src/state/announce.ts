import { signal } from '@preact/signals';

const kKept = 20;
let next = 0;

/** What a screen reader is told: one entry for a finished block, never one for a token. */
export const announcements = signal<{ id: number; text: string }[]>([]);

export function announce(text: string): void {
  const words = text.trim();
  if (words === '') return;
  announcements.value = [...announcements.value.slice(1 - kKept), { id: next++, text: words }];
}
