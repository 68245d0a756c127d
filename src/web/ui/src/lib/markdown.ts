import { Lexer, type Token, type Tokens, type TokensList } from 'marked';

/** A block list item of marked's: its tokens are walked by components/Markdown.tsx. */
export type { Token, Tokens };

function lex(text: string, links: TokensList['links']): TokensList {
  const lexer = new Lexer({ gfm: true });
  lexer.tokens.links = links;
  return lexer.lex(text);
}

/**
 * Markdown that grows at its end. A block that the next one has closed never changes again: it is
 * committed, and only what follows is read anew. So a whole answer costs its length, not its square.
 */
export class MarkdownStream {
  /** Finished blocks; only ever appended to. */
  readonly blocks: Token[] = [];
  /** The open block (and the blank lines after it), as of the last `parse`. */
  tail: Token[] = [];
  private open = '';
  private readonly links: TokensList['links'] = {};

  push(text: string): void {
    this.open += text.includes('\r') ? text.replace(/\r/g, '') : text;
  }

  /** Characters that the next `parse` reads. */
  get openLength(): number {
    return this.open.length;
  }

  parse(): void {
    const tokens = lex(this.open, this.links);
    let last = tokens.length - 1;
    // A list goes on over blank lines, so what stands before them is still open.
    while (last > 0 && tokens[last].type === 'space') last -= 1;
    let length = 0;
    let raw = '';
    for (let i = 0; i < last; ++i) raw += tokens[i].raw;
    if (this.open.startsWith(raw)) length = raw.length;
    if (length > 0) {
      for (const token of tokens.slice(0, last)) if (token.type !== 'space') this.blocks.push(token);
      this.open = this.open.slice(length);
      this.tail = tokens.slice(last);
    } else {
      this.tail = tokens;
    }
  }

  /** No more will come: what is open is final. */
  finish(): void {
    this.parse();
    for (const token of this.tail) if (token.type !== 'space') this.blocks.push(token);
    this.tail = [];
    this.open = '';
  }
}

/**
 * A first reading compiles the reader's expressions, a long task on a slow machine: done while nothing
 * else is, so that no answer waits for it.
 */
export function warmUpMarkdown(): void {
  lex('# a\n\nb *c* `d` [e](f)\n\n- g\n\n```h\ni\n```\n\n|j|\n|-|\n|k|\n\n> l\n\n<b>', {});
}

const kEntities: Record<string, string> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', ndash: '–', mdash: '—',
  hellip: '…', copy: '©', times: '×', deg: '°', micro: 'µ', rarr: '→', le: '≤', ge: '≥',
};

/** Markdown allows character references; the page builds text nodes, which know none. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#[xX]?[0-9a-fA-F]{1,6}|[a-z]{2,6});/g, (whole, name: string) => {
    if (name[0] !== '#') return kEntities[name] ?? whole;
    const hex = name[1] === 'x' || name[1] === 'X';
    const code = parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The address when it is one a link may lead to, else null: no script, data or file addresses. */
export function safeHref(href: string): string | null {
  try {
    const url = new URL(decodeEntities(href.trim()));
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
