import type { LineCall, LineCommand } from '../call.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { abonentsFilter } from '../codec.ts';
import { required } from '../refuse.ts';

/** Smaller pieces are gathered; larger ones leave as they are. Bytes. */
const SMALL = 16 * 1024;

function sendLines(call: LineCall, lines: Uint8Array): Promise<void> | undefined {
  if (lines.length >= SMALL) return call.session.send(lines);
  call.out.bytes(lines);
  return call.piece();
}

export const getAbonents: LineCommand<'GETABONENTS'> = {
  async perform(call, _, values) {
    const { group, list } = required(abonentsFilter(values));
    const { context, act } = call;
    beginLine(call.out, call.name);
    await call.session.flush();
    for await (const lines of context.people.listing(context.database.work, act, { groupId: group, listId: list })) {
      const full = sendLines(call, lines);
      if (full) await full;
    }
    endLine(call.out, call.name);
  },
};
