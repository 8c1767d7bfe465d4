import { listMessages } from '../../list-messages.ts';
import type { LineCommand } from '../call.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { messageLine } from '../codec/lines/message-lines.ts';
import { readPages } from '../listing.ts';

export const messages: LineCommand<'MESSAGES'> = {
  async perform(call) {
    const all = await readPages((wish) => listMessages(call.context.database.work, wish));
    beginLine(call.out, call.name, all.length);
    for (const message of all) {
      messageLine(call.out, call.name, 'DATA', message);
      const full = call.piece();
      if (full) await full;
    }
    endLine(call.out, call.name);
  },
};
