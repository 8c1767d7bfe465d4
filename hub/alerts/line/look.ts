import { isDatabaseAway } from '../../core/errors.ts';
import { notesOf } from '../../core/telemetry/channels.ts';

/**
 * A look at what has gathered, for pushes that are bundled.
 *
 * at rest -later()-> resting for a while, however often it is asked -> looking -(asked meanwhile, or the database was away)-> resting again | -> at rest; stop() from
 * everywhere.
 */
export interface Look {
  later(): void;
  stop(): void;
}

const notes = notesOf('alerts.line');

/** @param rest milliseconds before each look. @param look what throws is noted; where the database is only away, it is called again */
export function createLook(rest: number, look: () => Promise<void>): Look {
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let again = false;
  let stopped = false;
  const later = (): void => {
    if (looking) again = true;
    if (timer || looking || stopped) return;
    timer = setTimeout(async () => {
      timer = undefined;
      looking = true;
      again = false;
      await look().catch((error: unknown) => {
        if (isDatabaseAway(error)) again = true;
        else notes.error('what is to be pushed could not be read', {}, error);
      });
      looking = false;
      // What came while it looked may have come behind what it saw.
      if (again) later();
    }, rest);
    timer.unref();
  };
  return {
    later,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
