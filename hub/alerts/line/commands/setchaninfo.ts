import { changeChannel } from '../../change-channel.ts';
import type { LineCommand } from '../call.ts';
import { channelParams } from '../codec/addinfo.ts';
import { isFault } from '../codec/compound.ts';
import { readId } from '../codec/ids.ts';
import { asSent, keepUnsendable } from '../codec/keep-unsendable.ts';
import { channelSettingsLine } from '../codec/lines/channel-lines.ts';
import { readFlag } from '../codec.ts';
import { LineRefusal, required } from '../refuse.ts';

/** Changes a channel and the settings that its group shares; answers all of them, secrets as `***`. */
export const setChanInfo: LineCommand<'SETCHANINFO'> = {
  refusals: { no_licence: 'ERR_NOHASP', other: 'ERR_BADSYNTAX' },
  async perform(call, { n, enabled: flag, name, params: text }) {
    const number = required(readId(n));
    const enabled = required(readFlag(flag));
    const params = channelParams.read(text);
    if (isFault(params)) throw new LineRefusal('ERR_BADSYNTAX');
    const change = { number, enabled, name: (stored: string) => keepUnsendable(name, stored), settings: params.value, shownAs: asSent };
    const after = await call.write((tx, act) => changeChannel(tx, act, call.context.kinds, change));
    channelSettingsLine(call.out, call.name, { ...after, number });
  },
};
