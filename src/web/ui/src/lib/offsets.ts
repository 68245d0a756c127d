/** Bytes between two remembered positions: a look-up scans at most this far. */
const kStep = 1024;

function bytesOf(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/**
 * Turns byte offsets of a text's UTF-8 form into indices of its UTF-16 string. Built once for a
 * document, in one pass; a text of plain ASCII costs nothing more.
 */
export class ByteMap {
  readonly bytes: number;
  /** unit[k], byte[k]: the first code point that starts at or after byte k * kStep. */
  private readonly units: number[] = [];
  private readonly starts: number[] = [];

  constructor(private readonly text: string) {
    let byte = 0;
    for (let unit = 0; unit < text.length; ) {
      if (byte >= this.units.length * kStep) {
        this.units.push(unit);
        this.starts.push(byte);
      }
      const codePoint = text.codePointAt(unit)!;
      byte += bytesOf(codePoint);
      unit += codePoint > 0xffff ? 2 : 1;
    }
    this.bytes = byte;
  }

  /** The index of the code point that holds this byte; the text's length at or past its end. */
  toUnit(byte: number): number {
    if (byte <= 0) return 0;
    if (byte >= this.bytes) return this.text.length;
    if (this.bytes === this.text.length) return byte;
    let k = Math.min(Math.floor(byte / kStep), this.units.length - 1);
    if (this.starts[k] > byte) k -= 1;
    let unit = this.units[k];
    for (let at = this.starts[k]; ; ) {
      const codePoint = this.text.codePointAt(unit)!;
      at += bytesOf(codePoint);
      if (at > byte) return unit;
      unit += codePoint > 0xffff ? 2 : 1;
    }
  }

  slice(start: number, end: number): string {
    return this.text.slice(this.toUnit(start), this.toUnit(end));
  }
}
