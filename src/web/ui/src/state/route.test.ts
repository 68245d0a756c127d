import { expect, it } from 'vitest';
import { parsePlace, parseSourceHref, placeHref, sourceHref } from './route';

it('reads back every link it writes', () => {
  for (const link of [
    { document: 'handbook/hbm.md', version: 'v1', span: { start: 3, end: 9 } },
    { document: 'a b/deep/er/file @ 100%.pdf', version: 'x@y', span: { start: 0, end: 1 } },
    { document: 'b/ü?#.md', version: undefined, span: undefined },
  ])
    expect(parseSourceHref(sourceHref(link))).toEqual(link);
  for (const place of [
    { view: 'new' as const },
    { view: 'conversation' as const, id: 'c 1/2' },
    { view: 'documents' as const, base: 'ä/b' },
  ])
    expect(parsePlace(placeHref(place))).toEqual(place);
});

it('reads links as the API writes them, and no broken span', () => {
  expect(parseSourceHref('#/source/handbook/notes/a.md@17?start=10&end=20')).toEqual({
    document: 'handbook/notes/a.md', version: '17', span: { start: 10, end: 20 },
  });
  expect(parseSourceHref('#/source/handbook/a.md?start=20&end=10')?.span).toBeUndefined();
  expect(parseSourceHref('#/source/handbook')).toBeNull();
  expect(parsePlace('#/elsewhere/x')).toEqual({ view: 'new' });
});
