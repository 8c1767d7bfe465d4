import { listGroups } from '../../list-groups.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { folderLine } from '../codec/lines/folder-lines.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { writePages } from '../listing.ts';
import { required } from '../refuse.ts';

export const getGroups: LineCommand<'GETGROUPS'> = {
  async perform(call, { lid }) {
    const listId = lid === undefined ? undefined : required(readId(lid));
    beginLine(call.out, call.name);
    await writePages(
      call,
      (wish) => listGroups(call.context.database.work, { ...wish, listId }),
      (folder) => folderLine(call.out, call.name, 'DATA', folder),
    );
    endLine(call.out, call.name);
  },
};
