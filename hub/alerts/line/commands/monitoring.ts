import { lastLog } from '../../sql/read-log.ts';
import type { LineCommand } from '../call.ts';
import { RIGHT } from '../codec/command.ts';
import { readNumber } from '../codec/ids.ts';
import { maskLine } from '../codec/lines/session-lines.ts';
import { PUSHES } from '../codec.ts';
import { LineRefusal, required } from '../refuse.ts';

/** What is pushed to this session from now on; the log needs its own right. */
export const monitoring: LineCommand<'MONITORING'> = {
  async perform(call, { mask: text }) {
    const mask = required(readNumber(text, 0, PUSHES.everyMask));
    if ((mask & PUSHES.mask.log) !== 0 && !call.may(RIGHT.log)) throw new LineRefusal('ERR_NOACCESS');
    const [log] = (mask & PUSHES.mask.log) === 0 ? [] : await lastLog(call.context.database.work);
    call.session.monitor(mask, log?.last ?? 0);
    maskLine(call.out, call.name, mask);
  },
};
