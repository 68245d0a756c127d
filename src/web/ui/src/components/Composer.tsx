import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { title } from '../lib/format';
import { base, writer } from '../state/choice';
import { ask, runningTurn } from '../state/thread';
import { addFiles } from '../state/uploads';
import { asProblem } from '../api/client';
import { announce } from '../state/announce';
import { Icon } from './Icon';
import { Picker } from './Picker';
import { UploadTray } from './UploadTray';

function placeholder(): string {
  if (base.value) return `Ask ${title(base.value)}, or drop files here`;
  return `Write to ${writer.value || 'a model'}`;
}

function AttachButton() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="plain attach" onClick={() => input.current?.click()}>
        <Icon name="clip" />
        Attach
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to add"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          addFiles(files.map((file) => ({ name: file.name, file }))).catch((error) =>
            announce(asProblem(error).message),
          );
        }}
      />
    </>
  );
}

/** Where one asks. Enter sends, Shift+Enter makes a line. */
export function Composer() {
  const text = useSignal('');
  const box = useRef<HTMLTextAreaElement>(null);
  const running = runningTurn.value;
  const send = () => {
    const question = text.value.trim();
    if (question === '' || running) return;
    text.value = '';
    void ask(question);
    box.current?.focus();
  };
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <UploadTray />
      <div class="box">
        <textarea
          ref={box}
          id="question"
          aria-label={placeholder()}
          placeholder={placeholder()}
          rows={1}
          dir="auto"
          value={text.value}
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <div class="tools">
          <AttachButton />
          <Picker />
          {running ? (
            <button type="button" class="send stop" onClick={() => void running.stop().catch(() => undefined)}>
              Stop
            </button>
          ) : (
            <button type="submit" class="send" disabled={text.value.trim() === ''}>
              Ask
            </button>
          )}
        </div>
      </div>
    </form>
  );
}
