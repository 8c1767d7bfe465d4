import type { LineCommand } from '../call.ts';

export const quit: LineCommand = {
  perform(call) {
    call.ok();
    call.session.quit();
  },
};
