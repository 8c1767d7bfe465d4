import * as z from 'zod';

/** Fields that the objects of travel share. An empty text is no value, as forms send it. */

/** An id given by the hub: positive, below 2^53. */
export const id = z.int().min(1);

/** An id in a path or query. */
export const idText = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A text that must be there. */
export const requiredText = (most: number) =>
  z.string().trim().min(1, 'must not be empty').max(most, `must have at most ${most} characters`);

/** A text that may be missing. */
export const optionalText = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `must have at most ${most} characters`)
    .transform((text) => (text === '' ? null : text))
    .nullable()
    .meta({ description: 'An empty text is no value' });

function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/** A day, `YYYY-MM-DD`, that may be missing. */
export const optionalDay = z
  .string()
  .trim()
  .refine((text) => text === '' || isDay(text), 'must be a day such as 1990-05-17')
  .transform((text) => (text === '' ? null : text))
  .nullable();

/** One of the numbers of a codebook. */
export const oneOf = (numbers: readonly number[]) => z.literal(numbers as [number, ...number[]]);

/** The version that was read, in a body; `If-Match` wins. */
export const versionField = z
  .int()
  .min(1)
  .optional()
  .meta({ description: 'The version that was read; another one now: STALE_VERSION. If-Match wins' });
