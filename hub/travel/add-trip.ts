import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, inScope, requireScope } from '../core/identity/caller.ts';
import { measure } from '../core/telemetry/channels.ts';
import { presetCodes } from './check-codes.ts';
import { checkPersons } from './find-trip.ts';
import { dataOf } from './news.ts';
import { facesOf, presentTrip, tell } from './settle-change.ts';
import { sourceOf } from './source-of-change.ts';
import { insertHistory } from './sql/history.ts';
import { insertTrip, organizationForTrip, personsOf } from './sql/trips.ts';
import { type NewTrip, newTripSchema } from './trip.ts';

/** An OuterId that another trip of the organization has. */
export const outerIdTaken = (error: unknown, outerId: string | null): unknown =>
  (error as { code?: unknown; constraint?: unknown }).code === '23505'
    ? new HubError('CONFLICT', `a trip of this organization has the OuterId ${JSON.stringify(outerId)} already`, {
        reason: 'duplicate',
        russian: `в этой организации уже есть командировка с внешним идентификатором ${JSON.stringify(outerId)}`,
        cause: error,
      })
    : error;

/**
 * Stores an empty draft trip with the structural codes of its travellers: one event of its own (spec 3.2, ComplexReserveCreated).
 * @returns its id
 * @throws HubError VALIDATION, NOT_FOUND (the organization, also a foreign one), CONFLICT (`organization_inactive`, `duplicate`).
 */
export async function addTrip(
  tx: Transaction,
  caller: Caller,
  input: Partial<NewTrip> & Pick<NewTrip, 'id_Organization'>,
): Promise<number> {
  const fresh = validate(newTripSchema, input, 'body');
  const scope = requireScope(caller, 'travel.write');
  const [organization] = await organizationForTrip(tx, fresh.id_Organization);
  if (!organization || !inScope(scope, fresh.id_Organization)) {
    throw new HubError('NOT_FOUND', `there is no organization ${fresh.id_Organization}`, {
      reason: 'not_found',
      russian: `организация ${fresh.id_Organization}: не найдено`,
    });
  }
  if (!organization.active) {
    throw new HubError('CONFLICT', `organization ${fresh.id_Organization} is not active: it takes no new trips`, {
      reason: 'organization_inactive',
      russian: `организация ${fresh.id_Organization} не активна: новые командировки не принимаются`,
    });
  }
  const persons = [...new Set(fresh.persons)];
  if (persons.length > 0) checkPersons(persons, await personsOf(tx, persons, fresh.id_Organization), fresh.id_Organization);
  const codes = await presetCodes(tx, persons, fresh.id_Organization);
  const [row] = await insertTrip(tx, fresh.id_Organization, fresh.Name, fresh.OuterId, persons, JSON.stringify(codes)).catch(
    (error: unknown) => {
      throw outerIdTaken(error, fresh.OuterId);
    },
  );
  if (!row) throw new Error('travel_trip: an INSERT answered no row');
  const trip = await presentTrip(tx, row.id);
  const source = sourceOf(caller);
  await insertHistory(tx, row.id, [null], [caller.login], [source], ['create'], [null], [trip.ComplexState], [null]);
  measure('vestnik_travel_transitions_total', 1, { object: 'trip', action: 'create', source });
  await audit(tx, caller, { action: 'travel.trip.create', object: `trip/${row.id}`, after: { ...fresh } });
  const about = { trip, before: undefined, organizationName: organization.organizationName, dictionaries: await facesOf(tx, codes) };
  await tell(tx, [
    dataOf({ step: undefined, facets: [] }, about, undefined, { source, actorId: caller.operatorId ?? null, actor: caller.login }),
  ]);
  return row.id;
}
