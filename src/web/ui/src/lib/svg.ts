/** An element of a chart, read from SVG text and holding only what the lists below allow. */
export interface SvgNode {
  tag: string;
  attributes: Record<string, string>;
  children: (SvgNode | string)[];
}

const kTags = new Set(
  ('svg g path rect line circle ellipse polyline polygon text tspan title desc defs clipPath ' +
    'linearGradient stop').split(' '),
);
const kAttributes = new Set(
  ('aria-hidden aria-label aria-labelledby aria-roledescription class clip-path clip-rule cx cy d ' +
    'dominant-baseline dx dy fill fill-opacity fill-rule font-family font-size font-style ' +
    'font-variant-numeric font-weight gradientUnits height id letter-spacing offset opacity points ' +
    'preserveAspectRatio r role rotate rx ry shape-rendering stop-color stop-opacity stroke ' +
    'stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity stroke-width text-anchor ' +
    'transform viewBox width x x1 x2 y y1 y2').split(' '),
);
const kLargestSvg = 512 * 1024;
const kDeepest = 32;

const kTag = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const kAttribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const kNames: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);/g, (_, name: string) => {
    if (name[0] !== '#') return kNames[name];
    const code = name[1] === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

/** A value may point into the drawing itself, at nothing else. */
function harmless(value: string): boolean {
  return !/url\(\s*['"]?(?!#)/i.test(value) && !/javascript:|expression\(|@import/i.test(value);
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, double, single] of text.matchAll(kAttribute)) {
    const value = unescape(double ?? single ?? '');
    if (kAttributes.has(name) && harmless(value)) attributes[name] = value;
  }
  return attributes;
}

/**
 * Reads well-formed SVG (elements, attributes, text and comments; no DTD, no CDATA, no processing
 * instructions) and keeps what is on the lists; an element that is not is dropped with all it holds.
 * Null when the text is no such thing: the caller shows the table alone.
 */
export function parseSvg(text: string): SvgNode | null {
  if (text.length > kLargestSvg) return null;
  const root: SvgNode = { tag: '', attributes: {}, children: [] };
  const stack: { node: SvgNode; name: string; kept: boolean }[] = [
    { node: root, name: '', kept: true },
  ];
  let at = 0;
  while (at < text.length) {
    const top = stack[stack.length - 1];
    const open = text.indexOf('<', at);
    const words = text.slice(at, open < 0 ? text.length : open);
    if (words.trim() !== '') {
      if (stack.length === 1) return null;
      if (top.kept) top.node.children.push(unescape(words));
    }
    if (open < 0) break;
    if (text.startsWith('<!--', open)) {
      at = text.indexOf('-->', open) + 3;
      if (at < 3) return null;
      continue;
    }
    kTag.lastIndex = open;
    const match = kTag.exec(text);
    if (!match) return null;
    at = kTag.lastIndex;
    const [, closing, name, attributes, empty] = match;
    if (closing) {
      if (top.name !== name || stack.length === 1) return null;
      stack.pop();
      continue;
    }
    const kept = top.kept && kTags.has(name);
    const node: SvgNode = { tag: name, attributes: kept ? readAttributes(attributes) : {}, children: [] };
    if (kept) top.node.children.push(node);
    if (!empty) stack.push({ node, name, kept });
    if (stack.length > kDeepest) return null;
  }
  const [svg, ...more] = root.children;
  if (stack.length !== 1 || more.length > 0) return null;
  return typeof svg === 'object' && svg.tag === 'svg' ? svg : null;
}
