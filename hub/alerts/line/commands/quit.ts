import type { LineCommand } from '../call.ts';
import { plainLine } from '../codec/lines/session-lines.ts';

export const quit: LineCommand<'QUIT'> = {
  perform(call) {
    plainLine(call.out, call.name);
    call.session.quit();
  },
};
