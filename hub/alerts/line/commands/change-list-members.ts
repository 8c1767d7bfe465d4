import { changeMembers } from '../../change-members.ts';
import type { LineCall } from '../call.ts';
import { readId, readIds } from '../codec/ids.ts';
import { membersLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

/** What LISTADDABONENTS, LISTADDGROUPS, LISTDELABONENTS and LISTDELGROUPS have in common. */
export async function changeListMembers(
  call: LineCall,
  lid: string,
  list: string,
  way: 'add' | 'remove',
  whom: 'people' | 'groups',
): Promise<void> {
  const id = required(readId(lid));
  const ids = required(readIds(list));
  await call.write((tx, act) => changeMembers(tx, act, { id, change: { add: {}, remove: {}, [way]: { [whom]: ids } } }));
  membersLine(call.out, call.name, id, ids);
}
