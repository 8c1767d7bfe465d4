import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { HubPorts } from '../../core/module.ts';
import { addOrder } from '../add-order.ts';
import { addTrip } from '../add-trip.ts';
import { changeTrip } from '../change-trip.ts';
import { idText, versionField } from '../fields.ts';
import { listTrips } from '../list-trips.ts';
import { instantText, newOrderSchema } from '../order.ts';
import { runTripAction } from '../run-trip-action.ts';
import { setTripCodes } from '../set-codes.ts';
import { showOrder, showTrip, showTripHistory } from '../show-trip.ts';
import { TRIP_ACTION_NAMES } from '../state-names.ts';
import { TRIP_ACTIONS, TRIP_STATES } from '../transitions.ts';
import { codesSchema, newTripSchema, tripActionSchema, tripChangeSchema } from '../trip.ts';
import { once } from './call.ts';
import { historyAnswer, orderAnswer, tripAnswer, tripSummaryAnswer } from './trip-answers.ts';

const params = z.object({ id: idText });

/** What of a call is needed to answer the changed thing. */
export interface Answering {
  readonly caller: Caller;
  readonly reply: FastifyReply;
}

/** `?changed_since=` of a list. */
export const changedSince = instantText.optional().meta({ description: 'Changed at or after this moment' });
export const instantOf = (text: string | undefined): Temporal.Instant | undefined =>
  text === undefined ? undefined : Temporal.Instant.from(text);

/** Trips: lists, data, codes, history, and every row of their table of transitions (spec 2.7). */
export function tripRoutes({ database }: HubPorts): Route[] {
  const writing = { right: 'travel.write', scoped: true } as const;
  const reading = { right: 'travel.read', scoped: true } as const;
  const trip = async (tx: Transaction, call: Answering, id: number) => {
    const answer = await showTrip(tx, call.caller, id, 'travel.write');
    call.reply.header('etag', `"${answer.version}"`);
    return { answer };
  };
  const actions = TRIP_ACTIONS.map((action) =>
    route({
      ...writing,
      method: 'POST',
      path: `/:id/${action.replaceAll('_', '-')}`,
      summary: `Trip: ${TRIP_ACTION_NAMES[action].en}`,
      params,
      body: tripActionSchema.extend({ version: versionField }).prefault({}),
      answer: tripAnswer,
      errors: ['STALE_VERSION'],
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const { id } = call.params;
          const { reason, version } = call.body;
          await runTripAction(tx, call.caller, { id, action, reason, version: expectedVersion(call.request, version) });
          return trip(tx, call, id);
        }),
    }),
  );
  return [
    route({
      ...reading,
      method: 'GET',
      path: '',
      summary: 'Trips by id, without their orders',
      query: z.strictObject({
        organization: idText.optional(),
        state: z.enum(TRIP_STATES).optional(),
        OuterId: z.string().max(100).optional(),
        person: idText.optional().meta({ description: 'On the trip or on one of its orders' }),
        changed_since: changedSince,
        ...pageQuery,
      }),
      answer: pageAnswer(tripSummaryAnswer),
      handle: ({ query: { changed_since, ...query }, caller }) =>
        listTrips(database.work, caller, { ...query, changedSince: instantOf(changed_since) }),
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/:id',
      summary: 'One trip with its orders',
      params,
      answer: tripAnswer,
      async handle({ params: { id }, caller, reply }) {
        const answer = await showTrip(database.work, caller, id);
        reply.header('etag', `"${answer.version}"`);
        return answer;
      },
    }),
    route({
      ...writing,
      method: 'POST',
      path: '',
      summary: 'Add an empty draft trip',
      errors: ['NOT_FOUND'],
      body: newTripSchema,
      answer: tripAnswer,
      status: 201,
      handle: (call) =>
        once(database, call, 201, async (tx) => {
          const id = await addTrip(tx, call.caller, call.body);
          return { ...(await trip(tx, call, id)), location: `/api/v1/trips/${id}` };
        }),
    }),
    route({
      ...writing,
      method: 'PATCH',
      path: '/:id',
      summary: 'Change name, external id and travellers; fields left out stay',
      params,
      body: tripChangeSchema.extend({ version: versionField }),
      answer: tripAnswer,
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const { version, ...change } = call.body;
          await changeTrip(tx, call.caller, { id: call.params.id, change, version: expectedVersion(call.request, version) });
          return trip(tx, call, call.params.id);
        }),
    }),
    route({
      ...writing,
      method: 'POST',
      path: '/:id/orders',
      summary: 'Add an order to the trip; nothing is booked. A clean copy becomes a draft again',
      params,
      body: newOrderSchema.extend({ version: versionField.meta({ description: 'Version of the trip. If-Match wins' }) }),
      answer: orderAnswer,
      status: 201,
      errors: ['STALE_VERSION'],
      handle: (call) =>
        once(database, call, 201, async (tx) => {
          const { version, ...order } = call.body;
          const id = await addOrder(tx, call.caller, { trip: call.params.id, order, version: expectedVersion(call.request, version) });
          const answer = await showOrder(tx, call.caller, id, 'travel.write');
          call.reply.header('etag', `"${answer.version}"`);
          return { answer, location: `/api/v1/orders/${id}` };
        }),
    }),
    route({
      ...writing,
      method: 'PUT',
      path: '/:id/codes',
      summary: 'Replace the codes of the trip, the full list; under way with the right travel.agent',
      params,
      body: z.strictObject({ codes: codesSchema, version: versionField }),
      answer: tripAnswer,
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const { codes, version } = call.body;
          await setTripCodes(tx, call.caller, { id: call.params.id, codes, version: expectedVersion(call.request, version) });
          return trip(tx, call, call.params.id);
        }),
    }),
    ...actions,
    route({
      ...reading,
      method: 'GET',
      path: '/:id/history',
      summary: 'Every transition of the trip and of its orders, the oldest first',
      params,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(historyAnswer),
      handle: ({ params: { id }, query, caller }) => showTripHistory(database.work, caller, { id, ...query }),
    }),
  ];
}
