import { movePeople } from '../../move-people.ts';
import type { LineCommand } from '../call.ts';
import { readId, readIds } from '../codec/ids.ts';
import { membersLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

export const groupAddAbonents: LineCommand<'GROUPADDABONENTS'> = {
  refusals: { other: 'ERR_GROUPADDABONENTS' },
  async perform(call, { gid, ids: list }) {
    const group = required(readId(gid));
    const ids = required(readIds(list));
    await call.write((tx, act) => movePeople(tx, act, group, ids));
    membersLine(call.out, call.name, group, ids);
  },
};
