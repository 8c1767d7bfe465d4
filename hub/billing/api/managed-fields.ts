import * as z from 'zod';
import { groupsOf, HIGHEST_GROUP, maskOf } from '../group-mask.ts';
import { moneyText } from '../money.ts';
import { amountField, idField } from './fields.ts';

/** Fields of patterns, modules and tariffs, given as REST names them, taken as the tables have them. */

export const titleField = z.string().trim().min(1).max(200);
export const lineField = (most: number) => z.string().max(most);

/** Groups of contracts by their numbers. */
export const groupsField = z
  .array(z.int().min(0).max(HIGHEST_GROUP))
  .max(HIGHEST_GROUP + 1)
  .meta({ description: 'Numbers of groups of contracts' })
  .transform((groups) => maskOf(groups).toString());
export const groupsAnswer = z.array(z.int());
/** A mask as the tables give it. */
export const shownGroups = (mask: string): number[] => groupsOf(BigInt(mask));

export const idsField = z.array(idField).max(1_000);

/** None is null here and 0 in the tables. */
export const optionalId = idField.nullable().transform((id) => id ?? 0);
export const shownId = (id: number): number | null => (id === 0 ? null : id);

/** An amount, exact. */
export const sumField = amountField.transform(moneyText);

/** A choice of words for the numbers of a table: the first word is 0. */
export const wordField = <const W extends readonly [string, ...string[]]>(words: W) =>
  z.enum(words as unknown as readonly [W[number], ...W[number][]]).transform((word: W[number]) => words.indexOf(word));
