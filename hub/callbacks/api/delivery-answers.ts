import * as z from 'zod';
import { ALL_TYPES, DELIVERY_STATES } from '../delivery-view.ts';
import { RESEND_MODES } from '../resend-deliveries.ts';
import { bodyAnswer } from './body-answer.ts';

/** What the routes of the log take and answer. */
const time = z.iso.datetime();
export const deliveryNumber = z.coerce.number<string>().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** `a,b` or `a`: several values of one filter. */
const listOf = <T>(item: z.ZodType<T, string>, description: string) =>
  z
    .string()
    .max(4_000)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(item).min(1).max(200))
    .optional()
    .meta({ description: `${description}; several are separated by commas` });

const instant = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .transform((text) => Temporal.Instant.from(text))
    .optional()
    .meta({ description });

/** The filter as a query string has it. */
export const filterQuery = {
  endpoint: listOf(deliveryNumber, 'Id of an endpoint'),
  state: listOf(z.enum(DELIVERY_STATES), 'State'),
  event_type: listOf(
    z.enum(ALL_TYPES as [string, ...string[]]),
    'Type of the event, as @EventType has it before the name map, or kind of the object',
  ),
  trip: deliveryNumber.optional().meta({ description: 'Deliveries about a trip and its orders' }),
  order: deliveryNumber.optional().meta({ description: 'Deliveries about one order' }),
  person: deliveryNumber.optional().meta({ description: 'Deliveries about a person and what belongs to it' }),
  contract: deliveryNumber.optional().meta({ description: 'Deliveries about a contract of the billing' }),
  from: instant('Made from then on, RFC 3339'),
  to: instant('Made before then, RFC 3339'),
  status: z.coerce.number().int().min(100).max(599).optional().meta({ description: 'HTTP status of the last attempt' }),
  error: z.string().max(60).optional().meta({ description: 'Code of the error of the last attempt, such as timeout' }),
};

export const deliveryAnswer = z.object({
  id: z.int(),
  endpoint_id: z.int(),
  endpoint_name: z.string(),
  state: z.enum(DELIVERY_STATES),
  held_by: z.enum(['endpoint', 'breaker', 'order']).nullable().meta({ description: 'Why it is held' }),
  event_type: z.string(),
  event_id: z.string().meta({ description: 'What receivers get as webhook-id and @{EventId}' }),
  trip: z.int().nullable(),
  order: z.int().nullable(),
  person: z.int().nullable(),
  dictionary: z.int().nullable(),
  contract: z.int().nullable(),
  attempts: z.int(),
  status: z.int().nullable().meta({ description: 'Of the last attempt' }),
  error: z.string().nullable().meta({ description: 'Of the last attempt' }),
  created_at: time,
  next_at: time.nullable(),
  ended_at: time.nullable(),
  resend_of: z.int().nullable(),
  test: z.boolean(),
});

const attemptAnswer = z.object({
  number: z.int(),
  lane: z.enum(['first', 'retry']),
  outcome: z.enum(['delivered', 'failed', 'ended', 'unknown', 'under_way']),
  status: z.int().nullable(),
  error: z.string().nullable(),
  message: z.string().nullable(),
  due_at: time,
  begun_at: time,
  ended_at: time.nullable(),
  queued_ms: z.number().meta({ description: 'From being due to being begun' }),
  ms: z
    .record(z.string(), z.number().nullable())
    .meta({ description: 'Times of lookup, connect, tls, firstByte and end, from the beginning' }),
  peer: z.string().nullable(),
  version: z.int().nullable().meta({ description: 'Version of the endpoint that it used' }),
  bytes: z.int().nullable(),
  sha256: z.string().nullable(),
  notes: z.array(z.string()),
  hub: z.string(),
  body: z.enum(['kept', 'gone', 'erased', 'none']).meta({ description: 'Whether its bytes can be read' }),
});

export const deliveryDetailsAnswer = deliveryAnswer.extend({
  attempt_list: z.array(attemptAnswer),
  resends: z.array(z.object({ id: z.int(), at: time, by: z.string() })),
});

export const resendMode = z
  .enum(RESEND_MODES)
  .default('auto')
  .meta({ description: 'same_bytes, render_again, or auto: the same bytes of what failed or was delivered, others are rendered again' });
const made = { id: z.int().nullable(), mode: z.enum(['same_bytes', 'render_again']).nullable() };
export const resentAnswer = z.object({ id: z.int(), mode: z.enum(['same_bytes', 'render_again']) });
export const resendResultsAnswer = z.object({ items: z.array(z.object({ of: z.int(), ...made, refusal: z.string().nullable() })) });

const headers = z.array(z.tuple([z.string(), z.string()])).meta({ description: 'In their order; secrets as ***' });
export const attemptBytesAnswer = z.object({
  method: z.string(),
  url: z.string(),
  headers,
  bytes: z.int(),
  body: bodyAnswer.nullable(),
  base64: z.string().nullable().meta({ description: 'The very bytes, when unmasked' }),
  answer: z.object({ headers, bytes: z.int(), body: bodyAnswer.nullable().meta({ description: 'When unmasked' }) }),
  masked: z.boolean(),
  hidden: z
    .enum(['unknown_values'])
    .nullable()
    .meta({ description: 'All of it is hidden, as what is personal in it cannot be told apart any more' }),
});
