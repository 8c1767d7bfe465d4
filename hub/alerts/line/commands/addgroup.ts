import { addGroup as add } from '../../add-group.ts';
import type { LineCommand } from '../call.ts';
import { folderLine } from '../codec/lines/folder-lines.ts';

export const addGroup: LineCommand<'ADDGROUP'> = {
  refusals: { other: 'ERR_ADDGROUP' },
  async perform(call, { name, desc: description }) {
    const group = await call.write((tx, act) => add(tx, act, { name, description }));
    folderLine(call.out, call.name, 'OK', group);
  },
};
