import type { ReportSheet } from './report-table.ts';

/** Beginnings that make a spreadsheet take a text for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const GUARDED = /^'(?=[=+\-@\t\r])/;
const QUOTED = /["\r\n;,]|^\s|\s$/;

/**
 * A value that no spreadsheet takes for a formula: an apostrophe goes before `= + - @`, tab and CR (specification 6.5).
 * @example guardCell('+79161234567') // "'+79161234567"
 */
export const guardCell = (value: string): string => (FORMULA.test(value) ? `'${value}` : value);

/** The value that `guardCell` was given: what is exported can be imported again. */
export const unguardCell = (value: string): string => value.replace(GUARDED, '');

function cellOf(value: string): string {
  const guarded = guardCell(value);
  return QUOTED.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/**
 * One table as CSV (RFC 4180; UTF-8 with its mark and semicolons, which is what spreadsheets in Russian open by themselves), its titles first.
 * Given in pieces, one for each page of rows.
 */
export async function* writeCsv({ columns, pages }: ReportSheet): AsyncGenerator<string> {
  const line = (cells: readonly string[]): string => `${columns.map((_, column) => cellOf(cells[column] ?? '')).join(';')}\r\n`;
  yield `\ufeff${line(columns)}`;
  for await (const rows of pages) yield rows.map(line).join('');
}
