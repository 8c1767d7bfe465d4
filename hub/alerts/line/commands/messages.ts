import { listMessages } from '../../list-messages.ts';
import type { LineCommand } from '../call.ts';
import { readPages } from '../listing.ts';
import { messageValues } from '../write-message.ts';

export const messages: LineCommand = {
  async perform(call) {
    const all = await readPages((wish) => listMessages(call.context.database.work, wish));
    call.out.line('MESSAGES BEGIN', all.length);
    for (const message of all) {
      call.out.line('MESSAGES DATA', ...messageValues(message));
      const full = call.piece();
      if (full) await full;
    }
    call.out.line('MESSAGES END');
  },
};
