import { Readable } from 'node:stream';
import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import type { HubPorts } from '../../core/module.ts';
import { cancelDelivery } from '../cancel-deliveries.ts';
import { beginExport, exportDeliveries } from '../export-deliveries.ts';
import { listDeliveries } from '../list-deliveries.ts';
import { resendDeliveries, resendDelivery } from '../resend-deliveries.ts';
import { showAttempt } from '../show-attempt.ts';
import { showDelivery } from '../show-delivery.ts';
import type { TickSource } from '../ticks.ts';
import {
  attemptBytesAnswer,
  deliveryAnswer,
  deliveryDetailsAnswer,
  deliveryNumber,
  filterQuery,
  resendMode,
  resendResultsAnswer,
  resentAnswer,
} from './delivery-answers.ts';

const params = z.object({ id: deliveryNumber });
const MOST_CHOSEN = 1_000;

export interface DeliveryPorts {
  readonly ticks: TickSource;
  readonly secretKey: SecretKey;
}

/** The log of deliveries, and what an operator does with them. */
export function deliveryRoutes({ database }: HubPorts, { ticks, secretKey }: DeliveryPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/deliveries',
      right: 'callbacks.read',
      scoped: true,
      summary: 'Deliveries, the newest first. A page may be short or empty although more follow: only `next` null is the end',
      query: z.strictObject({ ...filterQuery, ...pageQuery }),
      answer: pageAnswer(deliveryAnswer),
      handle: ({ query, caller }) => listDeliveries(database.work, caller, query),
    }),
    route({
      method: 'GET',
      path: '/deliveries/:id',
      right: 'callbacks.read',
      scoped: true,
      summary: 'One delivery with its attempts',
      params,
      answer: deliveryDetailsAnswer,
      handle: ({ params: { id }, caller }) => showDelivery(database.work, caller, id),
    }),
    route({
      method: 'GET',
      path: '/deliveries/:id/attempts/:number',
      right: 'callbacks.read',
      scoped: true,
      summary: 'What an attempt sent and got. Personal data is hidden; unmasked needs callbacks.payload and is audited',
      params: params.extend({ number: z.coerce.number().int().min(1).max(32_767) }),
      query: z.strictObject({
        unmasked: z.stringbool().default(false).meta({ description: 'Show personal data, and the body of the answer' }),
      }),
      answer: attemptBytesAnswer,
      handle: ({ params: wanted, query, caller }) =>
        database.transaction((tx) => showAttempt(tx, caller, secretKey, { ...wanted, ...query })),
    }),
    route({
      method: 'GET',
      path: '/deliveries/export',
      right: 'callbacks.read',
      scoped: true,
      summary: 'Deliveries that fit a filter as JSON Lines, the newest first; bodies are in none of them',
      query: z.strictObject({
        ...filterQuery,
        attempts: z.stringbool().default(false).meta({ description: 'With their attempts' }),
        most: z.coerce.number().int().min(1).max(1_000_000).optional().meta({ description: 'Lines at most. (Default: a million)' }),
      }),
      produces: ['application/x-ndjson'],
      async handle({ query: { attempts, most, ...filter }, caller, reply }) {
        const parts = await beginExport(exportDeliveries(database.work, caller, filter, { attempts, most }));
        return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(parts));
      },
    }),
    route({
      method: 'POST',
      path: '/deliveries/:id/resend',
      right: 'callbacks.resend',
      scoped: true,
      summary: 'Send an ended delivery again, as a new one with the same event',
      params,
      body: z.strictObject({ mode: resendMode }).prefault({}),
      answer: resentAnswer,
      status: 201,
      errors: ['CONFLICT'],
      async handle({ params: { id }, body, caller, reply }) {
        const made = await database.transaction((tx) => resendDelivery(tx, caller, ticks, { id, ...body }));
        reply.header('location', `/api/v1/callbacks/deliveries/${made.id}`);
        return made;
      },
    }),
    route({
      method: 'POST',
      path: '/deliveries/resend',
      right: 'callbacks.resend',
      scoped: true,
      summary: 'Send chosen deliveries again; those that cannot be are told and harm no other',
      body: z.strictObject({ ids: z.array(z.int().min(1)).min(1).max(MOST_CHOSEN), mode: resendMode }),
      answer: resendResultsAnswer,
      handle: async ({ body, caller }) => ({ items: await database.transaction((tx) => resendDeliveries(tx, caller, ticks, body)) }),
    }),
    route({
      method: 'POST',
      path: '/deliveries/:id/cancel',
      right: 'callbacks.resend',
      scoped: true,
      summary: 'Cancel a delivery that has not ended; one whose attempt is under way ends with it, unless that succeeds',
      params,
      answer: z.object({ state: z.enum(['canceled', 'under_way']) }),
      errors: ['CONFLICT'],
      handle: async ({ params: { id }, caller }) => ({ state: await database.transaction((tx) => cancelDelivery(tx, caller, id)) }),
    }),
  ];
}
