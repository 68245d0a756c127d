import { conversation, startNew } from '../state/thread';
import { pane, showPane } from '../state/pane';
import { go, place } from '../state/route';
import { bases, status, trouble } from '../state/catalog';
import { chooseBase, base } from '../state/choice';
import { title } from '../lib/format';
import { openAddBase } from './AddBase';
import { ConversationList } from './ConversationList';
import { Icon } from './Icon';
import { ModelNote } from './ModelNote';

function newQuestion(): void {
  startNew();
  go({ view: 'new' });
  showPane('thread');
  document.getElementById('question')?.focus();
}

function BaseList() {
  const here = place.value;
  return (
    <section>
      <h2 id="bases">Bases</h2>
      <ul aria-labelledby="bases">
        {(bases.value ?? []).map(({ name, documents, state }) => (
          <li key={name} class="row-item" data-current={base.value === name || undefined}>
            <button
              type="button"
              aria-pressed={base.value === name}
              onClick={() => {
                chooseBase(name);
                if (here.view === 'documents') newQuestion();
                else showPane('thread');
              }}
            >
              {title(name)}
            </button>
            <a
              href={`#/base/${encodeURIComponent(name)}`}
              aria-label={`The ${documents} documents of ${title(name)}`}
              aria-current={here.view === 'documents' && here.base === name ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                go({ view: 'documents', base: name });
                showPane('thread');
              }}
            >
              {state === 'ingesting' && <span class="busy" role="img" aria-label="being read" />}
              {documents.toLocaleString('en')}
              {base.value === name && (documents === 1 ? ' document' : ' documents')}
            </a>
          </li>
        ))}
        <li>
          <button type="button" class="add" onClick={openAddBase}>
            <Icon name="plus" />
            Add a folder or files
          </button>
        </li>
      </ul>
    </section>
  );
}

/** Where one is: the bases, the conversations, and the truth about the model in use. */
export function Nav() {
  return (
    <nav aria-label="Bases and conversations" data-shown={pane.value === 'nav' || undefined}>
      <div class="brand">
        <h1>
          <a
            href="#/"
            onClick={(event) => {
              event.preventDefault();
              newQuestion();
            }}
          >
            <img src="/icon.svg" alt="" width="20" height="20" />
            Interposer
          </a>
        </h1>
        <button type="button" class="icon-button only-phone" aria-label="Close" onClick={() => showPane('thread')}>
          <Icon name="close" />
        </button>
      </div>
      <button
        type="button"
        class="new"
        aria-current={!conversation.value && place.value.view === 'new' ? 'page' : undefined}
        onClick={newQuestion}
      >
        <Icon name="plus" />
        New question
      </button>
      <BaseList />
      <ConversationList />
      {status.value && <ModelNote status={status.value} />}
      {trouble.value && <p class="foot bad">{trouble.value.message}</p>}
    </nav>
  );
}
