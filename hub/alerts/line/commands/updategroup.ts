import { changeGroup } from '../../change-group.ts';
import { showGroup } from '../../list-groups.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { keepUnsendable } from '../codec/keep-unsendable.ts';
import { folderLine } from '../codec/lines/folder-lines.ts';
import { required } from '../refuse.ts';

export const updateGroup: LineCommand<'UPDATEGROUP'> = {
  refusals: { other: 'ERR_UPDATEGROUP' },
  async perform(call, { id: gid, name, desc: description }) {
    const id = required(readId(gid));
    const group = await call.write(async (tx, act) => {
      const stored = await showGroup(tx, id);
      const change = { name: keepUnsendable(name, stored.name), description: keepUnsendable(description, stored.description) };
      return changeGroup(tx, act, { id, change });
    });
    folderLine(call.out, call.name, 'OK', group);
  },
};
