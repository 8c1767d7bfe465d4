import type { Queryable } from '../core/database/statement.ts';
import { isId, refusal } from './refusals.ts';
import { type ChannelNow, channelsNow } from './sql/channel-now.ts';

/** A channel with what it does at this moment. */
export type ChannelView = ChannelNow;

/** All channels by number. */
export const listChannels = (db: Queryable): Promise<ChannelView[]> => channelsNow(db, null);

/** @throws HubError NOT_FOUND `unknown_channel` */
export async function showChannel(db: Queryable, number: number): Promise<ChannelView> {
  const [channel] = isId(number) ? await channelsNow(db, [number]) : [];
  if (!channel) throw refusal('unknown_channel', number);
  return channel;
}
