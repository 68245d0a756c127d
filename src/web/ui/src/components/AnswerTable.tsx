import { useSignal } from '@preact/signals';
import type { AnswerTable as Table, Column, TableCell } from '../api/types';
import type { Turn } from '../state/turn';
import { Chips } from './Chip';

interface Order {
  column: number;
  descending: boolean;
}

function compare(a: TableCell, b: TableCell, column: Column): number {
  if (column.type === 'number') {
    const value = (cell: TableCell) => {
      const number = Number(cell.value ?? cell.text);
      return Number.isNaN(number) ? -Infinity : number;
    };
    return value(a) - value(b);
  }
  return a.text.localeCompare(b.text);
}

function ordered(table: Table, order: Order | null): TableCell[][] {
  if (!order) return table.rows;
  const { column, descending } = order;
  const rows = [...table.rows].sort((a, b) =>
    compare(a[column], b[column], table.columns[column]),
  );
  return descending ? rows.reverse() : rows;
}

/** A value that sources disagree on shows each of them, side by side. */
function CellView({ turn, cell }: { turn: Turn; cell: TableCell }) {
  const more = (cell.alternatives ?? []).filter((other) => !cell.text.includes(other));
  return (
    <>
      <span class={more.length > 0 ? 'contested' : undefined}>
        <span class="value">{cell.text === '' ? '–' : cell.text}</span>
        {more.map((other) => (
          <span key={other}>
            <i> or </i>
            <span class="value">{other}</span>
          </span>
        ))}
      </span>
      <span class="chips">
        <Chips turn={turn} of={cell.citations} />
      </span>
    </>
  );
}

export function AnswerTable({ turn, table }: { turn: Turn; table: Table }) {
  const order = useSignal<Order | null>(null);
  const sortBy = (column: number) => {
    const now = order.value;
    if (now?.column !== column) order.value = { column, descending: false };
    else order.value = now.descending ? null : { column, descending: true };
  };
  const sorted = (i: number) =>
    order.value?.column !== i ? 'none' : order.value.descending ? 'descending' : 'ascending';
  return (
    <div class="table-scroll">
      <table class="answer-table">
        {table.title && <caption>{table.title}</caption>}
        <thead>
          <tr>
            {table.columns.map((column, i) => (
              <th key={i} scope="col" class={column.type === 'number' ? 'n' : undefined} aria-sort={sorted(i)}>
                <button type="button" onClick={() => sortBy(i)}>
                  {column.name}
                  {column.unit && <small> {column.unit}</small>}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered(table, order.value).map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => {
                const number = table.columns[j]?.type === 'number';
                return j === 0 && !number ? (
                  <th key={j} scope="row">
                    <CellView turn={turn} cell={cell} />
                  </th>
                ) : (
                  <td key={j} class={number ? 'n' : undefined}>
                    <CellView turn={turn} cell={cell} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
