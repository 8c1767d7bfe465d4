import * as z from 'zod';
import { isInstant } from '../../core/instant.ts';

/** Pieces that the routes of the administration share. An instant of a query or body: RFC 3339 with offset or Z. */
export const instantText = z
  .string()
  .max(40)
  .refine(isInstant, 'must be an instant of the years 1900 to 2199 such as 2026-11-22T14:05:00+03:00')
  .meta({ description: 'RFC 3339 with an offset or Z', example: '2026-11-22T14:05:00+03:00' });

/** A sequence of a mailbox, as it stands in a path or query. */
export const sequence = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const instantOf = (text: string | undefined): Temporal.Instant | undefined =>
  text === undefined ? undefined : Temporal.Instant.from(text);
