import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { showPerson } from './list-people.ts';
import { type PersonChange, type PersonValues, type PersonView, personChange } from './person.ts';
import { type PersonRow, personViews } from './person-row.ts';
import { differences, recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { holdGroups } from './sql/groups.ts';
import { lockPeople, peopleByExternalIds, personById } from './sql/people.ts';
import { draftPerson, storePeople } from './store-people.ts';

/** The values of a stored person, with the PIN whoever asks: what a change begins with. */
export function valuesOf(act: Act, row: PersonRow): PersonValues {
  const { id: _id, version: _version, created_at: _created, changed_at: _changed, phones, emails, ...rest } = personViews(act, true)(row);
  return { ...rest, phones: phones.map((phone) => ({ ...phone })), emails: emails.map((email) => ({ ...email })) };
}

/** What may be told of values: never a PIN. */
export const withoutPin = ({ pin, ...rest }: PersonValues) => ({ ...rest, pin: pin === '' ? '' : '***' });

/**
 * Changes a person; phones and e-mails that are given take the place of all before. A change to what is there already changes nothing and is no event.
 * @param version the one that was read; undefined: whatever there is
 * @throws HubError NOT_FOUND `unknown_person`, `unknown_group`, VALIDATION, CONFLICT `external_id_taken`, STALE_VERSION
 */
export async function changePerson(
  tx: Transaction,
  act: Act,
  { id, change, version }: { readonly id: number; readonly change: PersonChange; readonly version?: number | undefined },
): Promise<PersonView> {
  const given = validate(personChange, change, 'body');
  if (isId(id)) await lockPeople(tx, [id]);
  const [row] = isId(id) ? await personById(tx, id) : [];
  if (!row) throw refusal('unknown_person', id);
  requireVersion(`person ${id}`, row.version, version);
  const before = valuesOf(act, row);
  const after: PersonValues = { ...before, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  const changed = differences(before, after);
  if (!changed) return showPerson(tx, act, id);
  const { fields } = changed;
  const draft = draftPerson(act, after);
  const { group_id: groupId, external_id: externalId, name } = after;
  if (fields.includes('group_id') && (await holdGroups(tx, [groupId])).length === 0)
    throw refusal('unknown_group', groupId, '', '/group_id');
  if (fields.includes('external_id') && externalId !== null && (await peopleByExternalIds(tx, [externalId])).length > 0)
    throw refusal('external_id_taken', externalId, '', '/external_id');
  await storePeople(tx, act, 'update', [{ id, draft }]);
  const told = differences(withoutPin(before), withoutPin(after));
  await recordChange(tx, act, {
    thing: 'person',
    done: 'changed',
    id,
    ...(told && { before: told.before, after: told.after }),
    data: { group_id: groupId, fields },
    said: `Изменён абонент «${name}» (${id})`,
  });
  return showPerson(tx, act, id);
}
