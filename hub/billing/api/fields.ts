import * as z from 'zod';
import { LARGEST_ID } from '../largest-id.ts';
import { parseMoney } from '../money.ts';

/** Fields that the routes of billing share (spec 9.1): ids, days, amounts as text, pages of what one contract has. */

const [FIRST_YEAR, LAST_YEAR] = [1900, 2200];

/** An id in a path or query. */
export const idText = z.coerce.number().int().min(1).max(LARGEST_ID);

/** An id in a body. */
export const idField = z.int().min(1).max(LARGEST_ID);

/** An id in a body, or null for none. */
export const idOrNone = idField.nullable();

/** Ids in a query, parted by commas: `1,2`. */
export const idsText = z
  .string()
  .max(1_000)
  .regex(/^\d{1,9}(,\d{1,9})*$/, 'must be numbers parted by commas, such as 1,2')
  .transform((text) => text.split(',').map(Number))
  .meta({ description: 'Numbers parted by commas; any of them' });

/** Yes or no in a query. (Default: no) */
export const flagText = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** A day, `YYYY-MM-DD`, of the years 1900 to 2200. */
export const dayField = z.iso
  .date('must be a day such as 2026-11-22')
  .refine((text) => Number(text.slice(0, 4)) >= FIRST_YEAR && Number(text.slice(0, 4)) <= LAST_YEAR, {
    message: `must be a day of the years ${FIRST_YEAR} to ${LAST_YEAR}`,
  })
  .transform((text) => Temporal.PlainDate.from(text));

/** A day, or null for an open end. */
export const dayOrOpen = dayField.nullable();

/** An exact amount as text: at most 13 digits before the point and 2 behind it. */
export const amountField = z
  .string()
  .max(40)
  .meta({ description: 'Exact amount as text, such as "-12.50"' })
  .transform((text, context) => {
    const amount = parseMoney(text);
    if (amount !== undefined) return amount;
    context.addIssue({ code: 'custom', message: 'must be an amount such as "-12.50": at most 13 digits before the point and 2 behind it' });
    return z.NEVER;
  });

/** A text that may be left out; the use case bounds it. */
export const textField = (most: number) => z.string().max(most);

/** The version that was read, in a body; `If-Match` wins. */
export const versionField = z
  .int()
  .min(1)
  .optional()
  .meta({ description: 'The version that was read; another one now: STALE_VERSION. If-Match wins' });

/** The contract in a path. */
export const contractParams = z.object({ id: idText.meta({ description: 'Number of the contract' }) });

/** How answers give an amount, a day, a day that may be open, a moment. */
export const amountAnswer = z.string().meta({ description: 'Exact amount, such as "-12.50"' });
export const dayAnswer = z.iso.date();
export const dayOrOpenAnswer = z.iso.date().nullable();
export const momentAnswer = z.iso.datetime();
