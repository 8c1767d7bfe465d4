import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needObject } from './find-object.ts';
import { checkVersion, tell } from './save-object.ts';
import { ORGANIZATIONS } from './save-organization.ts';
import { organizationTable, organizationUse } from './sql/organizations.ts';

const inUse = (id: number, en: string, ru: string, cause?: unknown): HubError =>
  new HubError('CONFLICT', `organization ${id} cannot be deleted: ${en} refer to it; make it inactive instead`, {
    reason: 'in_use',
    russian: `организацию ${id} нельзя удалить: на неё ссылаются ${ru}; её можно сделать неактивной`,
    cause,
  });

/**
 * Deletes an organization to which nothing refers, with the relations that speak of it.
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT with the reason `in_use` while trips, persons or organizations refer to it.
 */
export async function deleteOrganization(
  tx: Transaction,
  caller: Caller,
  { id, version }: { readonly id: number; readonly version?: number | undefined },
): Promise<void> {
  const before = await needObject(tx, caller, ORGANIZATIONS, { id, right: 'static.write', lock: true });
  checkVersion(ORGANIZATIONS.words, id, before.version, version);
  const [use] = await organizationUse(tx, id);
  if (use?.persons) throw inUse(id, 'persons', 'персоны');
  if (use?.children) throw inUse(id, 'organizations below it', 'подчинённые организации');
  await organizationTable.removeAll(tx, [id]).catch((error: unknown) => {
    throw (error as { code?: unknown }).code === '23503' ? inUse(id, 'trips', 'командировки', error) : error;
  });
  await tell(tx, caller, ORGANIZATIONS, { action: 'delete', before, after: undefined });
}
