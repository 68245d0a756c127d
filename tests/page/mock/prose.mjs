// What the mock's plain model says.

export function story() {
  const parts = ['# The keeper of the light', ''];
  for (let i = 1; i <= 12; ++i)
    parts.push(
      `**Night ${i}.** The keeper climbed the ${90 + i} steps, trimmed the wick and wrote one line in the log. ` +
        'The sea said *nothing new*, and he wrote that down too: `wind NW, force 5`.',
      '',
    );
  parts.push('- oil: enough', '- bread: a little', '- ships: none', '', 'And so the winter went by.');
  return parts.join('\n');
}

/** 20 KB with everything that Markdown can do to a page. */
export function benchMarkdown(bytes = 20 * 1024) {
  const parts = [];
  let length = 0;
  for (let i = 0; length < bytes; ++i) {
    const part = [
      `## Part ${i + 1}: how a board is fed`,
      `A paragraph with **weight**, *stress*, \`code\` and a [link](https://example.org/${i}). It is long enough to wrap over several lines, because real answers are, and it ends as real paragraphs do, with a full stop.`,
      '- first item with some words\n- second item, `with code`\n- third item\n  - nested once\n  - nested twice',
      '```ts\nexport function feed(board: Board, bytes: number): number {\n  const lanes = board.lanes;\n  return bytes / (lanes * board.rate);\n}\n```',
      '| Board | GB | TB/s |\n|---|--:|--:|\n| H200 | 141 | 4.8 |\n| B200 | 180 | 7.7 |\n| MI355X | 288 | 8.0 |',
      '> A quotation that somebody might have said, and that goes on for a while.',
    ][i % 6];
    parts.push(part);
    length += part.length + 2;
  }
  return parts.join('\n\n');
}

/** What a poisoned document might make a model write. */
export const hostile = [
  '![x](http://127.0.0.1:9/leak?q=1)', '<img src=x onerror="window.pwned=1">', '<script>window.pwned=1</script>',
  '[a](javascript:window.pwned=1) [b](java&#115;cript:window.pwned=1) [c](data:text/html,x) <http://127.0.0.1:9/ok>',
  '[ref]: http://127.0.0.1:9/r "t"', '![r][ref]', '<svg onload="window.pwned=1"><use href="//127.0.0.1:9/u"/></svg>',
  '<style>@import url(//127.0.0.1:9/s)</style>', '<iframe src="//127.0.0.1:9/f"></iframe>',
  '| a |\n|---|\n| ![t](//127.0.0.1:9/t) |', '<a href="javascript:window.pwned=1">x</a>', 'end of it',
].join('\n\n');
