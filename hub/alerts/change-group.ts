import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { type FolderChange, type FolderView, folderChange } from './folder.ts';
import { showGroup } from './list-groups.ts';
import { differences, recordChange } from './record-change.ts';
import { isId, refusal, refusedBy } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { groupByName, lockGroup, updateGroup } from './sql/groups.ts';

/**
 * Changes the name or description of a group. A change to what is there already changes nothing and is no event.
 * @param version the one that was read; undefined: whatever there is
 * @throws HubError NOT_FOUND `unknown_group`, VALIDATION, CONFLICT `name_taken`, STALE_VERSION
 */
export async function changeGroup(
  tx: Transaction,
  act: Act,
  { id, change, version }: { readonly id: number; readonly change: FolderChange; readonly version?: number | undefined },
): Promise<FolderView> {
  const given = validate(folderChange, change, 'body');
  const [row] = isId(id) ? await lockGroup(tx, id) : [];
  if (!row) throw refusal('unknown_group', id);
  requireVersion(`group ${id}`, row.version, version);
  const { name = row.name, description = row.description } = given;
  const changed = differences({ name: row.name, description: row.description }, { name, description });
  if (!changed) return showGroup(tx, id);
  const [other] = await groupByName(tx, name);
  if (other && other.id !== id) throw refusal('name_taken', name, '', '/name');
  await refusedBy({ alerts_group_name: () => refusal('name_taken', name, '', '/name') }, updateGroup(tx, id, name, description));
  await recordChange(tx, act, {
    thing: 'group',
    done: 'changed',
    id,
    before: changed.before,
    after: changed.after,
    data: { name, fields: changed.fields },
    said: `Изменена группа «${name}» (${id})`,
  });
  return showGroup(tx, id);
}
