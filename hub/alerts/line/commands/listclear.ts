import { clearList } from '../../clear-list.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { idLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

export const listClear: LineCommand<'LISTCLEAR'> = {
  refusals: { other: 'ERR_LISTCLEAR' },
  async perform(call, { lid }) {
    const id = required(readId(lid));
    await call.write((tx, act) => clearList(tx, act, id));
    idLine(call.out, call.name, id);
  },
};
