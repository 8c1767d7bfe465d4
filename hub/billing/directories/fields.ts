import * as z from 'zod';
import { entryNumber } from '../directory-entry.ts';
import { HIGHEST_GROUP } from '../group-mask.ts';
import { parseMoney } from '../money.ts';
import type { Directory } from './directory.ts';

/** A word or a sentence in both languages of the hub. */
export interface Words {
  readonly en: string;
  readonly ru: string;
}

/** What a field of a directory holds, for forms and for the command line. */
export type FieldKind =
  | 'line'
  | 'text'
  | 'number'
  | 'flag'
  | 'day'
  | 'choice'
  | 'reference'
  | 'numbers'
  | 'amount'
  | 'pairs'
  | 'settings'
  | 'members'
  | 'plans'
  | 'parts';

/** One field of the entries of a directory. */
export interface Field {
  readonly kind: FieldKind;
  readonly schema: z.ZodType;
  readonly words: Words;
  /** What a new entry has when it is left out; undefined: it must be given. */
  readonly default: unknown;
  /** Given when the entry is made and never changed. */
  readonly fixed: boolean;
  /** The directory that a reference leads to; asked for late, as directories refer to each other. */
  readonly of?: () => Directory;
  readonly choices?: readonly string[];
}

interface FieldOptions {
  readonly default?: unknown;
  readonly fixed?: boolean;
}

const field = (
  kind: FieldKind,
  schema: z.ZodType,
  words: Words,
  { default: value, fixed = false }: FieldOptions,
  more: Partial<Field> = {},
): Field => ({
  kind,
  schema: schema.meta({ description: words.en }),
  words,
  default: value,
  fixed,
  ...more,
});

/** A text on one line. @param most characters @param least characters */
export const oneLine = (most: number, least = 1) =>
  z
    .string()
    .trim()
    .min(least, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters');

/** A text on one line. @param most characters; one that is needed is not empty */
export const line = (most: number, words: Words, options: FieldOptions = {}): Field =>
  field('line', oneLine(most, options.default === undefined ? 1 : 0), words, options);

/** A text of several lines. @param most characters */
export const text = (most: number, words: Words): Field =>
  field(
    'text',
    z
      .string()
      .max(most)
      .regex(/^(?:[^\p{Cc}]|[\n\r\t])*$/u, 'must have no control characters'),
    words,
    { default: '' },
  );

export const number = (least: number, most: number, words: Words, options: FieldOptions = {}): Field =>
  field('number', z.int().min(least).max(most), words, options);

/** A number of something that is no directory of its own here, or null for none. */
export const numberOrNone = (least: number, most: number, words: Words): Field =>
  field('reference', z.int().min(least).max(most).nullable(), words, { default: null });

export const flag = (words: Words, value: boolean): Field => field('flag', z.boolean(), words, { default: value });

/** A day as text, or null for none. */
export const dayOrNone = z.iso
  .date()
  .refine((text) => text >= '1900-01-01' && text <= '2200-12-31', 'must be a day from 1900 to 2200')
  .nullable();

/** A day, or none. */
export const day = (words: Words): Field => field('day', dayOrNone, words, { default: null });

/** An exact amount as text. */
export const amountText = z
  .string()
  .max(40)
  .refine((text) => parseMoney(text) !== undefined, {
    message: 'must be an amount such as "-12.50": at most 13 digits before the point and 2 behind it',
  });

export const amount = (words: Words, value: string): Field => field('amount', amountText, words, { default: value });

export const choice = (choices: readonly [string, ...string[]], words: Words, options: FieldOptions = {}): Field =>
  field('choice', z.enum(choices), words, options, { choices });

/** The number of an entry of another directory. @param optional it may lead nowhere: null */
export const reference = (
  of: () => Directory,
  words: Words,
  { optional = false, ...options }: FieldOptions & { readonly optional?: boolean } = {},
): Field =>
  field('reference', optional ? entryNumber.nullable() : entryNumber, words, optional ? { default: null, ...options } : options, { of });

export const numbers = (most: number, words: Words): Field => field('numbers', z.array(entryNumber).max(most), words, { default: [] });

/** Groups of contracts by their numbers. */
export const groups = (words: Words): Field =>
  field('numbers', z.array(z.int().min(0).max(HIGHEST_GROUP)).max(HIGHEST_GROUP + 1), words, { default: [] });

/** Settings by their names; what they may be says another schema. */
export const settings = (words: Words): Field => field('settings', z.record(z.string().max(100), z.unknown()), words, { default: {} });

/** Names and values that a site keeps beside an entry. */
export const pairs = (words: Words): Field =>
  field(
    'pairs',
    z
      .record(z.string().min(1).max(100), z.string().max(2_000))
      .refine((map) => Object.keys(map).length <= 100, 'at most 100 are kept')
      .nullable(),
    words,
    { default: null },
  );

/** Entries of another table that belong to this one and are given as a whole. */
export const members = (item: z.ZodType, most: number, words: Words, kind: 'members' | 'plans' | 'parts' = 'members'): Field =>
  field(kind, z.array(item).max(most), words, { default: [] });
