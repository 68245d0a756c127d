import { Lexer } from 'marked';
import { describe, expect, it } from 'vitest';
import { decodeEntities, MarkdownStream, safeHref } from './markdown';

const document = `# Title

A paragraph with *emphasis*, \`code\` and a [link](https://example.org).
It goes on.

Setext
======

- one
- two

  still two
- three

  1. nested
  2. again

After the list.

\`\`\`ts
const a = 1;

const b = "# not a heading";
\`\`\`

| a | b |
|---|---|
| 1 | 2 |
| 3 | 4 |

> quoted
> more

---

    indented code

    goes on

<div>html</div>

Last words &amp; done.`;

function shape(tokens: { type: string; raw: string }[]): string[] {
  return tokens
    .filter((token) => token.type !== 'space')
    .map((token) => `${token.type}:${token.raw.trimEnd()}`);
}

function stream(pieces: string[]): MarkdownStream {
  const markdown = new MarkdownStream();
  for (const piece of pieces) {
    markdown.push(piece);
    markdown.parse();
  }
  markdown.finish();
  return markdown;
}

describe('MarkdownStream', () => {
  const whole = shape(new Lexer({ gfm: true }).lex(document));

  it('ends as one reading of the whole, however it was cut', () => {
    expect(shape(stream([document]).blocks)).toEqual(whole);
    expect(shape(stream([...document]).blocks)).toEqual(whole);
    for (let at = 0; at < document.length; at += 3)
      expect(shape(stream([document.slice(0, at), document.slice(at)]).blocks)).toEqual(whole);
  });

  it('never takes a committed block back', () => {
    const markdown = new MarkdownStream();
    let before: string[] = [];
    for (const character of document) {
      markdown.push(character);
      markdown.parse();
      const now = shape(markdown.blocks);
      expect(now.slice(0, before.length)).toEqual(before);
      before = now;
    }
    expect(before.length).toBeGreaterThan(8);
  });

  it('reads only the open block again', () => {
    const markdown = new MarkdownStream();
    let most = 0;
    for (let i = 0; i < 400; ++i) {
      markdown.push(`Paragraph ${i} with some words in it.\n\n`);
      most = Math.max(most, markdown.openLength);
      markdown.parse();
    }
    expect(most).toBeLessThan(100);
    expect(markdown.blocks.length).toBeGreaterThan(395);
  });

  it('drops carriage returns, also one cut from its line feed', () => {
    expect(shape(stream(['a\r', '\n\r\nb']).blocks)).toEqual(['paragraph:a', 'paragraph:b']);
  });

  it('uses link definitions that came before', () => {
    const blocks = stream(['[x]: https://example.org/\n\nfirst\n\n', 'see [x]']).blocks;
    expect(JSON.stringify(blocks.at(-1))).toContain('"href":"https://example.org/"');
  });
});

describe('text and addresses', () => {
  it('decodes character references once', () => {
    expect(decodeEntities('a &amp;lt; b &#65;&#x42; &nope; &#0;')).toBe('a &lt; b AB &nope; &#0;');
  });

  it('lets only harmless addresses be links', () => {
    expect(safeHref('https://example.org/a b')).toBe('https://example.org/a%20b');
    for (const bad of ['javascript:alert(1)', ' JavaScript:alert(1)', 'java&#115;cript:alert(1)',
      'data:text/html,x', 'file:///etc/passwd', 'vbscript:x', '//host/path', 'relative'])
      expect(safeHref(bad)).toBeNull();
  });
});
