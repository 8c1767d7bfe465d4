import type { LineCommand } from '../call.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { settingLine } from '../codec/lines/setting-lines.ts';

/** Settings that can be changed here; none of them is a secret. */
export const getConfig: LineCommand<'GETCONFIG'> = {
  perform(call, { prefix = '' }) {
    const found = call.context.settings.shown(prefix);
    beginLine(call.out, call.name, found.length);
    for (const { key, value } of found) settingLine(call.out, call.name, 'DATA', key, value);
    endLine(call.out, call.name);
  },
};
