import { notesOf } from '../telemetry/channels.ts';
import type { Attempts } from './attempts.ts';
import type { Departures } from './departures.ts';
import type { Ownership } from './ownership.ts';
import type { Targets } from './targets.ts';

interface DrainOptions {
  /** Milliseconds. */
  readonly lease: number;
  /** How long attempts under way are waited for. Milliseconds. */
  readonly deadline: number;
  readonly ownership: Ownership;
  readonly targets: Targets;
  readonly departures: Departures;
  readonly attempts: Attempts;
  /** Stores the outcomes that are on their way. */
  storeRest(): Promise<void>;
  /** Outcomes wait for an absent database no longer. */
  giveUp(): void;
}

const notes = notesOf('deliveries');
const RENEWALS_OF_LEASE = 5;
/** How often what has become free is let go. Milliseconds. */
const LET_GO_EVERY = 100;
/** How long it waits for an absent database, to store outcomes. Milliseconds. */
const LAST_PATIENCE = 10_000;

/** What a hub does at its end is done for it by its lease, when the database does not let it. */
async function quietly(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    notes.warn('the targets of deliveries stay in the name of this hub until its lease runs out', {}, error);
  }
}

/**
 * The end of an engine of which nothing begins and nothing is claimed any more.
 *
 * Withdrawn: others take its part -> all that has not begun is given back -> attempts under way end, and each target is let go as soon as nothing of
 * it is left, while the lease is renewed -> the last outcomes are stored -> what is left is let go, and the lease with it. Never throws.
 */
export async function drain(options: DrainOptions): Promise<void> {
  const { lease, deadline, ownership, targets, departures, attempts, storeRest, giveUp } = options;
  await quietly(() => ownership.withdraw());
  const renewing = setInterval(() => void quietly(() => ownership.renew()), lease / RENEWALS_OF_LEASE);
  await departures.leaveAll();
  let letting = Promise.resolve();
  const letGo = (): void => {
    letting = letting.then(() => quietly(() => departures.letGo()));
  };
  letGo();
  const lettingGo = setInterval(letGo, LET_GO_EVERY);
  await attempts.drain(deadline);
  const patience = setTimeout(giveUp, LAST_PATIENCE);
  await storeRest();
  clearTimeout(patience);
  clearInterval(renewing);
  clearInterval(lettingGo);
  await letting;
  await quietly(async () => {
    await ownership.release(targets.all().map(({ target }) => target));
    await ownership.leave();
  });
}
