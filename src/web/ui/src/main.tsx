import { effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { askForKey, storedKey } from './api/key';
import { App } from './components/App';
import { warmUpMarkdown } from './lib/markdown';
import { watchKeys } from './keys';
import { loadBases, loadStatus, started, status } from './state/catalog';
import { showPane, watchPane } from './state/pane';
import { parsePlace, parseSourceHref, place, placeHref, sourceHref } from './state/route';
import { openPlain, wanted } from './state/source';
import { openConversation, refreshConversations, startNew } from './state/thread';

const kIdleAfterMs = 150;

/** The address says what is shown; a link to a source opens it beside whatever is there. */
function readAddress(): void {
  const source = parseSourceHref(location.hash);
  if (source) {
    // A phone's "back" from the source comes through here too: what is open stays as it is.
    if (!wanted.value || sourceHref(wanted.value) !== sourceHref(source)) openPlain(source);
    return;
  }
  const to = parsePlace(location.hash);
  if (placeHref(to) !== placeHref(place.value)) place.value = to;
}

effect(() => {
  const here = place.value;
  untracked(() => {
    if (here.view === 'conversation') void openConversation(here.id);
    else if (here.view === 'new') startNew();
  });
});

effect(() => {
  if (status.value?.page_needs_key && !storedKey()) void askForKey();
});

async function start(): Promise<void> {
  watchPane();
  watchKeys();
  window.addEventListener('hashchange', readAddress);
  window.addEventListener('popstate', readAddress);
  render(<App />, document.getElementById('app')!);
  void loadStatus();
  await loadBases();
  readAddress();
  started.value = true;
  await refreshConversations().catch(() => undefined);
  if (!parseSourceHref(location.hash)) showPane('thread');
}

void start().then(() => setTimeout(warmUpMarkdown, kIdleAfterMs));
