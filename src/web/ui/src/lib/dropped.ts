import type { NamedFile } from '../state/uploads';

const kMostFiles = 2_000;

function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

async function walk(entry: FileSystemEntry, folder: string, out: NamedFile[]): Promise<void> {
  if (out.length >= kMostFiles || entry.name.startsWith('.')) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    out.push({ name: folder + entry.name, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await readAll(reader);
    if (some.length === 0) return;
    for (const one of some) await walk(one, `${folder}${entry.name}/`, out);
  }
}

/** The files of a drop, those inside dropped folders too (hidden ones left out). */
export async function droppedFiles(data: DataTransfer): Promise<NamedFile[]> {
  const out: NamedFile[] = [];
  const plain = [...data.files].map((file) => ({ name: file.name, file }));
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  for (const entry of entries) if (entry) await walk(entry, '', out);
  return out;
}
