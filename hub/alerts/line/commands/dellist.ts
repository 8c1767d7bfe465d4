import { deleteList } from '../../delete-list.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { idLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

export const delList: LineCommand<'DELLIST'> = {
  refusals: { list_in_use: 'ERR_LISTUSE', other: 'ERR_DELLIST' },
  async perform(call, { id: lid }) {
    const id = required(readId(lid));
    await call.write((tx, act) => deleteList(tx, act, id));
    idLine(call.out, call.name, id);
  },
};
