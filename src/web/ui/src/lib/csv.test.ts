import { expect, it } from 'vitest';
import { toCsv } from './csv';

it('quotes what needs it, names units, joins contested values and disarms formulas', () => {
  const cell = (text: string, alternatives?: string[]) => ({ text, alternatives, citations: [1] });
  const csv = toCsv({
    title: 't',
    query: '',
    source: '',
    contested: [],
    columns: [
      { name: 'Board', type: 'text' },
      { name: 'HBM', unit: 'GB', type: 'number' },
    ],
    rows: [
      [cell('B200, "SXM"'), cell('180', ['192'])],
      [cell('=1+1'), cell('-3.5')],
    ],
  });
  expect(csv).toBe('Board,HBM (GB)\r\n"B200, ""SXM""",180 or 192\r\n\'=1+1,-3.5\r\n');
});
