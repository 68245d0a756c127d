import { signal } from '@preact/signals';
import { MarkdownStream, type Token } from '../lib/markdown';
import { announce } from './announce';
import { plainText } from '../lib/plain';

/** Readings are this far apart at least; eyes tell no difference, and the work halves. */
const kPaceMs = 30;
/** A reading rests this many times what it took, so that a slow machine keeps breathing. */
const kRest = 4;
const kHiddenMs = 300;

/** A model's own words: a reading every other frame, however fast they come. */
export class Prose {
  readonly stream = new MarkdownStream();
  /** Moves when the blocks or the tail did. */
  readonly version = signal(0);
  readonly started = signal(false);
  text = '';
  private scheduled = false;
  private finished = false;
  private announced = 0;
  private cost = 0;
  private lastRead = -Infinity;

  push(text: string): void {
    this.text += text;
    this.stream.push(text);
    if (this.scheduled) return;
    this.scheduled = true;
    this.started.value = true;
    const hidden = document.visibilityState === 'hidden';
    const due = this.lastRead + Math.max(kPaceMs, this.cost * kRest) - performance.now();
    if (hidden) setTimeout(this.read, kHiddenMs);
    else if (due > 0) setTimeout(() => requestAnimationFrame(this.read), due);
    else requestAnimationFrame(this.read);
  }

  finish(): void {
    if (this.finished || this.text === '') return;
    this.finished = true;
    this.stream.finish();
    this.announceBlocks();
    this.version.value += 1;
  }

  private readonly read = (): void => {
    this.scheduled = false;
    if (this.finished) return;
    const before = performance.now();
    this.stream.parse();
    this.version.value += 1;
    this.announceBlocks();
    this.lastRead = performance.now();
    this.cost = this.lastRead - before;
  };

  private announceBlocks(): void {
    const { blocks } = this.stream;
    for (; this.announced < blocks.length; ++this.announced)
      announce(plainText(blocks[this.announced] as Token));
  }
}
