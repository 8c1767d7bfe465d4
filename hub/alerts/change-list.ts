import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { type FolderChange, type FolderView, folderChange } from './folder.ts';
import { showList } from './list-lists.ts';
import { differences, recordChange } from './record-change.ts';
import { isId, refusal, refusedBy } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { listByName, lockList, updateList } from './sql/lists.ts';

/**
 * Changes the name or description of a list. A change to what is there already changes nothing and is no event.
 * @param version the one that was read; undefined: whatever there is
 * @throws HubError NOT_FOUND `unknown_list`, VALIDATION, CONFLICT `name_taken`, STALE_VERSION
 */
export async function changeList(
  tx: Transaction,
  act: Act,
  { id, change, version }: { readonly id: number; readonly change: FolderChange; readonly version?: number | undefined },
): Promise<FolderView> {
  const given = validate(folderChange, change, 'body');
  const [row] = isId(id) ? await lockList(tx, id) : [];
  if (!row) throw refusal('unknown_list', id);
  requireVersion(`list ${id}`, row.version, version);
  const { name = row.name, description = row.description } = given;
  const changed = differences({ name: row.name, description: row.description }, { name, description });
  if (!changed) return showList(tx, id);
  const [other] = await listByName(tx, name);
  if (other && other.id !== id) throw refusal('name_taken', name, '', '/name');
  await refusedBy({ alerts_list_name: () => refusal('name_taken', name, '', '/name') }, updateList(tx, id, name, description));
  await recordChange(tx, act, {
    thing: 'list',
    done: 'changed',
    id,
    before: changed.before,
    after: changed.after,
    data: { name, fields: changed.fields },
    said: `Изменён список рассылки «${name}» (${id})`,
  });
  return showList(tx, id);
}
