import type { LineCommand } from '../call.ts';
import { LineRefusal } from '../refuse.ts';

/** The voices of speech synthesis, of which there is none yet. */
export const getTts: LineCommand<'GETTTS'> = {
  perform() {
    throw new LineRefusal('ERR_GETTTS');
  },
};
