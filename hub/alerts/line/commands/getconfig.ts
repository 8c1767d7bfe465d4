import type { LineCommand } from '../call.ts';

/** Settings that can be changed here; none of them is a secret. */
export const getConfig: LineCommand = {
  perform(call, [prefix = '']) {
    const found = call.context.settings.shown(prefix);
    call.out.line('GETCONFIG BEGIN', found.length);
    for (const { key, value } of found) call.out.line('GETCONFIG DATA', key, value);
    call.out.line('GETCONFIG END');
  },
};
