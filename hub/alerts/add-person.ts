import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { showPerson } from './list-people.ts';
import { type NewPersonInput, newPersonInput, type PersonView } from './person.ts';
import { recordChange } from './record-change.ts';
import { refusal } from './refusals.ts';
import { holdGroups } from './sql/groups.ts';
import { newPersonIds, peopleByExternalIds } from './sql/people.ts';
import { draftPerson, storePeople } from './store-people.ts';

/**
 * Adds a person to a group.
 * @throws HubError VALIDATION (also `bad_phone`, `bad_email`, `bad_exclusion`), NOT_FOUND `unknown_group`, CONFLICT `external_id_taken`
 */
export async function addPerson(tx: Transaction, act: Act, input: NewPersonInput): Promise<PersonView> {
  const draft = draftPerson(act, validate(newPersonInput, input, 'body'));
  const { group_id: groupId, external_id: externalId, name } = draft.values;
  const [group] = await holdGroups(tx, [groupId]);
  if (!group) throw refusal('unknown_group', groupId, '', '/group_id');
  if (externalId !== null && (await peopleByExternalIds(tx, [externalId])).length > 0)
    throw refusal('external_id_taken', externalId, '', '/external_id');
  const [{ id } = { id: 0 }] = await newPersonIds(tx, 1);
  await storePeople(tx, act, 'insert', [{ id, draft }]);
  await recordChange(tx, act, {
    thing: 'person',
    done: 'added',
    id,
    after: { group_id: groupId, name, external_id: externalId },
    data: { group_id: groupId },
    said: `Добавлен абонент «${name}» (${id})`,
  });
  return showPerson(tx, act, id);
}
