import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal, refusedBy } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { deleteGroupRow, groupHasPeople, lockGroup } from './sql/groups.ts';

/**
 * Deletes a group without people; lists that it was in lose it.
 * @throws HubError NOT_FOUND `unknown_group`, CONFLICT `group_not_empty`, STALE_VERSION
 */
export async function deleteGroup(tx: Transaction, act: Act, id: number, version?: number): Promise<void> {
  const [row] = isId(id) ? await lockGroup(tx, id) : [];
  if (!row) throw refusal('unknown_group', id);
  requireVersion(`group ${id}`, row.version, version);
  const [people] = await groupHasPeople(tx, id);
  if (people?.found) throw refusal('group_not_empty', id);
  await refusedBy({ alerts_person_group_id_fkey: () => refusal('group_not_empty', id) }, deleteGroupRow(tx, id));
  await recordChange(tx, act, {
    thing: 'group',
    done: 'deleted',
    id,
    before: { name: row.name, description: row.description },
    data: { name: row.name },
    said: `Удалена группа «${row.name}» (${id})`,
  });
}
