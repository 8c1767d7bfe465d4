import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { ChannelNow } from '../sql/channel-now.ts';
import { wireDate } from './codec/dates.ts';
import { writeChannelKind, writeChannelState, writeFlag } from './codec.ts';

/** Writes what one channel does: 12 values behind its number (specification of alerts 3.7). */
export function writeChannel(out: LineWriter, channel: ChannelNow, zone: string): void {
  const { number, kind, name, enabled, state, taskId, personId, address, since, ok, failed, signal, info } = channel;
  out.line(
    'GETCHANINFO OK',
    number,
    writeChannelKind(kind),
    name,
    writeFlag(enabled),
    writeChannelState(state),
    taskId ?? '',
    personId ?? '',
    address ?? '',
    wireDate.write(since, zone),
    ok,
    failed,
    signal ?? '',
    info,
  );
}
