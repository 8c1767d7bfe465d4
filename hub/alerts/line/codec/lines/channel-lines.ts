import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { ChannelNow } from '../../../sql/channel-now.ts';
import { writeChannelKind, writeChannelState, writeFlag } from '../../codec.ts';
import { orAbsent } from '../absent.ts';
import { channelParams } from '../addinfo.ts';
import { wireDate } from '../dates.ts';
import { headOf } from './frame.ts';

/** Writes what one channel does: 12 values behind its number (specification of alerts 3.7). Asked for and pushed, it is the same. */
export function channelLine(out: LineWriter, channel: ChannelNow, zone: string): void {
  const { number, kind, name, enabled, state, taskId, personId, address, since, ok, failed, signal, info } = channel;
  headOf(out, 'GETCHANINFO', 'OK')
    .number(number)
    .number(writeChannelKind(kind))
    .text(name)
    .number(writeFlag(enabled))
    .number(writeChannelState(state))
    .value(orAbsent(taskId))
    .value(orAbsent(personId))
    .text(orAbsent(address))
    .text(wireDate.write(since, zone))
    .number(ok)
    .number(failed)
    .value(orAbsent(signal))
    .text(info)
    .end();
}

/** Writes a channel in a listing: `<n> <kind> <name> <enabled> <state>`. */
export function channelRow(out: LineWriter, { number, kind, name, enabled, state }: ChannelNow): void {
  headOf(out, 'GETCHANNELS', 'DATA')
    .number(number)
    .number(writeChannelKind(kind))
    .text(name)
    .number(writeFlag(enabled))
    .number(writeChannelState(state))
    .end();
}

/** A channel as SETCHANINFO answers it. */
export interface ChannelSettings {
  readonly number: number;
  readonly enabled: boolean;
  readonly name: string;
  readonly settings: ReadonlyMap<string, string>;
}

/** Answers SETCHANINFO: `<n> <enabled> <name> <params>`. */
export function channelSettingsLine(out: LineWriter, command: string, { number, enabled, name, settings }: ChannelSettings): void {
  headOf(out, command, 'OK').number(number).number(writeFlag(enabled)).text(name).text(channelParams.write(settings)).end();
}
