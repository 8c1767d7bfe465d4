import { addGroup as add } from '../../add-group.ts';
import type { LineCommand } from '../call.ts';

export const addGroup: LineCommand = {
  refusals: { other: 'ERR_ADDGROUP' },
  async perform(call, [name = '', description = '']) {
    const group = await call.write((tx, act) => add(tx, act, { name, description }));
    call.ok(group.id, group.name, group.description);
  },
};
