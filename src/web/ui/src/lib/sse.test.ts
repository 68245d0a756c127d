import { describe, expect, it } from 'vitest';
import { SseParser, type SseEvent } from './sse';

function parse(pieces: string[]): SseEvent[] {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event));
  for (const piece of pieces) parser.push(piece);
  return events;
}

const stream =
  '\ufeff: hello\r\nid: 1\r\ndata: {"a":1}\r\n\r\n' +
  'id: 2\ndata:first\ndata:  second\nevent: x\n\n' +
  'retry: 10\n\n' +
  'id\rdata\r\r' +
  'data: unfinished';

describe('SseParser', () => {
  it('reads fields, comments, many data lines and all three line ends', () => {
    expect(parse([stream])).toEqual([
      { id: '1', event: 'message', data: '{"a":1}' },
      { id: '2', event: 'x', data: 'first\n second' },
      { id: '', event: 'message', data: '' },
    ]);
  });

  it('gives the same events however the stream is cut', () => {
    const whole = parse([stream]);
    expect(parse([...stream])).toEqual(whole);
    for (let at = 0; at <= stream.length; ++at)
      expect(parse([stream.slice(0, at), stream.slice(at)])).toEqual(whole);
  });

  it('keeps an unfinished event back', () => {
    expect(parse(['data: a\n'])).toEqual([]);
    expect(parse(['data: a\n', '\n'])).toHaveLength(1);
  });
});
