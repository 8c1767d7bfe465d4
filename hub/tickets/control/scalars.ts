import * as z from 'zod';
import type { FaultCode } from './faults.ts';

/**
 * The simple values of spec 2.2, each with the sentence that says what would be right. A scalar judges its text once and names the
 * code of spec 2.4 itself, so that parse.ts never has to guess a code from a pattern.
 */
type Judge = (value: string) => FaultCode | undefined;

/** Not carried by XML 1.0, or a control character: C0, DEL, C1, U+FFFE, U+FFFF. Lone surrogates are found apart, by isWellFormed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is looked for
const NOT_ALLOWED = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same but for the line feed, which only fareCalc may have
const NOT_ALLOWED_IN_LINES = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufffe\uffff]/;

export function hasForbiddenCharacter(value: string, lines = false): boolean {
  return (lines ? NOT_ALLOWED_IN_LINES : NOT_ALLOWED).test(value) || !value.isWellFormed();
}

function scalar(form: string, judge: Judge, json: Record<string, unknown>) {
  return z
    .string({ error: form })
    .check((payload) => {
      const fault = judge(payload.value);
      if (fault !== undefined) {
        payload.issues.push({ code: 'custom', input: payload.value, message: form, params: { fault } });
      }
    })
    .meta({ description: form, ...json });
}

/** Text that must match a pattern. A forbidden character is reported as such, not as a wrong format. */
function patterned(form: string, pattern: RegExp, maxLength: number, alsoTrue: (value: string) => boolean = () => true) {
  const judge: Judge = (value) => {
    if (pattern.test(value) && alsoTrue(value)) {
      return undefined;
    }
    if (hasForbiddenCharacter(value)) {
      return 'TEXT_NOT_ALLOWED';
    }
    return value.length > maxLength ? 'TOO_LONG' : 'BAD_FORMAT';
  };
  return scalar(form, judge, { pattern: pattern.source, maxLength });
}

/** `Text<N>`: 1..max characters (Unicode code points) that XML 1.0 can carry. `lines` allows the line feed (fareCalc only). */
function makeText(max: number, lines = false) {
  const form = `text of 1 to ${max} characters without control characters${lines ? ' other than the line feed' : ''}`;
  const judge: Judge = (value) => {
    if (value.length === 0) {
      return 'BAD_FORMAT';
    }
    if (hasForbiddenCharacter(value, lines)) {
      return 'TEXT_NOT_ALLOWED';
    }
    return value.length > max && codePoints(value) > max ? 'TOO_LONG' : undefined;
  };
  return scalar(form, judge, { minLength: 1, maxLength: max });
}

const texts = new Map<string, ReturnType<typeof makeText>>();

/** One schema object per length, so that the JSON Schema can refer to it instead of repeating it. */
export function text(max: number, lines = false): ReturnType<typeof makeText> {
  const key = `${max}${lines ? ' lines' : ''}`;
  const known = texts.get(key) ?? makeText(max, lines);
  texts.set(key, known);
  return known;
}

export const id = patterned('1 to 100 of the characters A-Z a-z 0-9 . _ : -', /^[A-Za-z0-9._:-]{1,100}$/, 100);
export const code = patterned('a code of 1 to 20 Latin or Cyrillic letters, digits, - . /', /^[A-Za-zА-Яа-яЁё0-9./-]{1,20}$/, 20);
export const money = patterned(
  'an amount as text such as "1500" or "83.30": digits, a point, no sign, no exponent',
  /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$/,
  16,
);
export const rate = patterned('a rate as text such as "20" or "0.01234567"', /^[0-9]{1,9}(\.[0-9]{1,8})?$/, 18);
export const currency = patterned('an ISO 4217 currency of three capital letters such as "RUB"', /^[A-Z]{3}$/, 3);

/** ETICKET and EMD: 3 digits of the airline and 10 of the form. */
export const ticketNumber = patterned('a number of 13 digits (3 of the airline, 10 of the form)', /^[0-9]{13}$/, 13);
/** Paper and all other documents; also every link, since a link may name a document of any type. */
export const documentNumber = patterned('a number of 5 to 40 of the characters 0-9 A-Z А-Я / -', /^[0-9A-ZА-Я/-]{5,40}$/, 40);

const DAY = '(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9]';

export const day = patterned('a calendar day "YYYY-MM-DD" of the years 1900 to 2199', new RegExp(`^${DAY}$`), 10, isCalendarDay);
export const clock = patterned('a time of day "HH:MM" from 00:00 to 23:59', new RegExp(`^${CLOCK}$`), 5);
export const instant = patterned(
  'a moment with an explicit offset such as "2026-11-22T14:05:00+03:00" (RFC 3339)',
  new RegExp(`^${DAY}T${CLOCK}:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-]${CLOCK})$`),
  35,
  isCalendarDay,
);

const LONG_MONTHS = 0b1010110101010; // bit n set: month n has 31 days

/** Whether the first ten characters, known to have the form of a day, are a day that the calendar has. */
function isCalendarDay(value: string): boolean {
  const date = Number(value.slice(8, 10));
  if (date <= 28) {
    return true;
  }
  const month = Number(value.slice(5, 7));
  if (month === 2) {
    const year = Number(value.slice(0, 4));
    return date === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  }
  return date <= 30 || ((LONG_MONTHS >> month) & 1) === 1;
}

function codePoints(value: string): number {
  let count = 0;
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if (unit < 0xdc00 || unit > 0xdfff) {
      count++;
    }
  }
  return count;
}
