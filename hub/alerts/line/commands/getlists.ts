import { listLists } from '../../list-lists.ts';
import type { LineCommand } from '../call.ts';
import { writePages } from '../listing.ts';

export const getLists: LineCommand = {
  async perform(call) {
    call.out.line('GETLISTS BEGIN');
    await writePages(
      call,
      (wish) => listLists(call.context.database.work, wish),
      ({ id, name, description }) => call.out.line('GETLISTS DATA', id, name, description),
    );
    call.out.line('GETLISTS END');
  },
};
