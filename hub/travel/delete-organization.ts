import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { claimForDeletion, type Deletion, dropRelations, publishAll, removeRows } from './delete-object.ts';
import { requireEverywhere } from './find-object.ts';
import { tell } from './save-object.ts';
import { ORGANIZATIONS } from './save-organization.ts';
import { organizationUse } from './sql/organizations.ts';
import { lockRelationsOf } from './sql/relations.ts';

const inUse = (id: number, en: string, ru: string): HubError =>
  new HubError('CONFLICT', `organization ${id} cannot be deleted: ${en} refer to it; make it inactive instead`, {
    reason: 'in_use',
    russian: `организацию ${id} нельзя удалить: на неё ссылаются ${ru}; её можно сделать неактивной`,
  });

/**
 * Deletes an organization to which nothing refers but relations, which go first, each with its event.
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT with the reason `in_use` while trips, persons or organizations refer to it.
 */
export async function deleteOrganization(tx: Transaction, caller: Caller, deletion: Deletion): Promise<void> {
  const { id } = deletion;
  const before = await claimForDeletion(tx, caller, ORGANIZATIONS, deletion);
  const [use] = await organizationUse(tx, id);
  if (use?.persons) throw inUse(id, 'persons', 'персоны');
  if (use?.children) throw inUse(id, 'organizations below it', 'подчинённые организации');
  const relations = await lockRelationsOf(tx, [], [], id, null);
  // They belong to dictionaries and codes, which all organizations share.
  if (relations.length > 0) requireEverywhere(caller, { en: 'relation', ru: 'связь' });
  await publishAll(tx, await dropRelations(tx, caller, relations));
  await removeRows(tx, ORGANIZATIONS, [id], { en: 'trips', ru: 'командировки' });
  await tell(tx, caller, ORGANIZATIONS, { action: 'delete', before, after: undefined });
}
