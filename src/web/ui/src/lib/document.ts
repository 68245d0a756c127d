import type { Block, SourceDocument, Span } from '../api/types';
import { ByteMap } from './offsets';

/** A document whose spans are indices into its string, converted once. */
export interface LoadedDocument extends SourceDocument {
  map: ByteMap;
}

function spanIn(map: ByteMap, { start, end }: Span): Span {
  return { start: map.toUnit(start), end: map.toUnit(end) };
}

function blockIn(map: ByteMap, block: Block): Block {
  const cell = <C extends Span>(one: C): C => ({ ...one, ...spanIn(map, one) });
  const table = block.table && {
    header: (block.table.header ?? []).map(cell),
    rows: (block.table.rows ?? []).map((row) => row.map(cell)),
  };
  return { ...block, ...spanIn(map, block), ...(table && { table }) };
}

export function loadDocument(found: SourceDocument): LoadedDocument {
  const map = new ByteMap(found.text);
  const blocks = (found.blocks ?? []).map((block) => blockIn(map, block));
  return { ...found, map, blocks };
}

export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** A run of blocks that is drawn as one: the items of a list, or a single block. */
export type Group = { list: Block[] } | { block: Block };

export function groupBlocks(blocks: Block[]): Group[] {
  const groups: Group[] = [];
  for (const block of blocks) {
    const last = groups[groups.length - 1];
    if (block.kind !== 'list_item') groups.push({ block });
    else if (last && 'list' in last) last.list.push(block);
    else groups.push({ list: [block] });
  }
  return groups;
}

/** The three pieces of [start, end) that a mark cuts it into; null where they do not meet. */
export function cutAt(span: Span, mark: Span | null): [Span, Span, Span] | null {
  if (!mark || !overlaps(span, mark)) return null;
  const start = Math.max(span.start, mark.start);
  const end = Math.min(span.end, mark.end);
  return [{ start: span.start, end: start }, { start, end }, { start: end, end: span.end }];
}

/** A span that no block holds is still shown: blocks with one more, of plain text, in its place. */
export function withCited(blocks: Block[], mark: Span | null, length: number): Block[] {
  if (blocks.length === 0) return length > 0 ? [{ kind: 'code', start: 0, end: length }] : [];
  if (!mark || blocks.some((block) => block.kind !== 'page_break' && overlaps(block, mark)))
    return blocks;
  const at = blocks.findIndex((block) => block.start >= mark.end);
  const found: Block = { kind: 'paragraph', start: mark.start, end: mark.end };
  return at < 0 ? [...blocks, found] : [...blocks.slice(0, at), found, ...blocks.slice(at)];
}
