import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseAway } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';

/**
 * Stores outcomes of attempts against all that may be in the way.
 *
 * An outcome is offered with its group -> stored
 *   -> waits, because the database is away: an answer that has come is never thrown away
 *   -> refused: the others of its group are stored at once and wait for nothing -> tried twice more, apart -> stored, or stored without the module's part.
 *
 * What the module says of an attempt may be refused by the data, by a defect, or by something that passes, such as tables that are being migrated. Without
 * it the attempt is stored with its status and code, and the module knows of it what it knows after a crash. An outcome that waited longer would keep its
 * delivery, what is ordered behind it and the module's own thing under way for ever, and a hub that is started anew would know no more. A module whose things
 * must not stay under way looks for those that have no delivery any more (alerts/engine/sweep-attempts.ts).
 */
export interface PatientStore<Outcome> {
  /** @returns those that were refused, with the end of their storing @throws when nobody can wait for the database any longer */
  store(group: readonly Outcome[]): Promise<ReadonlyMap<Outcome, Promise<undefined>>>;
  /** Resolves when the end of everything that was refused has come. */
  stop(): Promise<void>;
}

export interface PatientStoreOptions<Outcome> {
  /** Stores a group in one transaction. @param whole with what the module says of it */
  store(group: readonly Outcome[], whole: boolean): Promise<void>;
  /** True when nobody can wait for an absent database any longer. */
  givesUp(): boolean;
  /** What the log calls it by; no secrets. */
  nameOf(outcome: Outcome): Readonly<Record<string, number>>;
}

interface Refused<Outcome> {
  readonly outcome: Outcome;
  readonly error: unknown;
}

const notes = notesOf('deliveries');
/** Between two tries while the database is away. Milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;
/** Before each further try to store what was refused. Milliseconds. */
const REFUSED_PAUSES = [100, 400];

export function createPatientStore<Outcome>(options: PatientStoreOptions<Outcome>): PatientStore<Outcome> {
  /** Of those that were refused. */
  const underWay = new Set<Promise<undefined>>();
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, so that many that are refused take one connection of those that store the rest. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  /** Stores all that can be stored. @returns those that are refused @throws while the database is away */
  const storeApart = async (group: readonly Outcome[], whole: boolean): Promise<Refused<Outcome>[]> => {
    try {
      await options.store(group, whole);
      return [];
    } catch (error) {
      const [outcome] = group;
      if (isDatabaseAway(error) || outcome === undefined) throw error;
      if (group.length === 1) return [{ outcome, error }];
      const half = Math.ceil(group.length / 2);
      return [...(await storeApart(group.slice(0, half), whole)), ...(await storeApart(group.slice(half), whole))];
    }
  };

  /** The same, and waits for an absent database. What was stored before it went is found stored. */
  const storePatiently = async (group: readonly Outcome[], whole: boolean): Promise<Refused<Outcome>[]> => {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        return await storeApart(group, whole);
      } catch (error) {
        if (!isDatabaseAway(error) || options.givesUp()) throw error;
        notes.warn('outcomes of attempts wait for the database', { attempts: group.length, afterMs: pause }, error);
        await sleep(pause);
      }
    }
  };

  const again = (refused: readonly Refused<Outcome>[], whole: boolean): Promise<Refused<Outcome>[]> =>
    inTurn(() =>
      storePatiently(
        refused.map(({ outcome }) => outcome),
        whole,
      ),
    );
  const storeRefused = async (first: readonly Refused<Outcome>[]): Promise<undefined> => {
    let refused = first;
    for (const pause of REFUSED_PAUSES) {
      await sleep(pause);
      refused = await again(refused, true);
      if (refused.length === 0) return;
    }
    for (const { outcome, error } of refused)
      notes.error('what an attempt left behind could not be stored', options.nameOf(outcome), error);
    const [stuck] = await again(refused, false);
    if (stuck) throw stuck.error;
  };

  return {
    async store(group) {
      const refused = await storePatiently(group, true);
      if (refused.length === 0) return new Map();
      const storing = storeRefused(refused);
      underWay.add(storing);
      void storing.catch(() => undefined).finally(() => underWay.delete(storing));
      return new Map(refused.map(({ outcome }) => [outcome, storing]));
    },
    async stop() {
      await Promise.allSettled(underWay);
    },
  };
}
