import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { asProblem } from '../api/client';
import type { Problem } from '../api/types';
import { go } from '../state/route';
import { startNew } from '../state/thread';
import { addFiles, makeBase, type NamedFile } from '../state/uploads';
import { ProblemNote } from './ProblemNote';

const open = signal(false);

export function openAddBase(): void {
  open.value = true;
}

function nameOf(text: string): string {
  return text.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}

function FilePicker({ label, folder, onFiles }: {
  label: string;
  folder: boolean;
  onFiles: (files: NamedFile[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="second" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])].filter((file) => !file.name.startsWith('.'));
          onFiles(files.map((file) => ({ name: file.webkitRelativePath || file.name, file })));
        }}
      />
    </>
  );
}

/** A base of one's own: a name, then files or a folder. */
export function AddBase() {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useSignal('');
  const problem = useSignal<Problem | null>(null);
  useEffect(() => {
    if (open.value) dialog.current?.showModal();
  }, [open.value]);
  if (!open.value) return null;
  const make = async (files: NamedFile[]) => {
    try {
      const made = await makeBase(nameOf(name.value) || 'my-files');
      startNew();
      go({ view: 'new' });
      open.value = false;
      await addFiles(files, made);
    } catch (error) {
      problem.value = asProblem(error);
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="add-base" onClose={() => (open.value = false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make([]);
        }}
      >
        <h2 id="add-base">A base of your own</h2>
        <p class="soft">Its files stay on this machine. They can be asked about as soon as they are read.</p>
        <label>
          Name
          <input
            type="text"
            autocomplete="off"
            placeholder="papers"
            value={name.value}
            onInput={({ currentTarget }) => (name.value = currentTarget.value)}
          />
        </label>
        <div class="row">
          <FilePicker label="Choose files" folder={false} onFiles={(files) => void make(files)} />
          <FilePicker label="Choose a folder" folder onFiles={(files) => void make(files)} />
        </div>
        {problem.value && <ProblemNote problem={problem.value} />}
        <p class="soft">
          From a terminal, following later changes too:
          <code>interposer ingest PATH --base {nameOf(name.value) || 'papers'}</code>
        </p>
        <div class="row end">
          <button type="button" class="second" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="send">
            Create
          </button>
        </div>
      </form>
    </dialog>
  );
}
