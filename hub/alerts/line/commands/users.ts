import { listOperators } from '../../../core/identity/list-operators.ts';
import type { LineCommand } from '../call.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { userLine } from '../codec/lines/user-lines.ts';
import { readPages } from '../listing.ts';
import { lineUserOf } from '../manage-users.ts';

export const users: LineCommand<'USERS'> = {
  async perform(call) {
    const all = await readPages(async (wish) => {
      const { items, next } = await listOperators(call.context.database.work, wish);
      return { items, next: next ?? null };
    });
    beginLine(call.out, call.name, all.length);
    for (const operator of all) userLine(call.out, call.name, 'DATA', lineUserOf(operator), call.zone);
    endLine(call.out, call.name);
  },
};
