import { channelsNow } from '../../sql/channel-now.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { required } from '../refuse.ts';
import { writeChannel } from '../write-channel.ts';

/** What one channel does; a number that there is not is no number of a channel. */
export const getChanInfo: LineCommand = {
  async perform(call, [number = '']) {
    const [channel] = await channelsNow(call.context.database.work, [required(readId(number))]);
    writeChannel(call.out, required(channel), call.zone);
  },
};
