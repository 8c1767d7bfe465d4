import type { FindingArgs } from './finding.ts';
import type { FindingCode } from './finding-table.ts';

/** A value read from text, and what had to be forgiven. `value` is undefined when nothing sensible could be read. */
export type Read<T> = { value: T | undefined; code?: FindingCode; args?: FindingArgs };

const SPACES = /[\s\u00a0\u2007\u2009\u202f]/g;
const AMOUNT = /^([+-]?)(\d*)(?:[.,](\d*))?$/;
const PLAIN_AMOUNT = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,8})?$/;
const TRUE = /^(?:T|Y|1|TRUE)$/i;
const FALSE = /^(?:F|N|0|FALSE)$/i;

/**
 * Reads money or a rate: decimal comma and all kinds of spaces are forgiven, a leading minus is kept (spec 3.8). Gives an exact decimal string
 * `-?(0|[1-9][0-9]*)(\.[0-9]+)?` of at most 15 digits before and 8 after the point; the digits of the fraction stay as they were written.
 */
export function readAmount(raw: string): Read<string> {
  if (PLAIN_AMOUNT.test(raw)) return { value: raw };
  const match = AMOUNT.exec(raw.replace(SPACES, ''));
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole + fraction === '' || whole.length > 15 || fraction.length > 8) return bad('BAD_AMOUNT', raw);
  const size = (whole.replace(/^0+(?=\d)/, '') || '0') + (fraction === '' ? '' : `.${fraction}`);
  const value = match[1] === '-' && /[1-9]/.test(size) ? `-${size}` : size;
  if (value.startsWith('-')) return { value, code: 'NEGATIVE', args: { value } };
  return { value, code: 'AMOUNT_CLEANED', args: { value: raw, read: value } };
}

/** Reads a date `DDMMYYYY` of the years 1900 to 2199 as `YYYY-MM-DD`; a lost leading zero is put back (spec 3.8). */
export function readDate(raw: string): Read<string> {
  const padded = raw.length === 7 ? `0${raw}` : raw;
  if (!/^\d{8}$/.test(padded)) return bad('BAD_DATE', raw);
  const day = Number(padded.slice(0, 2));
  const month = Number(padded.slice(2, 4));
  const year = Number(padded.slice(4));
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return bad('BAD_DATE', raw);
  const value = `${padded.slice(4)}-${padded.slice(2, 4)}-${padded.slice(0, 2)}`;
  return padded === raw ? { value } : { value, code: 'DATE_PADDED', args: { value: raw } };
}

/** Reads a time `HHMM` as `HH:MM`; lost leading zeros are put back, as in dates. */
export function readTime(raw: string): Read<string> {
  if (!/^\d{1,4}$/.test(raw)) return bad('BAD_TIME', raw);
  const padded = raw.padStart(4, '0');
  if (padded.slice(0, 2) > '23' || padded.slice(2) > '59') return bad('BAD_TIME', raw);
  const value = `${padded.slice(0, 2)}:${padded.slice(2)}`;
  return padded === raw ? { value } : { value, code: 'TIME_PADDED', args: { value: raw, read: value } };
}

/** Reads the number of a document without its spaces and hyphens (spec 3.8). */
export function readNumber(raw: string): Read<string> {
  const value = raw.replace(SPACES, '').replace(/[-\u2010-\u2015]/g, '');
  if (value === raw) return { value };
  return { value: value === '' ? undefined : value, code: 'NUMBER_CLEANED', args: { value: raw } };
}

/** Reads a count such as SEGNO. */
export function readCount(raw: string): Read<number> {
  return /^\d{1,9}$/.test(raw) ? { value: Number(raw) } : bad('BAD_COUNT', raw);
}

/** Reads a flag such as IS_VOID: `T Y 1 TRUE` in any case mean true (spec 3.8). */
export function readFlag(raw: string): Read<boolean> {
  if (TRUE.test(raw)) return { value: true };
  return FALSE.test(raw) ? { value: false } : { value: false, code: 'BAD_FLAG', args: { value: raw } };
}

function bad(code: FindingCode, raw: string): { value: undefined; code: FindingCode; args: FindingArgs } {
  return { value: undefined, code, args: { value: raw } };
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
