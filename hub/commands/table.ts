import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';

/** How wide a text is on a terminal is taken as its characters; names here are Latin or Cyrillic. */
const width = (text: string): number => [...text].length;

/** Control characters of stored texts must not reach the terminal as commands. */
const printable = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, '?');

/** Rows under their titles, columns aligned, two spaces between them. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, ...rows.map((row) => row.map(printable))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `2026-11-22 14:05:00` in the zone of this computer; a dash for never. */
export const localTime = (instant: Temporal.Instant | undefined): string =>
  instant === undefined ? '-' : instant.toZonedDateTimeISO(systemTimeZone()).toPlainDateTime().round('second').toString().replace('T', ' ');
