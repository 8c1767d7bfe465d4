import { channelsNow } from '../../sql/channel-now.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { channelLine } from '../codec/lines/channel-lines.ts';
import { required } from '../refuse.ts';

/** What one channel does; a number that there is not is no number of a channel. */
export const getChanInfo: LineCommand<'GETCHANINFO'> = {
  async perform(call, { n: number }) {
    const [channel] = await channelsNow(call.context.database.work, [required(readId(number))]);
    channelLine(call.out, required(channel), call.zone);
  },
};
