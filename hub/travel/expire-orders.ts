import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { holdOrder } from './find-trip.ts';
import { stepOrder } from './order.ts';
import { settleChange } from './settle-change.ts';
import { ordersDue } from './sql/orders.ts';
import { type OrderState, orderRow } from './transitions.ts';

const notes = notesOf('travel.timers');
const BATCH = 100;

const statesOf = (action: 'expire' | 'queue', guarded: boolean): OrderState[] =>
  Object.entries(orderRow(action).cells).flatMap(([state, cell]) => ((cell.guard !== undefined) === guarded ? [state as OrderState] : []));

const EXPIRE_STATES = statesOf('expire', false);
const EXPIRE_BOOKED_STATES = statesOf('expire', true);
const QUEUE_STATES = statesOf('queue', false);

/** What the organization wants done with an order past its time limit. Things may have changed since it was found; then nothing is. */
async function handleDue(tx: Transaction, id: number): Promise<boolean> {
  const held = await holdOrder(tx, SYSTEM, id, 'travel.agent');
  const { order, trip, organization, now } = held;
  const due = order.time_limit !== null && Temporal.Instant.compare(order.time_limit, now) <= 0;
  const action = ({ cancel: 'expire', queue: 'queue', none: undefined } as const)[organization.on_time_limit];
  if (!due || order.limitHandled || action === undefined) return false;
  const after = { ...stepOrder(action, order, trip.ComplexState, { now }), limitHandled: true };
  await settleChange(tx, SYSTEM, held, {
    action,
    object: `order/${id}`,
    orders: [{ before: order, after, action }],
    reason: `time limit ${order.time_limit}`,
  });
  return true;
}

/**
 * Expires or queues every order whose time limit has passed, each in its own transaction (spec 2.4). One that an adapter is calling a supplier
 * for waits until that has ended. What cannot be done is noted and left for the next time.
 * @returns how many were handled.
 */
export async function expireOrders(database: Database): Promise<number> {
  const seen: number[] = [];
  let handled = 0;
  for (;;) {
    const rows = await ordersDue(database.work, EXPIRE_STATES, EXPIRE_BOOKED_STATES, QUEUE_STATES, seen, BATCH);
    for (const { id } of rows) {
      seen.push(id);
      try {
        if (await database.transaction((tx) => handleDue(tx, id))) handled += 1;
      } catch (error) {
        if (!(error instanceof HubError) || error.status >= 500) throw error;
        notes.warn('a time limit has passed and the order stays as it is', { order: id, why: error.message });
      }
    }
    if (rows.length < BATCH) return handled;
  }
}
