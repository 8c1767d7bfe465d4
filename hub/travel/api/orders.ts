import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { addOrder } from '../add-order.ts';
import { addTrip } from '../add-trip.ts';
import { changeOrder, setPrices, setSupplierCall, setTimeLimit } from '../change-order.ts';
import { RESERVE_TYPES } from '../codebooks.ts';
import { idText, versionField } from '../fields.ts';
import type { TripRight } from '../find-trip.ts';
import { listOrders } from '../list-trips.ts';
import { instantText, newOrderSchema, orderActionSchema, orderChangeSchema } from '../order.ts';
import { pricesSchema } from '../price.ts';
import { rightOf, runOrderAction } from '../run-order-action.ts';
import { setOrderCodes } from '../set-codes.ts';
import { showOrder, showOrderHistory } from '../show-trip.ts';
import { ORDER_ACTION_NAMES } from '../state-names.ts';
import { ORDER_ACTIONS, ORDER_STATES, orderRow } from '../transitions.ts';
import { codesSchema, newTripSchema } from '../trip.ts';
import { once } from './call.ts';
import { historyAnswer, orderAnswer } from './trip-answers.ts';
import { type Answering, changedSince, instantOf } from './trips.ts';

const params = z.object({ id: idText });

/** Orders: lists, data, prices, time limits, codes, history, and every row of their table of transitions (spec 2.7). */
export function orderRoutes({ database }: HubPorts): Route[] {
  const writing = { right: 'travel.write', scoped: true } as const;
  const reading = { right: 'travel.read', scoped: true } as const;
  const order = async (tx: Transaction, call: Answering, id: number, right: TripRight = 'travel.write') => {
    const answer = await showOrder(tx, call.caller, id, right);
    call.reply.header('etag', `"${answer.version}"`);
    return { answer };
  };
  /** PUT of one field. */
  const put = <B extends z.ZodObject>(
    path: string,
    summary: string,
    body: B,
    set: (tx: Transaction, call: Answering, body: z.output<B>, about: { id: number; version: number | undefined }) => Promise<void>,
    right: TripRight = 'travel.write',
  ): Route =>
    route({
      method: 'PUT',
      path: `/:id/${path}`,
      right,
      scoped: true,
      summary,
      params,
      body: body.extend({ version: versionField }),
      answer: orderAnswer,
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const { version, ...rest } = call.body as Record<string, unknown> & { version?: number };
          const about = { id: call.params.id, version: expectedVersion(call.request, version) };
          await set(tx, call, rest as z.output<B>, about);
          return order(tx, call, call.params.id, right);
        }),
    });
  const actions = ORDER_ACTIONS.map((action) =>
    route({
      method: 'POST',
      path: `/:id/${action.replaceAll('_', '-')}`,
      right: rightOf(action),
      scoped: true,
      summary: `Order: ${ORDER_ACTION_NAMES[action].en}${orderRow(action).takes.length > 0 ? `; takes ${orderRow(action).takes.join(', ')}` : ''}`,
      params,
      body: orderActionSchema.prefault({}),
      answer: orderAnswer,
      errors: ['STALE_VERSION'],
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const input = { ...call.body, version: expectedVersion(call.request, call.body.version) };
          await runOrderAction(tx, call.caller, { id: call.params.id, action, input });
          return order(tx, call, call.params.id, rightOf(action));
        }),
    }),
  );
  return [
    route({
      ...reading,
      method: 'GET',
      path: '',
      summary: 'Orders by id',
      query: z.strictObject({
        organization: idText.optional(),
        state: z.enum(ORDER_STATES).optional(),
        type: z.enum(Object.keys(RESERVE_TYPES) as [string, ...string[]]).optional(),
        trip: idText.optional(),
        person: idText.optional(),
        changed_since: changedSince,
        ...pageQuery,
      }),
      answer: pageAnswer(orderAnswer),
      handle: ({ query: { changed_since, ...query }, caller }) =>
        listOrders(database.work, caller, { ...query, changedSince: instantOf(changed_since) }),
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/:id',
      summary: 'One order',
      params,
      answer: orderAnswer,
      async handle({ params: { id }, caller, reply }) {
        const answer = await showOrder(database.work, caller, id);
        reply.header('etag', `"${answer.version}"`);
        return answer;
      },
    }),
    route({
      ...writing,
      method: 'POST',
      path: '',
      summary: 'Add an order without naming a trip: a draft trip is made first, then the order in it',
      errors: ['NOT_FOUND'],
      body: newOrderSchema.extend({
        id_Organization: newTripSchema.shape.id_Organization,
        OuterId: newTripSchema.shape.OuterId.meta({ description: 'External id of the new trip' }),
        Name: newTripSchema.shape.Name.meta({ description: 'Name of the new trip' }),
      }),
      answer: orderAnswer,
      status: 201,
      handle: (call) =>
        once(database, call, 201, async (tx) => {
          const { id_Organization, OuterId, Name, ...fields } = call.body;
          const trip = await addTrip(tx, call.caller, { id_Organization, OuterId, Name, persons: fields.persons });
          const id = await addOrder(tx, call.caller, { trip, order: fields });
          return { ...(await order(tx, call, id)), location: `/api/v1/orders/${id}` };
        }),
    }),
    route({
      ...writing,
      method: 'PATCH',
      path: '/:id',
      summary: 'Change data of the service, travellers and document numbers; fields left out stay',
      params,
      body: orderChangeSchema.extend({ version: versionField }),
      answer: orderAnswer,
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const { version, ...change } = call.body;
          await changeOrder(tx, call.caller, { id: call.params.id, change, version: expectedVersion(call.request, version) });
          return order(tx, call, call.params.id);
        }),
    }),
    put(
      'prices',
      'Replace the lines of the price; an equal total makes no event',
      z.strictObject({ prices: pricesSchema }),
      (tx, call, { prices }, about) => setPrices(tx, call.caller, { ...about, prices }),
    ),
    put(
      'time-limit',
      'Set the time limit for issuing, or remove it with null',
      z.strictObject({ time_limit: instantText.nullable() }),
      (tx, call, { time_limit }, about) =>
        setTimeLimit(tx, call.caller, { ...about, timeLimit: instantOf(time_limit ?? undefined) ?? null }),
    ),
    put('codes', 'Replace the codes of the order, the full list', z.strictObject({ codes: codesSchema }), (tx, call, { codes }, about) =>
      setOrderCodes(tx, call.caller, { ...about, codes }),
    ),
    put(
      'supplier-call',
      'An adapter calls the supplier, for so many seconds at most (0: it has ended): the order cannot be canceled meanwhile',
      z.strictObject({ seconds: z.int().min(0).max(600) }),
      (tx, call, { seconds }, about) => setSupplierCall(tx, call.caller, { ...about, seconds }),
      'travel.agent',
    ),
    ...actions,
    route({
      ...reading,
      method: 'GET',
      path: '/:id/history',
      summary: 'Every transition of the order, the oldest first',
      params,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(historyAnswer),
      handle: ({ params: { id }, query, caller }) => showOrderHistory(database.work, caller, { id, ...query }),
    }),
  ];
}
