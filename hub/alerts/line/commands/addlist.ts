import { addList as add } from '../../add-list.ts';
import type { LineCommand } from '../call.ts';

export const addList: LineCommand = {
  refusals: { other: 'ERR_ADDLIST' },
  async perform(call, [name = '', description = '']) {
    const list = await call.write((tx, act) => add(tx, act, { name, description }));
    call.ok(list.id, list.name, list.description);
  },
};
