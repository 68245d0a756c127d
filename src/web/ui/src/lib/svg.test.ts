import { describe, expect, it } from 'vitest';
import { parseSvg } from './svg';

describe('parseSvg', () => {
  it('reads a chart', () => {
    const svg = parseSvg(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img"><!-- bars -->\n' +
        `<title>A &amp; B</title><g fill="var(--accent)"><rect x='1' width="2"/></g></svg>`,
    );
    expect(svg).toEqual({
      tag: 'svg',
      attributes: { viewBox: '0 0 9 9', role: 'img' },
      children: [
        { tag: 'title', attributes: {}, children: ['A & B'] },
        {
          tag: 'g',
          attributes: { fill: 'var(--accent)' },
          children: [{ tag: 'rect', attributes: { x: '1', width: '2' }, children: [] }],
        },
      ],
    });
  });

  it('drops what can act or fetch, with all it holds', () => {
    const svg = parseSvg(
      '<svg onload="alert(1)" style="fill:red"><script>alert(1)</script>' +
        '<foreignObject><g><text>x</text></g></foreignObject><image href="http://h/p.png"/>' +
        '<a href="javascript:x"><text>y</text></a><use href="#a"/><style>*{}</style>' +
        '<rect fill="url(http://h/x)" stroke="url(#ok)"/><animate attributeName="x"/></svg>',
    );
    expect(svg?.attributes).toEqual({});
    expect(svg?.children).toEqual([
      { tag: 'rect', attributes: { stroke: 'url(#ok)' }, children: [] },
    ]);
  });

  it('refuses what is not one well-formed drawing', () => {
    for (const bad of [
      '', 'text', '<svg>', '<svg></g></svg>', '<svg/><svg/>', '<g/>', '<svg></svg>tail',
      '<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', '<?xml version="1.0"?><svg/>',
      '<svg><![CDATA[x]]></svg>', '<svg a=b/>', '<svg a="<"/>', '<svg><!-- x </svg>',
      '<g>'.repeat(40),
    ])
      expect(parseSvg(bad)).toBeNull();
  });
});
