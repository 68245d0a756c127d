import { bases, started, trouble } from '../state/catalog';
import { pane, showPane } from '../state/pane';
import { place } from '../state/route';
import { conversation } from '../state/thread';
import { title } from '../lib/format';
import { AddBase } from './AddBase';
import { Composer } from './Composer';
import { Documents } from './Documents';
import { DropTarget } from './DropTarget';
import { Icon } from './Icon';
import { KeyDialog } from './KeyDialog';
import { Live } from './Live';
import { Nav } from './Nav';
import { ProblemNote } from './ProblemNote';
import { Source } from './Source';
import { Thread } from './Thread';
import { Tip } from './Tip';
import { base } from '../state/choice';

function PhoneBar() {
  return (
    <div class="phone-bar only-phone">
      <button type="button" class="icon-button" aria-label="Bases and conversations" onClick={() => showPane('nav')}>
        <Icon name="menu" />
      </button>
      <span>{conversation.value?.title || (base.value ? title(base.value) : 'Interposer')}</span>
      <button type="button" class="icon-button" aria-label="The source" onClick={() => showPane('source')}>
        <Icon name="page" />
      </button>
    </div>
  );
}

function Middle() {
  const here = place.value;
  if (trouble.value && !bases.value)
    return (
      <div class="thread">
        <div class="turns">
          <ProblemNote problem={trouble.value} />
        </div>
      </div>
    );
  if (!started.value) return <div class="thread" aria-busy="true" />;
  return here.view === 'documents' ? <Documents key={here.base} base={here.base} /> : <Thread />;
}

export function App() {
  return (
    <>
      <a
        class="skip"
        href="#question"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('question')?.focus();
        }}
      >
        Skip to the question
      </a>
      <div class="panes" data-pane={pane.value}>
        <Nav />
        <main data-shown={pane.value === 'thread' || undefined}>
          <PhoneBar />
          <Middle />
          {started.value && place.value.view !== 'documents' && <Composer />}
        </main>
        <Source />
      </div>
      <Tip />
      <DropTarget />
      <AddBase />
      <KeyDialog />
      <Live />
    </>
  );
}
