import type * as z from 'zod';
import type { Transaction } from '../core/database/statement.ts';
import type { Caller } from '../core/identity/caller.ts';
import { ORDER_WORDS } from './change-order.ts';
import { holdOrder } from './find-trip.ts';
import { checkExtras, type Order, type orderActionSchema, stepOrder } from './order.ts';
import { readPrices } from './price.ts';
import { checkVersion } from './save-object.ts';
import { settleChange } from './settle-change.ts';
import { type OrderAction, orderRow } from './transitions.ts';

/** What a call of an action brings along, checked by `orderActionSchema`. */
export type OrderActionInput = Partial<z.output<typeof orderActionSchema>>;

/** The right that an action needs: what users do `travel.write`, what only agents and adapters do `travel.agent` (spec 2.7). */
export const rightOf = (action: OrderAction): 'travel.write' | 'travel.agent' =>
  orderRow(action).by.includes('user') ? 'travel.write' : 'travel.agent';

/** What comes with the action becomes part of the same change, and of its one event. */
function withExtras(order: Order, { locator, supplier, time_limit, prices, documents }: OrderActionInput): Order {
  const money = prices && readPrices(prices);
  return {
    ...order,
    ...(locator !== undefined && { locator }),
    ...(supplier !== undefined && { supplier }),
    ...(time_limit !== undefined && { time_limit: time_limit === null ? null : Temporal.Instant.from(time_limit), limitHandled: false }),
    ...(money && { prices: money.lines, total: money.total, currency: money.currency }),
    ...(documents !== undefined && { documents }),
  };
}

/**
 * One row of the order's table, with its roll-up (spec 2.4, 2.5).
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT (`bad_state` with the allowed actions, `trip_state`, `order_busy`), VALIDATION (`time_limit`,
 * `not_taken`, `prices`), BAD_REQUEST `amount`, FORBIDDEN.
 */
export async function runOrderAction(
  tx: Transaction,
  caller: Caller,
  { id, action, input = {} }: { readonly id: number; readonly action: OrderAction; readonly input?: OrderActionInput },
): Promise<void> {
  checkExtras(action, input);
  const held = await holdOrder(tx, caller, id, rightOf(action));
  const { order: before, trip, now } = held;
  checkVersion(ORDER_WORDS, id, before.version, input.version);
  const partial = input.partial === true;
  const after = stepOrder(action, withExtras(before, input), trip.ComplexState, { now, partial });
  await settleChange(tx, caller, held, {
    action,
    object: `order/${id}`,
    orders: [{ before, after, action, ...(partial && { partial }) }],
    reason: input.reason,
  });
}
