import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Caller, inScope, requireScope, scopeOf } from '../core/identity/caller.ts';
import { notThere } from './find-object.ts';
import type { Order } from './order.ts';
import { type OrderRow, ordersOfTrips } from './sql/orders.ts';
import { lockTrip, lockTripOfOrder, type TripOrganization, type TripRow, tripById, tripOfOrder } from './sql/trips.ts';
import type { Trip } from './trip.ts';

export type TripRight = 'travel.read' | 'travel.write' | 'travel.agent';

const TRIP = { en: 'trip', ru: 'командировка' };
const ORDER = { en: 'order', ru: 'заказ' };

/** A trip with its orders; under the lock of its row where it was held. */
export interface WholeTrip {
  readonly trip: Trip & { readonly changed_at: Temporal.Instant };
  readonly organization: TripOrganization;
  /** By id. */
  readonly orders: readonly OrderRow[];
  /** The time of the database. */
  readonly now: Temporal.Instant;
}

/** The parts of a row that was read with its organization. */
export function wholeOf(row: TripRow, orders: readonly OrderRow[]): WholeTrip {
  const { organizationName, active, authorization, on_time_limit, now, ...trip } = row;
  return {
    trip,
    organization: { id_Organization: trip.id_Organization, organizationName, active, authorization, on_time_limit },
    orders,
    now,
  };
}

/** Refuses a trip of a foreign organization as if it were not there; one that may be seen, but not changed, as forbidden. */
function checkScope(caller: Caller, right: TripRight, organization: number, refusal: () => HubError): void {
  if (inScope(requireScope(caller, right), organization)) return;
  if (right === 'travel.read' || !inScope(scopeOf(caller, 'travel.read'), organization)) throw refusal();
  throw new HubError('FORBIDDEN', `the right ${right} is needed for organization ${organization}`, {
    russian: `для организации ${organization} нужно право ${right}`,
  });
}

/** How the row of the trip is found. */
type Find = (db: Queryable, id: number) => Promise<TripRow[]>;

async function readTrip(db: Queryable, caller: Caller, id: number, right: TripRight, find: Find, words = TRIP): Promise<WholeTrip> {
  const refusal = (): HubError => notThere(words, id);
  requireScope(caller, right);
  const [row] = await find(db, id);
  if (!row) throw refusal();
  checkScope(caller, right, row.id_Organization, refusal);
  return wholeOf(row, await ordersOfTrips(db, [row.id_ComplexReserve]));
}

/** @throws HubError NOT_FOUND, also for a trip of a foreign organization; FORBIDDEN. */
export const needTrip = (db: Queryable, caller: Caller, id: number, right: TripRight): Promise<WholeTrip> =>
  readTrip(db, caller, id, right, tripById);

/** The same, its row locked until the commit: whatever changes the trip or its orders holds it first. */
export const holdTrip = (tx: Transaction, caller: Caller, id: number, right: TripRight): Promise<WholeTrip> =>
  readTrip(tx, caller, id, right, lockTrip);

async function withOrder(
  db: Queryable,
  caller: Caller,
  id: number,
  right: TripRight,
  find: Find,
): Promise<WholeTrip & { readonly order: OrderRow }> {
  const whole = await readTrip(db, caller, id, right, find, ORDER);
  const order = whole.orders.find(({ id_Reserve }) => id_Reserve === id);
  if (!order) throw notThere(ORDER, id);
  return { ...whole, order };
}

/** An order with its trip. @throws HubError NOT_FOUND, also for one of a foreign organization; FORBIDDEN. */
export const needOrder = (db: Queryable, caller: Caller, id: number, right: TripRight) => withOrder(db, caller, id, right, tripOfOrder);

/** The same, the row of the trip locked until the commit. */
export const holdOrder = (tx: Transaction, caller: Caller, id: number, right: TripRight) =>
  withOrder(tx, caller, id, right, lockTripOfOrder);

/** Refuses a change of data in a trip or order where nothing but reading is left (spec 2.4). @throws HubError CONFLICT `trip_state`, `bad_state`. */
export function checkOpen(
  { trip }: WholeTrip,
  order?: Pick<Order, 'id_Reserve' | 'ReserveState'>,
  closed: readonly Order['ReserveState'][] = ['canceled'],
): void {
  if (trip.ComplexState === 'canceled') {
    throw new HubError('CONFLICT', `trip ${trip.id_ComplexReserve} is canceled: it can be read only`, {
      reason: order ? 'trip_state' : 'bad_state',
      russian: `командировка ${trip.id_ComplexReserve} отменена: её можно только читать`,
    });
  }
  if (order && closed.includes(order.ReserveState)) {
    throw new HubError('CONFLICT', `order ${order.id_Reserve} is ${order.ReserveState}: this can no longer be changed`, {
      reason: 'bad_state',
      russian: `заказ ${order.id_Reserve}: в этом состоянии данные больше не меняются`,
    });
  }
}

/** @throws HubError VALIDATION naming the persons that are not of the organization. */
export function checkPersons(asked: readonly number[], found: readonly { readonly id: number }[], organization: number): void {
  const there = new Set(found.map(({ id }) => id));
  const missing = asked.filter((id) => !there.has(id));
  if (missing.length === 0) return;
  throw new HubError('VALIDATION', `organization ${organization} has no person ${missing.join(', ')}`, {
    reason: 'persons',
    russian: `в организации ${organization} нет персон: ${missing.join(', ')}`,
    details: missing.map((id) => ({ code: 'persons', path: `/persons/${asked.indexOf(id)}`, message: `there is no person ${id}` })),
  });
}
