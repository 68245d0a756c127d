export interface SseEvent {
  id: string;
  event: string;
  data: string;
}

/**
 * Reads a text/event-stream that arrives in pieces of any size. Holds at most one unfinished event;
 * an event without a data field is dropped, as the protocol says.
 */
export class SseParser {
  private rest = '';
  private data: string[] = [];
  private event = '';
  private id = '';
  private first = true;

  constructor(private readonly onEvent: (event: SseEvent) => void) {}

  push(piece: string): void {
    let text = this.rest + piece;
    if (this.first && text.length > 0) {
      this.first = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    let from = 0;
    for (;;) {
      const end = this.lineEnd(text, from);
      if (end < 0) break;
      this.line(text.slice(from, end));
      from = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
    }
    this.rest = text.slice(from);
  }

  /** Where the line ends; -1 when that is not known yet (a last \r may be half of \r\n). */
  private lineEnd(text: string, from: number): number {
    const lf = text.indexOf('\n', from);
    const cr = text.indexOf('\r', from);
    if (cr >= 0 && (lf < 0 || cr < lf)) return cr + 1 < text.length ? cr : -1;
    return lf;
  }

  private line(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
  }

  private dispatch(): void {
    if (this.data.length > 0)
      this.onEvent({ id: this.id, event: this.event || 'message', data: this.data.join('\n') });
    this.data = [];
    this.event = '';
  }
}
