import { deleteGroup } from '../../delete-group.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { idLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

export const delGroup: LineCommand<'DELGROUP'> = {
  refusals: { other: 'ERR_DELGROUP' },
  async perform(call, { id: gid }) {
    const id = required(readId(gid));
    await call.write((tx, act) => deleteGroup(tx, act, id));
    idLine(call.out, call.name, id);
  },
};
