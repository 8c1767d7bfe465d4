import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Caller } from '../core/identity/caller.ts';
import { outerIdTaken } from './add-trip.ts';
import { checkOpen, checkPersons, holdTrip } from './find-trip.ts';
import { checkVersion } from './save-object.ts';
import { settleChange } from './settle-change.ts';
import { personsOf } from './sql/trips.ts';
import { type TripChange, tripChangeSchema } from './trip.ts';

export const TRIP_WORDS = { en: 'trip', ru: 'командировка' };

/**
 * Changes name, external id and travellers; absent fields stay. No callback tells of it.
 * @throws HubError NOT_FOUND, VALIDATION, STALE_VERSION, CONFLICT (`bad_state` when it is canceled, `duplicate`).
 */
export async function changeTrip(
  tx: Transaction,
  caller: Caller,
  input: { readonly id: number; readonly change: TripChange; readonly version?: number | undefined },
): Promise<void> {
  const change = validate(tripChangeSchema, input.change, 'body');
  const held = await holdTrip(tx, caller, input.id, 'travel.write');
  checkVersion(TRIP_WORDS, input.id, held.trip.version, input.version);
  checkOpen(held);
  const persons = change.persons && [...new Set(change.persons)];
  const wanted = { ...change, ...(persons && { persons }) };
  const fields = (Object.keys(wanted) as (keyof TripChange)[]).filter(
    (field) => wanted[field] !== undefined && !isDeepStrictEqual(wanted[field], held.trip[field]),
  );
  if (fields.length === 0) return;
  if (persons) {
    // Those that are on it already may have been erased since.
    const added = persons.filter((id) => !held.trip.persons.includes(id));
    checkPersons(added, await personsOf(tx, added, held.trip.id_Organization), held.trip.id_Organization);
  }
  const after = Object.fromEntries(fields.map((field) => [field, wanted[field]]));
  const before = Object.fromEntries(fields.map((field) => [field, held.trip[field]]));
  await settleChange(tx, caller, held, {
    action: 'change',
    object: `trip/${input.id}`,
    trip: { ...held.trip, ...after },
    audited: { before, after },
  }).catch((error: unknown) => {
    throw outerIdTaken(error, wanted.OuterId ?? null);
  });
}
