import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../core/database/statement.ts';
import type { Caller } from '../core/identity/caller.ts';
import { ORDER_WORDS } from './change-order.ts';
import { TRIP_WORDS } from './change-trip.ts';
import { checkCodes, typesOf } from './check-codes.ts';
import type { ChosenCode } from './chosen-code.ts';
import { checkOpen, holdOrder, holdTrip, type WholeTrip } from './find-trip.ts';
import { factsOf } from './run-trip-action.ts';
import { checkVersion } from './save-object.ts';
import { settleChange } from './settle-change.ts';
import { type CodeChoice, stepTrip } from './trip.ts';

interface CodesInput {
  readonly id: number;
  readonly codes: readonly CodeChoice[];
  readonly version?: number | undefined;
}

const audited = (before: readonly ChosenCode[], after: readonly ChosenCode[]) => {
  const words = (codes: readonly ChosenCode[]): string[] => codes.map(({ Dictionary, CodeValue }) => `${Dictionary}: ${CodeValue}`);
  return { before: { codes: words(before) }, after: { codes: words(after) } };
};

/** The states in which codes may be set are the trip's, also for codes of an order. */
async function checkState(tx: Transaction, caller: Caller, held: WholeTrip): Promise<void> {
  const [facts, actor] = await factsOf(tx, caller, held, 'set_codes', null);
  stepTrip('set_codes', facts, actor);
}

/**
 * Replaces the codes of a trip. No callback tells of it (spec 2.6, step 4).
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT `bad_state`, FORBIDDEN (under way without `travel.agent`), and those of `checkCodes`.
 */
export async function setTripCodes(tx: Transaction, caller: Caller, { id, codes, version }: CodesInput): Promise<void> {
  const held = await holdTrip(tx, caller, id, 'travel.write');
  checkVersion(TRIP_WORDS, id, held.trip.version, version);
  await checkState(tx, caller, held);
  const place = { on: 'trip', organization: held.trip.id_Organization, reserveTypes: typesOf(held.orders), above: [] } as const;
  const chosen = await checkCodes(tx, codes, place);
  if (isDeepStrictEqual(chosen, held.trip.codes)) return;
  await settleChange(tx, caller, held, {
    action: 'set_codes',
    object: `trip/${id}`,
    trip: { ...held.trip, codes: chosen },
    audited: audited(held.trip.codes, chosen),
  });
}

/** The same of an order; codes of its trip may stand above those of the order. */
export async function setOrderCodes(tx: Transaction, caller: Caller, { id, codes, version }: CodesInput): Promise<void> {
  const held = await holdOrder(tx, caller, id, 'travel.write');
  const { order, trip } = held;
  checkVersion(ORDER_WORDS, id, order.version, version);
  checkOpen(held, order);
  await checkState(tx, caller, held);
  const place = { on: 'order', organization: trip.id_Organization, reserveTypes: [order.ReserveType], above: trip.codes } as const;
  const chosen = await checkCodes(tx, codes, place);
  if (isDeepStrictEqual(chosen, order.codes)) return;
  await settleChange(tx, caller, held, {
    action: 'set_codes',
    object: `order/${id}`,
    orders: [{ before: order, after: { ...order, codes: chosen } }],
    audited: audited(order.codes, chosen),
  });
}
