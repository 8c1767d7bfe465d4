import { deleteMessage } from '../../delete-message.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { idLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

export const delMessage: LineCommand<'DELMESSAGE'> = {
  refusals: { message_in_use: 'ERR_MESSAGEUSE', other: 'ERR_DELMESSAGE' },
  async perform(call, { id: mid }) {
    const id = required(readId(mid));
    await call.write((tx, act) => deleteMessage(tx, act, id));
    idLine(call.out, call.name, id);
  },
};
