import { addList as add } from '../../add-list.ts';
import type { LineCommand } from '../call.ts';
import { folderLine } from '../codec/lines/folder-lines.ts';

export const addList: LineCommand<'ADDLIST'> = {
  refusals: { other: 'ERR_ADDLIST' },
  async perform(call, { name, desc: description }) {
    const list = await call.write((tx, act) => add(tx, act, { name, description }));
    folderLine(call.out, call.name, 'OK', list);
  },
};
