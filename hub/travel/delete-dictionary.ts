import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { NewEvent } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { claimForDeletion, type Deletion, dropRelations, publishAll, removeRows } from './delete-object.ts';
import { CODES } from './save-code.ts';
import { DICTIONARIES } from './save-dictionary.ts';
import { lockCodesOf } from './sql/codes.ts';
import { isMirrored } from './sql/dictionaries.ts';
import { lockRelationsOf, type Relation } from './sql/relations.ts';

const USERS = { en: 'objects added meanwhile', ru: 'добавлены другие объекты' };
const gone = undefined;

/**
 * Deletes a code and the relations at both its ends: the relations first, each with its event.
 * @throws HubError NOT_FOUND, FORBIDDEN, STALE_VERSION.
 */
export async function deleteCode(tx: Transaction, caller: Caller, deletion: Deletion): Promise<void> {
  const before = await claimForDeletion(tx, caller, CODES, deletion);
  const relations = await lockRelationsOf(tx, [], [deletion.id], null, null);
  const events = await dropRelations(tx, caller, relations);
  await removeRows(tx, CODES, [deletion.id], USERS);
  const { id_MetaDictionary, CodeValue, Name } = before;
  const object = { id_MetaDictionary, CodeValue, Name, relations: relations.length };
  await audit(tx, caller, { action: 'travel.code.delete', object: String(deletion.id), before: object });
  const event = CODES.eventOf(caller, { action: 'delete', before, after: gone });
  await publishAll(tx, [...events, ...(event ? [event] : [])]);
}

/** Every relation once: with the first of the codes that it ties, or with the dictionary. */
function relationsByCode(relations: readonly Relation[], codes: ReadonlySet<number>): Map<number | undefined, Relation[]> {
  return Map.groupBy(relations, ({ kind, id_Subject, id_MetaCode }) => {
    const onCode = kind.startsWith('MetaCode') && codes.has(id_Subject);
    if (onCode) return id_MetaCode !== null && codes.has(id_MetaCode) ? Math.min(id_Subject, id_MetaCode) : id_Subject;
    return id_MetaCode !== null && codes.has(id_MetaCode) ? id_MetaCode : undefined;
  });
}

/**
 * Deletes a dictionary with its codes and all their relations: parts first, each with its event.
 * @throws HubError NOT_FOUND, FORBIDDEN, STALE_VERSION, CONFLICT with the reason `in_use` while a dictionary mirrors it.
 */
export async function deleteDictionary(tx: Transaction, caller: Caller, deletion: Deletion): Promise<void> {
  const { id } = deletion;
  const before = await claimForDeletion(tx, caller, DICTIONARIES, deletion);
  const [mirror] = await isMirrored(tx, id);
  if (mirror?.mirrored) {
    throw new HubError('CONFLICT', `dictionary ${id} cannot be deleted: another one mirrors it`, {
      reason: 'in_use',
      russian: `справочник ${id} нельзя удалить: его отражает другой справочник`,
    });
  }
  const codes = await lockCodesOf(tx, id);
  const codeIds = codes.map(({ id_MetaCode }) => id_MetaCode);
  const relations = await lockRelationsOf(tx, [id], codeIds, null, null);
  const grouped = relationsByCode(relations, new Set(codeIds));
  const eventsOf = new Map<number | undefined, NewEvent[]>();
  for (const [code, list] of grouped) eventsOf.set(code, await dropRelations(tx, caller, list));
  await removeRows(tx, CODES, codeIds, USERS);
  await removeRows(tx, DICTIONARIES, [id], USERS);
  const parts = { codes: codes.length, relations: relations.length };
  await audit(tx, caller, { action: 'travel.dictionary.delete', object: String(id), before: { Name: before.Name, ...parts } });
  const last = DICTIONARIES.eventOf(caller, { action: 'delete', before, after: gone });
  await publishAll(tx, [
    ...codes.flatMap((code) => {
      const event = CODES.eventOf(caller, { action: 'delete', before: code, after: gone });
      return [...(eventsOf.get(code.id_MetaCode) ?? []), ...(event ? [event] : [])];
    }),
    ...(eventsOf.get(undefined) ?? []),
    ...(last ? [last] : []),
  ]);
}
