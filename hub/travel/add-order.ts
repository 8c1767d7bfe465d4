import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Caller } from '../core/identity/caller.ts';
import { TRIP_WORDS } from './change-trip.ts';
import { checkPersons, holdTrip } from './find-trip.ts';
import { type NewOrder, newOrderSchema } from './order.ts';
import { readPrices } from './price.ts';
import { factsOf } from './run-trip-action.ts';
import { checkVersion } from './save-object.ts';
import { settleChange } from './settle-change.ts';
import { insertOrder } from './sql/orders.ts';
import { personsOf } from './sql/trips.ts';
import { stepTrip } from './trip.ts';

/** A new order as a face got it; fields left out have the defaults of `newOrderSchema`. */
export type AddOrderInput = Partial<NewOrder> & Pick<NewOrder, 'ReserveType'>;

/**
 * Adds an order to a trip: a draft, or `creating` when it is deferred. Nothing is booked. A clean copy becomes a draft again (R1).
 * @returns its id
 * @throws HubError NOT_FOUND, VALIDATION, BAD_REQUEST `amount`, STALE_VERSION, CONFLICT (`bad_state`, `organization_inactive`).
 */
export async function addOrder(
  tx: Transaction,
  caller: Caller,
  input: { readonly trip: number; readonly order: AddOrderInput; readonly version?: number | undefined },
): Promise<number> {
  const fresh = validate(newOrderSchema, input.order, 'body');
  const prices = readPrices(fresh.prices);
  const held = await holdTrip(tx, caller, input.trip, 'travel.write');
  checkVersion(TRIP_WORDS, input.trip, held.trip.version, input.version);
  const [facts, actor] = await factsOf(tx, caller, held, 'add_order', null);
  // Where the trip goes is the roll-up's to say (R1): its step rides on the new order.
  stepTrip('add_order', facts, actor);
  const persons = [...new Set(fresh.persons)];
  if (persons.length > 0) checkPersons(persons, await personsOf(tx, persons, held.trip.id_Organization), held.trip.id_Organization);
  const [order] = await insertOrder(
    tx,
    input.trip,
    fresh.ReserveType,
    fresh.automated,
    fresh.deferred ? 'creating' : 'draft',
    fresh.supplier,
    fresh.locator,
    persons,
    JSON.stringify(fresh.service),
    JSON.stringify(prices.lines),
    prices.total,
    prices.currency,
    fresh.time_limit === null ? null : Temporal.Instant.from(fresh.time_limit),
  );
  if (!order) throw new Error('travel_order: an INSERT answered no row');
  await settleChange(tx, caller, held, {
    action: 'add_order',
    object: `trip/${input.trip}`,
    orders: [{ before: undefined, after: order }],
    audited: { after: { id_Reserve: order.id_Reserve, ReserveType: order.ReserveType, automated: order.automated } },
  });
  return order.id_Reserve;
}
