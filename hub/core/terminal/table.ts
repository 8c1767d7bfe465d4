import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';

/** Cells of one row; null and undefined show as a dash. */
export type Cell = string | number | boolean | Temporal.Instant | null | undefined;

/** Texts come from files and from people: control characters must not reach the terminal. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');

/** An instant in the zone of this computer, to the minute. */
export function localTime(instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO(systemTimeZone()).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

const show = (cell: Cell): string => {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (cell instanceof Temporal.Instant) return localTime(cell);
  if (typeof cell === 'boolean') return cell ? '+' : '-';
  return printable(String(cell));
};

/** A table for a terminal: titles, then rows, columns as wide as their widest cell, numbers on the right. */
export function renderTable(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [titles, ...rows.map((row) => row.map(show))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  const right = titles.map(
    (_, column) =>
      rows.some((row) => typeof row[column] === 'number') && rows.every((row) => typeof row[column] === 'number' || row[column] == null),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const space = ' '.repeat((widths[column] ?? 0) - [...cell].length);
          return right[column] ? space + cell : cell + space;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values under one another. */
export function renderFields(fields: readonly (readonly [name: string, value: Cell])[]): string {
  const width = Math.max(...fields.map(([name]) => [...name].length));
  return fields.map(([name, value]) => `${name}${' '.repeat(width - [...name].length)}  ${show(value)}`).join('\n');
}
