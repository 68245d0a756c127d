import { describe, expect, it } from 'vitest';
import { ByteMap } from './offsets';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The oracle: cut the bytes themselves. */
function cut(text: string, start: number, end: number): string {
  return decoder.decode(encoder.encode(text).slice(start, end));
}

function borders(text: string): number[] {
  const found = [0];
  for (const character of text) found.push(found.at(-1)! + encoder.encode(character).length);
  return found;
}

describe('ByteMap', () => {
  it('is the identity on ASCII', () => {
    const map = new ByteMap('plain text');
    expect(map.bytes).toBe(10);
    expect(map.toUnit(4)).toBe(4);
  });

  it('agrees with cutting the bytes, at every border of mixed texts', () => {
    for (const text of ['', 'aé€😀z', '😀'.repeat(700), `${'x'.repeat(1023)}é${'y'.repeat(1100)}`]) {
      const map = new ByteMap(text);
      const all = borders(text);
      expect(map.bytes).toBe(all.at(-1));
      const step = Math.max(1, Math.floor(all.length / 90));
      for (let i = 0; i < all.length; i += step)
        for (let j = i; j < all.length; j += step)
          expect(map.slice(all[i], all[j])).toBe(cut(text, all[i], all[j]));
    }
  });

  it('agrees on random texts', () => {
    const alphabet = ['a', ' ', 'ß', 'Ω', '≥', '中', '😀', '\n'];
    let seed = 7;
    const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648);
    for (let round = 0; round < 40; ++round) {
      let text = '';
      for (let i = 0; i < 900; ++i) text += alphabet[next() % alphabet.length];
      const map = new ByteMap(text);
      const all = borders(text);
      for (let probe = 0; probe < 60; ++probe) {
        const [a, b] = [next() % all.length, next() % all.length].sort((x, y) => x - y);
        expect(map.slice(all[a], all[b])).toBe(cut(text, all[a], all[b]));
      }
    }
  });

  it('clamps what lies outside and keeps a code point whole', () => {
    const map = new ByteMap('a😀b');
    expect(map.toUnit(-5)).toBe(0);
    expect(map.toUnit(99)).toBe(4);
    expect(map.toUnit(3)).toBe(1);
  });
});
