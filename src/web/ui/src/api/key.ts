import { signal } from '@preact/signals';

const kStored = 'interposer.key';

/** Set while a person is asked for the key; the dialog calls it with what was typed. */
export const keyWanted = signal<((key: string) => void) | null>(null);
/** The server did not take the key that was given before. */
export const keyRefused = signal(false);
let waiting: Promise<string> | null = null;

export function storedKey(): string | null {
  return sessionStorage.getItem(kStored);
}

/** Asks once, however many requests were refused at the same time. */
export function askForKey(): Promise<string> {
  keyRefused.value = storedKey() !== null;
  waiting ??= new Promise<string>((resolve) => {
    keyWanted.value = (key) => {
      sessionStorage.setItem(kStored, key);
      keyWanted.value = null;
      waiting = null;
      resolve(key);
    };
  });
  return waiting;
}
