import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { HubError } from '../../core/errors.ts';
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

/**
 * The version that a change is meant for, from `If-Match` or, without that, from the body.
 * @throws HubError BAD_REQUEST when the header is not a version.
 */
export function expectedVersion(request: FastifyRequest, inBody: number | undefined): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) return inBody;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (version === undefined)
    throw new HubError('BAD_REQUEST', `If-Match must be the version of the client, such as "3", not ${header.slice(0, 40)}`);
  return Number(version);
}
