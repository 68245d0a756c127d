import { signal } from '@preact/signals';
import { follow } from '../api/follow';
import { asProblem, post } from '../api/client';
import type { FileState, JobEvent } from '../api/types';
import { upload } from '../api/upload';
import { bytes } from '../lib/format';
import { announce } from './announce';
import { bases, refreshBases } from './catalog';
import { base, chooseBase } from './choice';

const kLargestMiB = 64;
const kAtOnce = 3;
const kOwnBase = 'my-files';

export type UploadState = 'waiting' | 'uploading' | FileState;

export class Upload {
  private static next = 1;
  readonly id = Upload.next++;
  readonly state = signal<UploadState>('waiting');
  readonly share = signal(0);
  readonly reason = signal('');
  readonly remedy = signal('');

  constructor(
    readonly name: string,
    readonly base: string,
    readonly file: File,
  ) {}

  get settled(): boolean {
    return ['searchable', 'embedded', 'unchanged', 'failed'].includes(this.state.value);
  }

  fail(reason: string, remedy = ''): void {
    this.state.value = 'failed';
    this.reason.value = reason;
    this.remedy.value = remedy;
    announce(`${this.name} failed: ${reason}`);
  }
}

export const uploads = signal<Upload[]>([]);
let active = 0;

export interface NamedFile {
  name: string;
  file: File;
}

/** Adds files to a base; by default the one being asked, or a new one when there is none. */
export async function addFiles(files: NamedFile[], to?: string): Promise<void> {
  if (files.length === 0) return;
  const target = to ?? base.value ?? bases.value?.[0]?.name ?? (await makeBase(kOwnBase));
  if (base.value === null) chooseBase(target);
  const added = files.map(({ name, file }) => new Upload(name, target, file));
  uploads.value = [...uploads.value, ...added];
  pump();
}

export async function makeBase(name: string): Promise<string> {
  const made = await post<{ name: string }>('/bases', { name });
  await refreshBases();
  chooseBase(made.name);
  return made.name;
}

export function dismissSettled(): void {
  uploads.value = uploads.value.filter((one) => !one.settled);
}

/** What went well needs no more words once the next question is asked. */
export function dismissSucceeded(): void {
  uploads.value = uploads.value.filter((one) => !one.settled || one.state.value === 'failed');
}

function pump(): void {
  for (const one of uploads.value) {
    if (active >= kAtOnce) return;
    if (one.state.value !== 'waiting') continue;
    active += 1;
    void run(one).finally(() => {
      active -= 1;
      pump();
    });
  }
}

async function run(one: Upload): Promise<void> {
  one.state.value = 'uploading';
  if (one.file.size > kLargestMiB * 1024 * 1024) {
    one.fail(
      `It has ${bytes(one.file.size)}; the page takes files of up to ${kLargestMiB} MiB.`,
      `Use the terminal: interposer ingest PATH --base ${one.base}`,
    );
    return;
  }
  try {
    const job = await upload(one.base, one.name, one.file, (share) => (one.share.value = share));
    await follow<JobEvent>({
      path: `/jobs/${encodeURIComponent(job)}/events`,
      after: 0,
      isLast: (event) => event.type === 'done' || event.type === 'error',
      onEvents: (events) => events.forEach((event) => apply(one, event)),
      signal: new AbortController().signal,
    });
  } catch (error) {
    const problem = asProblem(error);
    one.fail(problem.message, problem.remedy);
  }
  await refreshBases().catch(() => undefined);
}

function apply(one: Upload, event: JobEvent): void {
  if (event.type === 'file' && event.state === 'failed') {
    one.fail(event.reason ?? 'It could not be read.', event.remedy);
  } else if (event.type === 'file' && event.state) {
    if (event.state === 'searchable') announce(`${one.name} can be asked about.`);
    one.state.value = event.state;
  } else if (event.type === 'progress' && event.total) {
    one.share.value = (event.done ?? 0) / event.total;
  } else if (event.type === 'error') {
    one.fail(event.reason ?? event.message ?? 'It could not be read.', event.remedy);
  } else if (event.type === 'done' && !one.settled) {
    if (event.summary && event.summary.failed > 0) one.fail('It could not be read.');
    else one.state.value = 'searchable';
  }
}
