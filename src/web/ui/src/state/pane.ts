import { signal } from '@preact/signals';

/** Which of the three panes a phone shows; wider screens show them all. */
export type Pane = 'nav' | 'thread' | 'source';
export const pane = signal<Pane>('thread');
const phone = matchMedia('(max-width: 760px)');

/** On a phone the browser's own "back" leads back from a pane, so each is a step in its history. */
export function showPane(to: Pane): void {
  if (pane.value === to) return;
  if (phone.matches) {
    if (to === 'thread' && history.state?.pane) {
      history.back();
      return;
    }
    if (history.state?.pane) history.replaceState({ pane: to }, '');
    else if (to !== 'thread') history.pushState({ pane: to }, '');
  }
  pane.value = to;
}

export function watchPane(): void {
  window.addEventListener('popstate', (event) => {
    pane.value = (event.state as { pane?: Pane } | null)?.pane ?? 'thread';
  });
}
