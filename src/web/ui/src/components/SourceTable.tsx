import { useSignal } from '@preact/signals';
import type { Block, Cell, Span } from '../api/types';
import { overlaps } from '../lib/document';
import { Marked } from './Marked';

const kRowsAround = 60;
/** A column with longer cells than this wraps; one of names and numbers does not. */
const kShortCell = 26;

function isNumber(text: string): boolean {
  return /^[~≈<>≥≤±]?\s*[-+−]?[$€£]?\d[\d.,\s]*\s*[%×xKMGTB]{0,3}$/.test(text.trim());
}

/** Columns whose cells are numbers for the most part stand to the right. */
function numeric(rows: Cell[][], column: number): boolean {
  const filled = rows.slice(0, 40).filter((row) => row[column]?.text.trim());
  return filled.length > 0 && filled.filter((row) => isNumber(row[column].text)).length * 2 > filled.length;
}

function classOf(header: Cell[], rows: Cell[][], column: number): string {
  const long = [header, ...rows.slice(0, 60)].some((row) => (row[column]?.text.length ?? 0) > kShortCell);
  return [numeric(rows, column) && 'n', long ? 'long' : 'short'].filter(Boolean).join(' ');
}

/** A table of the document; of a long one the rows about the cited one, and all on request. */
export function SourceTable({ text, block, mark }: { text: string; block: Block; mark: Span | null }) {
  const all = useSignal(false);
  const { header, rows } = block.table!;
  const cited = mark ? rows.findIndex((row) => row.some((cell) => overlaps(cell, mark))) : -1;
  const whole = all.value || rows.length <= 2 * kRowsAround;
  const from = whole ? 0 : Math.max(0, cited - kRowsAround);
  const shown = whole ? rows : rows.slice(from, from + 2 * kRowsAround);
  const width = Math.max(header.length, rows[0]?.length ?? 0);
  const classes = Array.from({ length: width }, (_, column) => classOf(header, rows, column));
  const cell = (one: Cell) =>
    one.end > one.start ? <Marked text={text} span={one} mark={mark} /> : one.text;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Table of the document">
      <table>
        {header.length > 0 && (
          <thead>
            <tr>
              {header.map((one, i) => (
                <th key={i} scope="col" class={classes[i]}>
                  {cell(one)}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {shown.map((row, i) => (
            <tr key={from + i} data-cited={from + i === cited || undefined}>
              {row.map((one, j) => (
                <td key={j} class={classes[j]}>
                  {cell(one)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!whole && (
        <button type="button" class="plain" onClick={() => (all.value = true)}>
          Show all {rows.length.toLocaleString('en')} rows
        </button>
      )}
    </div>
  );
}
