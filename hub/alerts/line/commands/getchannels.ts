import { channelsNow } from '../../sql/channel-now.ts';
import type { LineCommand } from '../call.ts';
import { channelRow } from '../codec/lines/channel-lines.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';

export const getChannels: LineCommand<'GETCHANNELS'> = {
  async perform(call) {
    const all = await channelsNow(call.context.database.work, null);
    beginLine(call.out, call.name, all.length);
    for (const channel of all) channelRow(call.out, channel);
    endLine(call.out, call.name);
  },
};
