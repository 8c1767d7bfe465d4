import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Queryable } from '../../core/database/statement.ts';
import { isDatabaseAway } from '../../core/errors.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { Act } from '../act.ts';
import type { PersonPages } from './person-pages.ts';

/**
 * Reads the directory into memory before somebody asks for it, and again what has changed.
 *
 * at rest -soon()-> waiting, so that many edits are one pass, and passes take a small part of the time -> reading, with a rest after each page as long as the page took ->
 * at rest, or waiting when soon() was called meanwhile; stop() -> stopped, after the page that is being read.
 */
export interface PeopleWarmth {
  soon(): void;
  stop(): Promise<void>;
}

const notes = notesOf('alerts.line');
/** Edits that come together are one pass. Milliseconds. */
const GATHER = 500;
/** After a pass there is a pause of so many times its length, but no longer than this. Milliseconds. */
const PAUSES = 4;
const LONGEST_PAUSE = 5_000;
/** After a pass that failed. Milliseconds. */
const HOLD = 10_000;

/** @param act as whom PINs are read, too */
export function startPeopleWarmth(pages: PersonPages, db: Queryable, act: () => Act): PeopleWarmth {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  let stopped = false;
  let under: Promise<void> | undefined;
  let notBefore = 0;

  const rest = async (took: number): Promise<boolean> => {
    if (!stopped) await pauseFor(took);
    return !stopped;
  };
  const pass = async (): Promise<void> => {
    const began = performance.now();
    let pause: number;
    try {
      await pages.warm(db, act(), rest);
      pause = Math.min(PAUSES * (performance.now() - began), LONGEST_PAUSE);
    } catch (error) {
      if (!stopped && !isDatabaseAway(error)) notes.warn('the directory could not be read ahead', {}, error);
      again = true;
      pause = HOLD;
    }
    notBefore = performance.now() + pause;
    under = undefined;
    if (again) soon();
  };
  function soon(): void {
    again = true;
    if (timer || under || stopped) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        again = false;
        under = pass();
      },
      Math.max(GATHER, notBefore - performance.now()),
    );
    timer.unref();
  }

  return {
    soon,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await under;
    },
  };
}
