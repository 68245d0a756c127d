import { describe, expect, it } from 'vitest';
import type { Block, SourceDocument } from '../api/types';
import { cutAt, groupBlocks, loadDocument, withCited } from './document';

const block = (kind: Block['kind'], start: number, end: number): Block => ({ kind, start, end });

describe('documents', () => {
  it('turns every byte span into string indices, also those of cells', () => {
    const text = 'é 中\n😀 141';
    const found = loadDocument({
      text,
      blocks: [
        block('paragraph', 0, 6),
        {
          kind: 'table', start: 7, end: 15,
          table: { header: [{ text: '😀', start: 7, end: 11 }], rows: [[{ text: '141', start: 12, end: 15 }]] },
        },
      ],
    } as unknown as SourceDocument);
    const [first, second] = found.blocks;
    expect(text.slice(first.start, first.end)).toBe('é 中');
    const cell = second.table!.rows[0][0];
    expect(text.slice(cell.start, cell.end)).toBe('141');
    expect(text.slice(second.table!.header[0].start, second.table!.header[0].end)).toBe('😀');
  });

  it('groups the items of a list', () => {
    const groups = groupBlocks([
      block('list_item', 0, 1), block('list_item', 1, 2), block('paragraph', 2, 3), block('list_item', 3, 4),
    ]);
    expect(groups.map((group) => ('list' in group ? group.list.length : 0))).toEqual([2, 0, 1]);
  });

  it('cuts text at a mark without losing any of it', () => {
    const span = { start: 10, end: 20 };
    expect(cutAt(span, null)).toBeNull();
    expect(cutAt(span, { start: 20, end: 25 })).toBeNull();
    for (const [start, end] of [[0, 30], [12, 14], [0, 12], [18, 40], [10, 20]]) {
      const [before, marked, after] = cutAt(span, { start, end })!;
      expect([before.start, after.end]).toEqual([10, 20]);
      expect([before.end, marked.end]).toEqual([marked.start, after.start]);
      expect(marked.end).toBeGreaterThan(marked.start);
    }
  });

  it('shows a span that lies in no block', () => {
    const blocks = [block('heading', 0, 5), block('paragraph', 10, 20)];
    const kinds = (start: number, end: number) =>
      withCited(blocks, { start, end }, 40).map((one) => one.start);
    expect(kinds(12, 14)).toEqual([0, 10]);
    expect(kinds(6, 9)).toEqual([0, 6, 10]);
    expect(kinds(30, 34)).toEqual([0, 10, 30]);
    expect(withCited([], null, 40)).toEqual([block('code', 0, 40)]);
  });
});
