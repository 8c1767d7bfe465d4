import * as z from 'zod';
import { entryNumber } from '../directory-entry.ts';
import type { Directory } from './directory.ts';

/** A word or a sentence in both languages of the hub. */
export interface Words {
  readonly en: string;
  readonly ru: string;
}

/** What a field of a directory holds, for forms and for the command line. */
export type FieldKind = 'line' | 'text' | 'number' | 'flag' | 'day' | 'choice' | 'reference' | 'numbers' | 'pairs' | 'members';

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

/** A text on one line. @param most characters; one that is needed is not empty */
export const line = (most: number, words: Words, options: FieldOptions = {}): Field =>
  field(
    'line',
    z
      .string()
      .trim()
      .min(options.default === undefined ? 1 : 0, 'must not be empty')
      .max(most, `must have at most ${most} characters`)
      .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters'),
    words,
    options,
  );

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

export const flag = (words: Words, value: boolean): Field => field('flag', z.boolean(), words, { default: value });

/** A day, or none. */
export const day = (words: Words): Field =>
  field(
    'day',
    z.iso
      .date()
      .refine((text) => text >= '1900-01-01' && text <= '2200-12-31', 'must be a day from 1900 to 2200')
      .nullable(),
    words,
    {
      default: null,
    },
  );

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
export const members = (item: z.ZodType, most: number, words: Words): Field =>
  field('members', z.array(item).max(most), words, { default: [] });
