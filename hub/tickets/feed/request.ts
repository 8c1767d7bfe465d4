import { FEED_LIMITS, type ReplayRequest } from '@vestnik/protocol/feed.ts';
import { z } from 'zod';
import { HubError } from '../../core/errors.ts';
import { isInstant } from '../../core/instant.ts';

const sequence = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const acknowledgement = z.strictObject({ sequence, id: z.uuid() });

/** Text that PostgreSQL can hold: a report goes into the database as it came. */
const text = (least: number, most: number) =>
  z
    .string()
    .min(least)
    .max(most)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must not contain the character NUL or half a character');

const report = z.strictObject({
  version: text(0, 100),
  storage: z.enum(['ok', 'full', 'missing', 'denied']),
  freeBytes: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
  stuck: z.array(z.strictObject({ sequence, id: z.uuid(), code: text(0, 50) })).max(FEED_LIMITS.stuckReported),
});

const pullRequest = z
  .strictObject({
    ack: z.array(acknowledgement).max(FEED_LIMITS.acknowledgements).optional(),
    ackThrough: acknowledgement.optional(),
    after: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    max: z.number().int().min(0).max(FEED_LIMITS.maxMessages).default(FEED_LIMITS.defaultMessages),
    maxBytes: z.number().int().min(FEED_LIMITS.minBytes).max(FEED_LIMITS.maxBytes).default(FEED_LIMITS.defaultBytes),
    waitSeconds: z.number().min(0).max(FEED_LIMITS.maxWaitSeconds).default(FEED_LIMITS.defaultWaitSeconds),
    ackExpired: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    report: report.optional(),
  })
  .refine((value) => value.ack === undefined || value.ackThrough === undefined, {
    message: 'ack and ackThrough exclude each other',
    path: ['ack'],
  });

/** A checked pull with its defaults. */
export type Pull = z.output<typeof pullRequest>;

const instant = z.iso.datetime({ offset: true }).refine(isInstant, 'must lie in the years 1900 to 2199');
const replayRequest = z.union(
  [
    z.strictObject({ numbers: z.array(text(1, 40)).min(1).max(FEED_LIMITS.replaySelectors) }),
    z.strictObject({ from: instant, to: instant }),
    z.strictObject({
      sequences: z
        .array(z.strictObject({ from: sequence, to: sequence }))
        .min(1)
        .max(FEED_LIMITS.replaySelectors),
    }),
  ],
  { error: 'must be {numbers}, {from, to} or {sequences: [{from, to}]}' },
);

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') || 'the body';
  throw new HubError('BAD_REQUEST', `${place}: ${issue?.message ?? 'not of the right form'}`);
}

/** @throws HubError BAD_REQUEST naming the first wrong field. */
export const parsePull = (value: unknown): Pull => parse(pullRequest, value);

/** @throws HubError BAD_REQUEST */
export const parseReplay = (value: unknown): ReplayRequest => parse(replayRequest, value);
