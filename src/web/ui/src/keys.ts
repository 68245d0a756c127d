import { hideTip } from './components/Tip';
import { announce } from './state/announce';
import { pane, showPane } from './state/pane';
import { current, stepCitation } from './state/source';
import { turns } from './state/thread';

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

function step(by: 1 | -1): void {
  stepCitation(turns.value, by);
  const at = current.value;
  if (!at) return;
  const { turn, n } = at;
  const citation = turn.citation(n)!;
  announce(`Source ${n}: ${citation.title}. ${citation.quote}`);
  requestAnimationFrame(() =>
    document.querySelector('.thread .c[aria-current]')?.scrollIntoView({ block: 'nearest' }),
  );
}

function escape(): void {
  if (hideTip()) return;
  if (pane.value !== 'thread') showPane('thread');
  else if (document.activeElement instanceof HTMLTextAreaElement) document.activeElement.blur();
}

/** '/' asks, j and k go from citation to citation, Esc closes. Typing is left alone. */
export function watchKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      escape();
      return;
    }
    if (typing(event.target)) return;
    if (event.key === '/') {
      event.preventDefault();
      document.getElementById('question')?.focus();
    } else if (event.key === 'j') {
      step(1);
    } else if (event.key === 'k') {
      step(-1);
    }
  });
}
