import { channelsNow } from '../../sql/channel-now.ts';
import type { LineCommand } from '../call.ts';
import { writeChannelKind, writeChannelState, writeFlag } from '../codec.ts';

export const getChannels: LineCommand = {
  async perform(call) {
    const all = await channelsNow(call.context.database.work, null);
    call.out.line('GETCHANNELS BEGIN', all.length);
    for (const { number, kind, name, enabled, state } of all)
      call.out.line('GETCHANNELS DATA', number, writeChannelKind(kind), name, writeFlag(enabled), writeChannelState(state));
    call.out.line('GETCHANNELS END');
  },
};
