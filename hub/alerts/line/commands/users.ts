import { listOperators } from '../../../core/identity/list-operators.ts';
import type { LineCommand } from '../call.ts';
import { readPages } from '../listing.ts';
import { userValues } from '../write-user.ts';

export const users: LineCommand = {
  async perform(call) {
    const all = await readPages(async (wish) => {
      const { items, next } = await listOperators(call.context.database.work, wish);
      return { items, next: next ?? null };
    });
    call.out.line('USERS BEGIN', all.length);
    for (const operator of all) call.out.line('USERS DATA', ...userValues(operator, call.zone));
    call.out.line('USERS END');
  },
};
