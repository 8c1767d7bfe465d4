/** A cell as the library reads it, as far as it is looked at. */
export interface ReadCell {
  /** `s` text, `n` number, `d` date, `b` truth, `e` error, `z` none. */
  readonly t?: string;
  readonly v?: unknown;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const day = `${String(date.getUTCFullYear()).padStart(4, '0')}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}`;
  // Seconds of a workbook are fractions of a day: rounding may leave milliseconds.
  const seconds = Math.round(((date.getTime() % 86_400_000) + 86_400_000) / 1_000) % 86_400;
  if (seconds === 0) return day;
  return `${day}T${twoDigits(Math.floor(seconds / 3_600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
}

/**
 * What a person sees in a cell, as a text that can be read again: a number with all its digits (a phone is one, in many sheets), a date as
 * `YYYY-MM-DD`, with `THH:MM:SS` where it has a time, truth as 1 or 0, an error as nothing.
 */
export function cellText(cell: ReadCell | undefined): string {
  if (cell === undefined || cell.v === undefined || cell.v === null) return '';
  const { t, v } = cell;
  if (t === 'e' || t === 'z') return '';
  if (v instanceof Date) return dateText(v);
  if (typeof v === 'boolean') return v ? '1' : '0';
  if (typeof v === 'number') return Number.isInteger(v) && Math.abs(v) < 1e21 ? BigInt(v).toString() : String(v);
  return typeof v === 'string' ? v : '';
}
