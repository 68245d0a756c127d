import { signal } from '@preact/signals';
import { MarkdownStream, type Token } from '../lib/markdown';
import { announce } from './announce';
import { plainText } from '../lib/plain';

/** A reading that took this long is not repeated before it has paid for itself. */
const kCheapMs = 6;
const kRest = 3;
const kHiddenMs = 300;

/** A model's own words: at most one reading a frame, however fast they come. */
export class Prose {
  readonly stream = new MarkdownStream();
  /** Moves when the blocks or the tail did. */
  readonly version = signal(0);
  text = '';
  private scheduled = false;
  private finished = false;
  private announced = 0;
  private cost = 0;

  push(text: string): void {
    this.text += text;
    this.stream.push(text);
    if (this.scheduled) return;
    this.scheduled = true;
    if (document.visibilityState === 'hidden') setTimeout(this.read, kHiddenMs);
    else if (this.cost > kCheapMs) setTimeout(() => requestAnimationFrame(this.read), this.cost * kRest);
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
    this.cost = performance.now() - before;
  };

  private announceBlocks(): void {
    const { blocks } = this.stream;
    for (; this.announced < blocks.length; ++this.announced)
      announce(plainText(blocks[this.announced] as Token));
  }
}
