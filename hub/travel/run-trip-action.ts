import type { Transaction } from '../core/database/statement.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import { TRIP_WORDS } from './change-trip.ts';
import { findMissingCodes } from './find-missing-codes.ts';
import { holdTrip, type WholeTrip } from './find-trip.ts';
import { isLive, stepOrder } from './order.ts';
import { checkVersion } from './save-object.ts';
import { type OrderChange, settleChange } from './settle-change.ts';
import type { OrderRow } from './sql/orders.ts';
import { type TRIP_ACTIONS, type TripAction, tripRow } from './transitions.ts';
import { asksCodes, stepTrip, type TripActor, type TripFacts } from './trip.ts';

/** What the guards of an action need, with who asks. */
export async function factsOf(
  tx: Transaction,
  caller: Caller,
  held: WholeTrip,
  action: TripAction,
  reason: string | null,
): Promise<[TripFacts, TripActor]> {
  const { trip, orders, organization } = held;
  const missing = asksCodes(action, trip.ComplexState) ? await findMissingCodes(tx, held) : [];
  const agent = inScope(scopeOf(caller, 'travel.agent'), trip.id_Organization);
  return [
    { trip, orders, organization, missing },
    { login: caller.login, agent, reason },
  ];
}

/** Orders on which a trip-wide action acts: all that can take the step. */
const TAKEN: Readonly<Record<'book' | 'issue' | 'cancel', (order: OrderRow) => boolean>> = {
  book: ({ ReserveState }) => ReserveState === 'draft',
  issue: ({ ReserveState }) => ReserveState === 'readyforissuance',
  cancel: isLive,
};

/**
 * One row of the trip's table, with what it does to its orders: all of them, or nothing (spec 2.5).
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT (`bad_state` with the allowed actions, `orders`, `order_busy`, ...), VALIDATION (`codes_missing`,
 * `time_limit`, `reason`), FORBIDDEN.
 */
export async function runTripAction(
  tx: Transaction,
  caller: Caller,
  input: {
    readonly id: number;
    readonly action: (typeof TRIP_ACTIONS)[number];
    readonly reason?: string | null | undefined;
    readonly version?: number | undefined;
  },
): Promise<void> {
  const { id, action, reason = null } = input;
  const held = await holdTrip(tx, caller, id, 'travel.write');
  checkVersion(TRIP_WORDS, id, held.trip.version, input.version);
  const [facts, actor] = await factsOf(tx, caller, held, action, reason);
  const ComplexState = stepTrip(action, facts, actor);
  const step = tripRow(action).orders;
  const orders = step
    ? held.orders
        .filter(TAKEN[step])
        .map((order): OrderChange => ({ before: order, after: stepOrder(step, order, held.trip.ComplexState, held), action: step }))
    : [];
  await settleChange(tx, caller, held, {
    action,
    object: `trip/${id}`,
    trip: { ...held.trip, ComplexState, submittedBy: action === 'submit' ? caller.login : held.trip.submittedBy },
    tripAction: true,
    orders,
    reason,
  });
}
