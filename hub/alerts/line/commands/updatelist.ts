import { changeList } from '../../change-list.ts';
import { showList } from '../../list-lists.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { keepUnsendable } from '../codec/keep-unsendable.ts';
import { folderLine } from '../codec/lines/folder-lines.ts';
import { required } from '../refuse.ts';

/** Also as UPDATLIST: the answer has the spelling that came. */
export const updateList: LineCommand<'UPDATELIST'> = {
  refusals: { other: 'ERR_UPDATELIST' },
  async perform(call, { id: lid, name, desc: description }) {
    const id = required(readId(lid));
    const list = await call.write(async (tx, act) => {
      const stored = await showList(tx, id);
      const change = { name: keepUnsendable(name, stored.name), description: keepUnsendable(description, stored.description) };
      return changeList(tx, act, { id, change });
    });
    folderLine(call.out, call.name, 'OK', list);
  },
};
