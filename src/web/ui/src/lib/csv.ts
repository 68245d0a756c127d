import type { AnswerTable } from '../api/types';

function field(text: string): string {
  // A spreadsheet runs a cell that starts like a formula; a negative number is not one.
  const inert = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** One line a row (RFC 4180), units in the header, contested values joined with " or ". */
export function toCsv(table: AnswerTable): string {
  const header = table.columns.map((column) =>
    field(column.unit ? `${column.name} (${column.unit})` : column.name),
  );
  const rows = table.rows.map((row) =>
    row.map((cell) => field([cell.text, ...(cell.alternatives ?? [])].join(' or '))),
  );
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
