import * as z from 'zod';

/** An entry of a directory: its fields are named as in REST. */
export type Entry = { readonly id: number; readonly version: number } & Readonly<Record<string, unknown>>;

/** What narrows a list of entries: an expression that the value must equal, or a condition with `$` for the value; and the type of the value. */
export type Filter = readonly [expression: string, type: 'int' | 'text' | 'boolean'];

/** Numbers that people give: the sequences of the database go on behind them and must have room left. */
const MOST_NUMBER = 1_000_000_000;

/** A number of an entry. */
export const entryNumber = z.int().min(0).max(MOST_NUMBER);
