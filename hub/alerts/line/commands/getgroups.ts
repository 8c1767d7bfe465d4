import { listGroups } from '../../list-groups.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { writePages } from '../listing.ts';
import { required } from '../refuse.ts';

export const getGroups: LineCommand = {
  async perform(call, [lid]) {
    const listId = lid === undefined ? undefined : required(readId(lid));
    call.out.line('GETGROUPS BEGIN');
    await writePages(
      call,
      (wish) => listGroups(call.context.database.work, { ...wish, listId }),
      ({ id, name, description }) => call.out.line('GETGROUPS DATA', id, name, description),
    );
    call.out.line('GETGROUPS END');
  },
};
