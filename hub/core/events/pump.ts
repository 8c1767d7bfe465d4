import { notesOf } from '../telemetry/channels.ts';

/**
 * Runs one step after the other for as long as there is something to do.
 *
 * States: idle -> wake() -> stepping (a wake meanwhile means one more step) -> idle, or pausing (the step asked for it) -> stepping ...;
 * idle -> wakeWithin() -> stepping after that time, or with the wake() that comes first;
 * a step that throws -> holding back (wakes are ignored, so that news never hurries what fails; the pause grows) -> stepping;
 * stop() from any of them -> stopped, after the step under way.
 */
export interface Pump {
  wake(): void;
  /** There is something to do that may wait so many milliseconds; a step that begins meanwhile does it. */
  wakeWithin(milliseconds: number): void;
  /** Wakes it also out of holding back: the cause of the failures may be gone. */
  retry(): void;
  stop(): Promise<void>;
}

const notes = notesOf('events');
const FIRST_HOLD = 200;
const LONGEST_HOLD = 30_000;

/** @param step answers how long to pause before the next step (milliseconds, 0: none), or undefined to wait for a wake. */
export function createPump(name: string, step: () => Promise<number | undefined>): Pump {
  let stepping = false;
  let again = false;
  let holding = false;
  let stopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let patient: NodeJS.Timeout | undefined;
  let idle: Promise<void> = Promise.resolve();

  const later = (milliseconds: number): void => {
    clearTimeout(timer);
    timer = setTimeout(retry, milliseconds);
  };

  const loop = async (): Promise<void> => {
    while (again && !stopped) {
      again = false;
      clearTimeout(patient);
      patient = undefined;
      try {
        const pause = await step();
        failures = 0;
        if (pause === 0) again = true;
        else if (pause !== undefined && !stopped) later(pause);
      } catch (error) {
        const hold = Math.min(FIRST_HOLD * 2 ** failures, LONGEST_HOLD);
        failures += 1;
        again = false;
        if (stopped) break;
        holding = true;
        notes.warn('events could not be handled; trying again', { subscriber: name, afterMs: hold }, error);
        later(hold);
      }
    }
    stepping = false;
  };

  const wake = (): void => {
    if (stopped || holding) return;
    clearTimeout(timer);
    again = true;
    if (stepping) return;
    stepping = true;
    idle = loop();
  };

  function retry(): void {
    holding = false;
    wake();
  }

  return {
    wake,
    wakeWithin(milliseconds) {
      if (stopped || holding) return;
      patient ??= setTimeout(wake, milliseconds);
    },
    retry,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(patient);
      await idle;
    },
  };
}
