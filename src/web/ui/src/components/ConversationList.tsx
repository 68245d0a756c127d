import { useSignal } from '@preact/signals';
import type { ConversationRow } from '../api/types';
import { since } from '../lib/format';
import { go, place, placeHref } from '../state/route';
import { showPane } from '../state/pane';
import { conversation, conversations, deleteConversation, renameConversation } from '../state/thread';
import { Icon } from './Icon';

function Rename({ row, done }: { row: ConversationRow; done: () => void }) {
  const save = (title: string) => {
    done();
    if (title.trim() !== '' && title !== row.title)
      void renameConversation(row.id, title.trim()).catch(() => undefined);
  };
  return (
    <input
      type="text"
      class="rename"
      aria-label="New name"
      ref={(input) => input?.focus()}
      defaultValue={row.title}
      onBlur={({ currentTarget }) => save(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save(event.currentTarget.value);
        else if (event.key === 'Escape') done();
        else return;
        event.stopPropagation();
      }}
    />
  );
}

function Row({ row }: { row: ConversationRow }) {
  const doing = useSignal<'rename' | 'delete' | null>(null);
  const isCurrent = conversation.value?.id === row.id && place.value.view === 'conversation';
  const to = { view: 'conversation' as const, id: row.id };
  if (doing.value === 'rename')
    return (
      <li class="row-item">
        <Rename row={row} done={() => (doing.value = null)} />
      </li>
    );
  if (doing.value === 'delete')
    return (
      <li class="row-item confirm">
        <span>Delete it?</span>
        <button type="button" class="bad" ref={(button) => button?.focus()} onClick={() => void deleteConversation(row.id).catch(() => undefined)}>
          Delete
        </button>
        <button type="button" onClick={() => (doing.value = null)}>
          Keep
        </button>
      </li>
    );
  return (
    <li class="row-item" data-current={isCurrent || undefined}>
      <a
        class="grow"
        href={placeHref(to)}
        aria-current={isCurrent ? 'page' : undefined}
        title={row.title}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          go(to);
          showPane('thread');
        }}
      >
        {row.title || 'Untitled'}
      </a>
      <span class="when">{since(row.updated_at)}</span>
      <span class="row-actions">
        <button type="button" class="icon-button" aria-label={`Rename ${row.title}`} onClick={() => (doing.value = 'rename')}>
          <Icon name="pencil" />
        </button>
        <button type="button" class="icon-button" aria-label={`Delete ${row.title}`} onClick={() => (doing.value = 'delete')}>
          <Icon name="bin" />
        </button>
      </span>
    </li>
  );
}

export function ConversationList() {
  const all = conversations.value;
  if (all.length === 0) return null;
  return (
    <section class="conversations">
      <h2 id="conversations">Conversations</h2>
      <ul aria-labelledby="conversations">
        {all.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
    </section>
  );
}
