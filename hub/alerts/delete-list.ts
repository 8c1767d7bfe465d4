import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal, refusedBy } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { deleteListRow, lockList, taskOfList } from './sql/lists.ts';

/**
 * Deletes a list that no task uses; its people and groups stay.
 * @throws HubError NOT_FOUND `unknown_list`, CONFLICT `list_in_use`, STALE_VERSION
 */
export async function deleteList(tx: Transaction, act: Act, id: number, version?: number): Promise<void> {
  const [row] = isId(id) ? await lockList(tx, id) : [];
  if (!row) throw refusal('unknown_list', id);
  requireVersion(`list ${id}`, row.version, version);
  const [task] = await taskOfList(tx, id);
  if (task) throw refusal('list_in_use', id, String(task.id));
  await refusedBy({ alerts_task_list_id_fkey: () => refusal('list_in_use', id, '?') }, deleteListRow(tx, id));
  await recordChange(tx, act, {
    thing: 'list',
    done: 'deleted',
    id,
    before: { name: row.name, description: row.description },
    data: { name: row.name },
    said: `Удалён список рассылки «${row.name}» (${id})`,
  });
}
