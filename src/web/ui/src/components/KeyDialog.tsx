import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { keyRefused, keyWanted } from '../api/key';

/** The server has keys: the page asks for one and keeps it until the tab is closed. */
export function KeyDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const key = useSignal('');
  const accept = keyWanted.value;
  useEffect(() => {
    if (accept) dialog.current?.showModal();
  }, [accept]);
  if (!accept) return null;
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="key-title" onCancel={(event) => event.preventDefault()}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const typed = key.value.trim();
          if (typed === '') return;
          key.value = '';
          accept(typed);
        }}
      >
        <h2 id="key-title">This server asks for a key</h2>
        <p class="soft">
          One of those under <code>keys</code> in its interposer.yaml. It is kept in this tab only.
        </p>
        <label>
          Key
          <input
            type="password"
            autocomplete="off"
            value={key.value}
            onInput={({ currentTarget }) => (key.value = currentTarget.value)}
          />
        </label>
        {keyRefused.value && (
          <p class="bad" role="alert">
            The server refused that key.
          </p>
        )}
        <div class="row end">
          <button type="submit" class="send">
            Use this key
          </button>
        </div>
      </form>
    </dialog>
  );
}
