import { listLists } from '../../list-lists.ts';
import type { LineCommand } from '../call.ts';
import { folderLine } from '../codec/lines/folder-lines.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { writePages } from '../listing.ts';

export const getLists: LineCommand<'GETLISTS'> = {
  async perform(call) {
    beginLine(call.out, call.name);
    await writePages(
      call,
      (wish) => listLists(call.context.database.work, wish),
      (folder) => folderLine(call.out, call.name, 'DATA', folder),
    );
    endLine(call.out, call.name);
  },
};
