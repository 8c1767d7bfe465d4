import type { LineCommand } from '../call.ts';

export const setConfig: LineCommand = {
  refusals: { other: 'ERR_BADSYNTAX' },
  async perform(call, [key = '', value = '']) {
    call.ok(key, await call.context.settings.set(call.caller, key, value));
  },
};
