import { badValue } from '../bad-value.ts';
import type { Field, Parameter, Scalar } from '../catalogue/descriptor.ts';
import { readDay, readInstant } from './calendar.ts';

/**
 * Scalars from text, with the leniency that all faces share (spec billing 4, 5.5, 6.2): what a text means is the same whichever face it came by.
 */
export type ScalarReader = (name: string, text: string, timeZone: string) => unknown;

const INTEGER = /^([+-]?\d{1,20})(?:\.0*)?$/;
const DECIMAL = /^[+-]?(?:\d{1,40}(?:\.\d{0,20})?|\.\d{1,20})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

const BOUNDS = { byte: 2n ** 7n, short: 2n ** 15n, int: 2n ** 31n, long: 2n ** 63n };

function integer(kind: keyof typeof BOUNDS): (name: string, text: string) => bigint {
  const bound = BOUNDS[kind];
  return (name, text) => {
    const digits = INTEGER.exec(text.trim())?.[1];
    const value = digits === undefined ? undefined : BigInt(digits.replace('+', ''));
    if (value === undefined || value < -bound || value >= bound)
      throw badValue(
        name,
        `${JSON.stringify(text.slice(0, 40))} is no whole number from ${-bound} to ${bound - 1n}`,
        `ожидается целое число от ${-bound} до ${bound - 1n}`,
      );
    return value;
  };
}

const smallInteger = (kind: 'byte' | 'short' | 'int'): ScalarReader => {
  const read = integer(kind);
  return (name, text) => Number(read(name, text));
};

/** @throws HubError BAD_REQUEST: a NUL, which no text has. */
export function readText(name: string, text: string): string {
  if (text.includes('\0')) throw badValue(name, 'the character NUL is not taken', 'символ NUL недопустим');
  return text;
}

function decimal(name: string, text: string): string {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed))
    throw badValue(name, `${JSON.stringify(text.slice(0, 40))} is no decimal number such as -12.50`, 'ожидается число, например -12.50');
  const [whole = '', part = ''] = trimmed.replace('+', '').split('.');
  // Zeros behind the point say nothing: 10.000 is 10.
  const digits = part.replace(/0+$/, '');
  const size = whole === '' ? '0' : whole === '-' ? '-0' : whole;
  return digits === '' ? size : `${size}.${digits}`;
}

function boolean(name: string, text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw badValue(name, `${JSON.stringify(text.slice(0, 40))} is neither true, false, 1 nor 0`, 'ожидается true, false, 1 или 0');
}

function float(name: string, text: string): number {
  const value = Number(text.trim());
  if (text.trim() === '' || !Number.isFinite(value))
    throw badValue(name, `${JSON.stringify(text.slice(0, 40))} is no number`, 'ожидается число');
  return value;
}

function bytes(name: string, text: string): Buffer {
  const packed = text.replace(/\s+/g, '');
  if (!BASE64.test(packed)) throw badValue(name, 'it is not base64', 'ожидаются данные в base64');
  return Buffer.from(packed, 'base64');
}

export const READERS: Readonly<Record<Scalar, ScalarReader>> = {
  int: smallInteger('int'),
  short: smallInteger('short'),
  byte: smallInteger('byte'),
  long: integer('long'),
  float,
  boolean,
  decimal,
  string: readText,
  any: readText,
  base64Binary: bytes,
  date: readDay,
  dateTime: readInstant,
};

/** What a primitive is when nobody says (spec 6.1); undefined for what may be absent. */
export const DEFAULTS: Readonly<Partial<Record<Scalar, unknown>>> = { int: 0, short: 0, byte: 0, long: 0n, float: 0, boolean: false };

/** What a field is that was not sent: of primitives that are always written the default, else null, which the operation knows what to do with. */
export const absentOf = ({ type, required }: Field): unknown => (required && 'scalar' in type ? (DEFAULTS[type.scalar] ?? null) : null);

/**
 * What a parameter is that was not sent. One that may be absent is null; of the others primitives have a default, texts and lists are empty, and the rest
 * must be there.
 * @throws HubError BAD_REQUEST
 */
export function missing({ name, type, optional, identifies }: Parameter): unknown {
  if (optional) return null;
  if (identifies || 'bean' in type) throw badValue(name, 'it must be given', 'параметр обязателен');
  if ('list' in type) return [];
  if (type.scalar === 'string') return '';
  const fallback = DEFAULTS[type.scalar];
  if (fallback === undefined) throw badValue(name, 'it must be given', 'параметр обязателен');
  return fallback;
}

const FORBIDDEN = /[[\p{Cc}\p{Cs}\ufffe\uffff]--[\t\n\r\x7f-\x9f]]/v;
const ALL_FORBIDDEN = new RegExp(FORBIDDEN.source, 'gv');

/** A text without what XML 1.0 forbids, whatever was stored; other faces do the same. */
export const cleanText = (text: string): string => (FORBIDDEN.test(text) ? text.replace(ALL_FORBIDDEN, '') : text);

const TWO_DIGITS = /^-?\d+\.\d\d$/;

/** A decimal with two digits behind the point, as amounts are written; digits beyond stay. */
export function decimalText(value: string | number | bigint): string {
  if (typeof value === 'string' && TWO_DIGITS.test(value)) return value;
  const [whole = '0', part = ''] = String(value).split('.');
  return `${whole}.${part.padEnd(2, '0')}`;
}
