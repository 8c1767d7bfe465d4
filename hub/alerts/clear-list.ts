import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { clearListGroups, clearListPeople, lockList, touchList } from './sql/lists.ts';

/** Removes all people and groups from a list, which stays (specification of alerts 3.5, LISTCLEAR). @throws HubError NOT_FOUND `unknown_list` */
export async function clearList(tx: Transaction, act: Act, id: number): Promise<void> {
  const [row] = isId(id) ? await lockList(tx, id) : [];
  if (!row) throw refusal('unknown_list', id);
  const [{ people = 0 } = {}] = await clearListPeople(tx, id);
  const [{ groups = 0 } = {}] = await clearListGroups(tx, id);
  if (people + groups > 0) await touchList(tx, id);
  await recordChange(tx, act, {
    thing: 'list',
    done: 'cleared',
    id,
    before: { people, groups },
    data: { people, groups },
    said: `Очищен список рассылки «${row.name}» (${id}): абонентов ${people}, групп ${groups}`,
  });
}
