import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { holdGroups } from './sql/groups.ts';
import { lockPeople, movePeopleRows } from './sql/people.ts';

/**
 * Moves people into a group, all of them or none; who is there already stays (specification of alerts 3.5, GROUPADDABONENTS).
 * @returns the ids that were moved
 * @throws HubError NOT_FOUND `unknown_group`, `unknown_person`
 */
export async function movePeople(tx: Transaction, act: Act, groupId: number, ids: readonly number[]): Promise<number[]> {
  const [group] = isId(groupId) ? await holdGroups(tx, [groupId]) : [];
  if (!group) throw refusal('unknown_group', groupId);
  const wanted = [...new Set(ids)];
  const present = new Set((await lockPeople(tx, wanted.filter(isId))).map(({ id }) => id));
  const missing = wanted.find((id) => !present.has(id));
  if (missing !== undefined) throw refusal('unknown_person', missing);
  const moved = (await movePeopleRows(tx, groupId, wanted)).map(({ id }) => id);
  if (moved.length > 0)
    await recordChange(tx, act, {
      thing: 'group',
      done: 'joined',
      id: groupId,
      after: { people: moved },
      data: { people: moved },
      said: `В группу ${groupId} перемещено абонентов: ${moved.length}`,
    });
  return moved;
}
