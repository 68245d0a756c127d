import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { asProblem } from '../api/client';
import { droppedFiles } from '../lib/dropped';
import { title } from '../lib/format';
import { announce } from '../state/announce';
import { base } from '../state/choice';
import { addFiles } from '../state/uploads';

const over = signal(false);

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

async function take(data: DataTransfer): Promise<void> {
  try {
    await addFiles(await droppedFiles(data));
  } catch (error) {
    announce(asProblem(error).message);
  }
}

/** Files may be dropped anywhere; the veil says where they go. */
export function DropTarget() {
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over.value = true;
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false;
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over.value = false;
      void take(event.dataTransfer!);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  if (!over.value) return null;
  return (
    <div class="veil">
      <p>
        {base.value ? `Add to ${title(base.value)}` : 'Add to your files'}
        <small>Markdown, text, HTML, PDF, CSV; folders too</small>
      </p>
    </div>
  );
}
