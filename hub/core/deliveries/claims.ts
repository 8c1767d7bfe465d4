import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import type { FirstWish, Wish } from './claim-due.ts';
import { createClaimRound } from './claim-round.ts';
import { ENGINES, type EngineName } from './enqueue.ts';
import type { Hand } from './hand.ts';
import type { DueItem } from './outcome.ts';
import type { Ownership } from './ownership.ts';
import type { Policy } from './policy.ts';
import type { TargetQueue } from './target-queue.ts';
import type { Targets } from './targets.ts';

/**
 * When to claim, and of whom: one round at a time, so that it grows with the load.
 *
 * Nothing is wanted -> wanted (`want`, or a later attempt has become due) -> `claim`: a round is under way, and another one while more is wanted
 *   -> nothing is wanted
 *   -> the round has failed: wanted again after a pause.
 * Without a lease what is wanted waits for the next turn. Claims are made -> `stop`: none begins, the one under way is waited for.
 */
export interface Claims {
  /** There may be something to claim; the next `claim` asks. */
  want(): void;
  /** Claims what is wanted and there is room for, if it may. */
  claim(): void;
  /** A later attempt of the target is due then, in milliseconds of the process's clock. */
  claimAt(queue: TargetQueue, at: number): void;
  stop(): Promise<void>;
}

interface ClaimsOptions {
  readonly database: Database;
  readonly engine: EngineName;
  readonly hubId: string;
  readonly ownership: Ownership;
  readonly targets: Targets;
  readonly hand: Hand;
  /** Undefined: the target is held back. */
  policyOf(queue: TargetQueue): Policy | undefined;
  /** Something of the target may begin. */
  ready(queue: TargetQueue): void;
  begin(): void;
  handBack(queue: TargetQueue, items: readonly DueItem[]): Promise<void>;
  /** Begins and claims. */
  turn(): void;
}

const notes = notesOf('deliveries');
/** Items claimed by one round at most, about, and of one lane of a target in it. */
const MOST_CLAIMED = 1_024;
const MOST_OF_TARGET = 64;
/** Items held here of all targets together, about. */
const MOST_HELD = 32_768;
/** Before a round that has failed is made again. Milliseconds. */
const AWAY_PAUSE = 500;
/** Later attempts whose times lie closer together than this are claimed together. Milliseconds. */
const LEAST_SLEEP = 10;
const LONGEST_SLEEP = 60_000;

export function createClaims(options: ClaimsOptions): Claims {
  const { database, hubId, ownership, targets, hand, policyOf, ready, begin, handBack, turn } = options;
  let wanted = false;
  let stopped = false;
  let claiming: Promise<void> | undefined;
  /** Where the last round stopped choosing, among all targets. */
  let chosenTo = 0;
  let awayTimer: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;

  const want = (): void => {
    wanted = true;
  };
  const wantNow = (): void => {
    wanted = true;
    turn();
  };

  const choose = (): { firsts: FirstWish[]; laters: Wish[] } => {
    const now = performance.now();
    const firsts: FirstWish[] = [];
    const laters: Wish[] = [];
    let asked = 0;
    const all = targets.all();
    const most = Math.max(2, Math.floor(MOST_HELD / Math.max(1, all.length)));
    for (let n = 0; n < all.length; n += 1) {
      // Whoever was left out for too many others comes first the next time.
      chosenTo = (chosenTo + 1) % all.length;
      const queue = all[chosenTo] as TargetQueue;
      const isDue = queue.laterAt !== undefined && queue.laterAt <= now;
      if (!queue.dirty && !isDue) continue;
      const policy = policyOf(queue);
      if (!policy || (policy.breaker === 'hold' && queue.breaker.until !== undefined && ownership.now() < queue.breaker.until)) continue;
      if (asked >= MOST_CLAIMED) {
        wanted = true;
        break;
      }
      const first = queue.dirty ? Math.min(queue.room(0, policy, most), MOST_OF_TARGET) : 0;
      const later = isDue ? Math.min(queue.room(1, policy, most), MOST_OF_TARGET) : 0;
      if (first > 0) {
        queue.dirty = false;
        firsts.push({ queue, room: first, policy, handed: queue.handed, rewinds: queue.rewinds });
      }
      if (later > 0) {
        queue.laterAt = undefined;
        laters.push({ queue, room: later });
      }
      asked += first + later;
    }
    return { firsts, laters };
  };

  const claimWanted = async (): Promise<void> => {
    while (wanted && !stopped && ownership.alive) {
      wanted = false;
      const { firsts, laters } = choose();
      if (firsts.length + laters.length === 0) break;
      try {
        await claimRound(firsts, laters);
      } catch (error) {
        if (!isDatabaseAway(error)) notes.error('due deliveries could not be claimed; trying again', { engine: options.engine }, error);
        wanted = false;
        clearTimeout(awayTimer);
        awayTimer = setTimeout(wantNow, AWAY_PAUSE);
        break;
      }
      begin();
    }
  };

  /** The alarm for the soonest later attempt of all targets. */
  const claimAt = (queue: TargetQueue, at: number): void => {
    queue.laterAt = Math.min(queue.laterAt ?? Number.POSITIVE_INFINITY, at);
    if (at >= timerAt || stopped) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY;
        let next = Number.POSITIVE_INFINITY;
        const now = performance.now();
        let soonest: TargetQueue | undefined;
        for (const other of targets.all()) {
          if (other.laterAt === undefined || other.laterAt <= now || other.laterAt >= next) continue;
          next = other.laterAt;
          soonest = other;
        }
        if (soonest) claimAt(soonest, next);
        wantNow();
      },
      Math.min(Math.max(at - performance.now(), LEAST_SLEEP), LONGEST_SLEEP),
    );
  };

  const claimRound = createClaimRound({
    database,
    engine: ENGINES[options.engine],
    hubId,
    targets,
    hand,
    policyOf,
    ready,
    handBack,
    wantClaim: want,
    claimAt,
  });

  return {
    want,
    claim() {
      if (!wanted || claiming || stopped || !ownership.alive) return;
      claiming = claimWanted().finally(() => {
        claiming = undefined;
        if (wanted) turn();
      });
    },
    claimAt,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(awayTimer);
      await claiming;
    },
  };
}
