import type { LineCommand } from '../call.ts';
import { readNumber } from '../codec/ids.ts';
import { haspOf } from '../hasp.ts';
import { LineRefusal, required } from '../refuse.ts';

/** Per cent of the normal rate of speech. */
const SLOWEST = 10;
const FASTEST = 1_000;

/** Speech needs the licence, and an engine with the voice, of which there is none yet. */
export const tts: LineCommand<'TTS'> = {
  perform(call, { rate }) {
    required(readNumber(rate, SLOWEST, FASTEST));
    const { present } = haspOf(call.context.settings.current(), Temporal.Now.instant());
    throw new LineRefusal(present ? 'ERR_GETTTS' : 'ERR_NOHASP');
  },
};
