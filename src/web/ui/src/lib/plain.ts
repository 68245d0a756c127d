import { decodeEntities, type Token, type Tokens } from './markdown';

/** The words of a block, for ears: no marks, code named rather than read. */
export function plainText(token: Token): string {
  if (token.type === 'code') return `Code: ${(token as Tokens.Code).lang ?? 'text'}.`;
  if (token.type === 'space' || token.type === 'hr') return '';
  if (token.type === 'table') {
    const table = token as Tokens.Table;
    return [table.header, ...table.rows]
      .map((row) => row.map((cell) => inline(cell.tokens)).join(', '))
      .join('. ');
  }
  if (token.type === 'list') return (token as Tokens.List).items.map(plainText).join(' ');
  const children = (token as { tokens?: Token[] }).tokens;
  return children ? inline(children) : decodeEntities(String((token as { text?: string }).text ?? ''));
}

function inline(tokens: Token[]): string {
  return tokens.map((token) => (token.type === 'br' ? ' ' : plainText(token))).join('');
}
