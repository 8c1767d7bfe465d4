import type { LineCommand } from '../call.ts';
import { pongLine } from '../codec/lines/session-lines.ts';

/** Answers what it was sent; `PING OK` is silent where it answers a PING of ours. */
export const ping: LineCommand<'PING'> = {
  perform(call, { token }) {
    if (!call.session.pinged(token)) pongLine(call.out, call.name, token);
  },
};
