import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Caller } from '../core/identity/caller.ts';
import { checkOpen, checkPersons, holdOrder } from './find-trip.ts';
import { type Order, type OrderChange, orderChangeSchema } from './order.ts';
import { readPrices } from './price.ts';
import { checkVersion } from './save-object.ts';
import { settleChange } from './settle-change.ts';
import { personsOf } from './sql/trips.ts';

export const ORDER_WORDS = { en: 'order', ru: 'заказ' };

interface OneOrder {
  readonly id: number;
  readonly version?: number | undefined;
}

/**
 * Changes data of the service, travellers and documents; absent fields stay. No callback tells of it.
 * @throws HubError NOT_FOUND, VALIDATION, STALE_VERSION, CONFLICT (`bad_state` when it is finished or canceled, `trip_state`).
 */
export async function changeOrder(tx: Transaction, caller: Caller, input: OneOrder & { readonly change: OrderChange }): Promise<void> {
  const change = validate(orderChangeSchema, input.change, 'body');
  const held = await holdOrder(tx, caller, input.id, 'travel.write');
  const { order } = held;
  checkVersion(ORDER_WORDS, input.id, order.version, input.version);
  checkOpen(held, order, ['finished', 'canceled']);
  const persons = change.persons && [...new Set(change.persons)];
  const wanted = { ...change, ...(persons && { persons }) };
  const fields = (Object.keys(wanted) as (keyof OrderChange)[]).filter(
    (field) => wanted[field] !== undefined && !isDeepStrictEqual(wanted[field], order[field]),
  );
  if (fields.length === 0) return;
  if (persons) {
    const added = persons.filter((id) => !order.persons.includes(id));
    checkPersons(added, await personsOf(tx, added, held.trip.id_Organization), held.trip.id_Organization);
  }
  const after: Order = { ...order, ...(Object.fromEntries(fields.map((field) => [field, wanted[field]])) as Partial<Order>) };
  await settleChange(tx, caller, held, {
    action: 'change',
    object: `order/${input.id}`,
    orders: [{ before: order, after }],
    // Data of a service may be personal: the audit names the fields only.
    audited: { after: { fields } },
  });
}

/**
 * Replaces the lines of the price. An equal total and currency make no price event (spec 2.7).
 * @throws HubError NOT_FOUND, BAD_REQUEST `amount`, STALE_VERSION, CONFLICT (`bad_state` when it is canceled, `trip_state`).
 */
export async function setPrices(
  tx: Transaction,
  caller: Caller,
  input: OneOrder & { readonly prices: Parameters<typeof readPrices>[0] },
): Promise<void> {
  const { lines, total, currency } = readPrices(input.prices);
  const held = await holdOrder(tx, caller, input.id, 'travel.write');
  const { order } = held;
  checkVersion(ORDER_WORDS, input.id, order.version, input.version);
  checkOpen(held, order);
  if (isDeepStrictEqual(lines, order.prices)) return;
  await settleChange(tx, caller, held, {
    action: 'set_prices',
    object: `order/${input.id}`,
    orders: [{ before: order, after: { ...order, prices: lines, total, currency } }],
    audited: { before: { total: order.total, currency: order.currency }, after: { total, currency } },
  });
}

/**
 * Sets or removes the time limit for issuing; the timer begins anew with it.
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT (`bad_state` when it is finished or canceled, `trip_state`).
 */
export async function setTimeLimit(
  tx: Transaction,
  caller: Caller,
  input: OneOrder & { readonly timeLimit: Temporal.Instant | null },
): Promise<void> {
  const held = await holdOrder(tx, caller, input.id, 'travel.write');
  const { order } = held;
  checkVersion(ORDER_WORDS, input.id, order.version, input.version);
  checkOpen(held, order, ['finished', 'canceled']);
  const { timeLimit } = input;
  if (order.time_limit === null ? timeLimit === null : timeLimit?.equals(order.time_limit)) return;
  await settleChange(tx, caller, held, {
    action: 'set_time_limit',
    object: `order/${input.id}`,
    orders: [{ before: order, after: { ...order, time_limit: timeLimit, limitHandled: false } }],
    audited: { before: { time_limit: order.time_limit?.toString() ?? null }, after: { time_limit: timeLimit?.toString() ?? null } },
  });
}

/**
 * An adapter says that it is calling the supplier, for at most so long; meanwhile the order cannot be canceled (spec 2.4, d). Zero: it has ended.
 * Every action that reports an outcome ends it, too.
 * @throws HubError NOT_FOUND, CONFLICT (`bad_state` when it is finished or canceled, `trip_state`).
 */
export async function setSupplierCall(tx: Transaction, caller: Caller, input: OneOrder & { readonly seconds: number }): Promise<void> {
  const held = await holdOrder(tx, caller, input.id, 'travel.agent');
  checkVersion(ORDER_WORDS, input.id, held.order.version, input.version);
  checkOpen(held, held.order, ['finished', 'canceled']);
  const busyUntil = input.seconds === 0 ? null : held.now.add({ seconds: input.seconds });
  await settleChange(tx, caller, held, {
    action: 'supplier_call',
    object: `order/${input.id}`,
    orders: [{ before: held.order, after: { ...held.order, busyUntil } }],
    audited: { after: { seconds: input.seconds } },
  });
}
