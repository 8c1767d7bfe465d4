import type { Transaction } from '../core/database/statement.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { claimForDeletion, type Deletion, dropRelations, publishAll, removeRows } from './delete-object.ts';
import type { Noun } from './save-object.ts';
import { PERSONS } from './save-person.ts';
import { CONTACTS, DOCUMENTS, MILE_CARDS } from './save-person-part.ts';
import { eraseAnswers, eraseFragments } from './sql/erase.ts';
import { contactsOf, documentsOf, mileCardsOf } from './sql/persons.ts';
import { lockRelationsOf } from './sql/relations.ts';
import type { Stored } from './sql/table.ts';
import { staticEvent } from './static-event.ts';

const ALL = Number.MAX_SAFE_INTEGER;
const USERS = { en: 'objects added meanwhile', ru: 'добавлены другие объекты' };

async function dropParts<O extends object>(
  tx: Transaction,
  caller: Caller,
  noun: Noun<O>,
  parts: readonly (O & Stored)[],
): Promise<NewEvent[]> {
  await noun.table.removeAll(
    tx,
    parts.map((part) => part[noun.idField] as number),
  );
  return parts.flatMap((before) => noun.eventOf(caller, { action: 'delete', before, after: undefined }) ?? []);
}

/**
 * Deletes a person with documents, contacts, mile cards and codes: parts first, each with its event. With `erase` nothing of the person stays
 * but ids (spec 6.12): one event, without personal data and marked `erased`, makes one delete callback, and by it others erase what they have;
 * the fragments in events published before are emptied.
 * @throws HubError NOT_FOUND, FORBIDDEN, STALE_VERSION, CONFLICT with the reason `in_use`.
 */
export async function deletePerson(
  tx: Transaction,
  caller: Caller,
  deletion: Deletion & { readonly erase?: boolean | undefined },
): Promise<void> {
  const { id, erase = false } = deletion;
  const before = await claimForDeletion(tx, caller, PERSONS, deletion);
  const events = [
    ...(await dropParts(tx, caller, DOCUMENTS, await documentsOf(tx, id, 0, ALL))),
    ...(await dropParts(tx, caller, CONTACTS, await contactsOf(tx, id, 0, ALL))),
    ...(await dropParts(tx, caller, MILE_CARDS, await mileCardsOf(tx, id, 0, ALL))),
    ...(await dropRelations(tx, caller, await lockRelationsOf(tx, [], [], null, id))),
  ];
  await removeRows(tx, PERSONS, [id], USERS);
  await audit(tx, caller, {
    action: erase ? 'travel.person.erase' : 'travel.person.delete',
    object: String(id),
    before: { parts: events.length },
  });
  const ids = { kind: 'Person', action: 'delete', subject: `person/${id}`, id_Object: id, id_Person: id } as const;
  if (!erase) {
    const event = staticEvent(caller, { ...ids, organizationId: before.organizationId, before, after: undefined });
    await publishAll(tx, [...events, event]);
    return;
  }
  await eraseFragments(tx, id);
  await eraseAnswers(tx, id);
  const left = { id_Person: id, id_Organization: before.id_Organization };
  const event = staticEvent(caller, { ...ids, organizationId: before.organizationId, before: left, after: undefined });
  await publish(tx, { ...event, data: { ...event.data, erased: true } });
}
