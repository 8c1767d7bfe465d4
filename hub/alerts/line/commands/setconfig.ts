import type { LineCommand } from '../call.ts';
import { settingLine } from '../codec/lines/setting-lines.ts';

export const setConfig: LineCommand<'SETCONFIG'> = {
  refusals: { other: 'ERR_BADSYNTAX' },
  async perform(call, { key, value }) {
    settingLine(call.out, call.name, 'OK', key, await call.context.settings.set(call.caller, key, value));
  },
};
