import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { createAttempts } from './attempts.ts';
import { createClaims } from './claims.ts';
import { createDepartures } from './departures.ts';
import { drain } from './drain.ts';
import { ENGINES, type EngineName, type HandOver } from './enqueue.ts';
import { createHand } from './hand.ts';
import { createHandOver } from './hand-over.ts';
import { createHealthBook } from './health-book.ts';
import { createNews } from './news.ts';
import type { DueItem, Outcome } from './outcome.ts';
import { createOwnership } from './ownership.ts';
import type { Policy } from './policy.ts';
import { createReturns } from './returns.ts';
import { createSalvage } from './salvage.ts';
import { createSettler, type Groups, type Settled } from './settle.ts';
import { createSlots } from './slots.ts';
import type { TargetQueue } from './target-queue.ts';
import { createTargets } from './targets.ts';
import { createTending } from './tending.ts';
import { createTurns } from './turns.ts';
import { createUnstored } from './unstored.ts';

/**
 * Tries what is due until it is done, given up or expired. It knows neither what is delivered nor how.
 *
 * An item is
 *   due (a row of delivery_due, in lane 0)
 *     -> claimed: its attempt is written down, and it waits in this hub for a slot, for the rate, for the item of its key before it
 *     -> under way: the module's `attempt` runs
 *     -> settled in one transaction with its row in delivery_attempt:
 *          ended  (a row of delivery: delivered, failed, rejected, blocked, canceled), or
 *          due again in lane 1, at the time that the policy names
 *   claimed -> given back: the target is held, is to have another owner, or the hub stops; one that was canceled meanwhile ends then
 *   claimed without our hearing of it (the answer to the statement was lost) -> found when the target is looked through -> given back
 *   under way -> orphaned: the hub died; the target's next owner settles it with outcome `unknown`, and it is due at once. Such an attempt counts
 *     only when another one has had a known outcome, so a crash costs no attempt, and no crash makes more of them than the policy allows.
 *
 * A target is ours -> leaving (another hub should have it): nothing of it is claimed or begun -> free, once nothing of it is in our hands: claimed,
 * under way, or on its way into the database.
 * The engine is made -> start(): alive, owning its part of the targets -> stop(): nothing is claimed, what has not begun is given back, each
 * target is free as soon as nothing of it is under way (30 s at most), the lease goes on until then -> stopped.
 */
export interface DeliveryEngine {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** There is something due for the targets (none named: for any), or their policy has changed. Other hubs hear it from the database. */
  wake(targets?: readonly number[]): void;
  /** For whoever stores deliveries in this process, one transaction at a time: what there is room for need not be claimed (enqueue.ts). */
  readonly handOver: HandOver;
  /** Attempts under way here, and claimed ones that have not begun. */
  readonly underWay: number;
  readonly claimed: number;
}

export interface DeliveryOptions<Record> {
  readonly engine: EngineName;
  readonly database: Database;
  /** UUID of this process. */
  readonly hubId: string;
  /** Attempts that this hub makes at once. */
  readonly slots: number;
  /** How long after its last sign of life a hub counts as dead. Milliseconds. (Default: 15 s) */
  readonly lease?: number;
  /** How long stop() waits for attempts under way. Milliseconds. (Default: 30 s) */
  readonly stopDeadline?: number;
  /** How a target is treated now; undefined: it is not known (yet), and held. Must be quick. */
  policy(target: number): Policy | undefined;
  /** Makes one attempt. It should not throw; what it throws counts as a failure on our side that is repeated. */
  attempt(item: DueItem, signal: AbortSignal): Promise<Outcome<Record>>;
  /** The module's bookkeeping, in the transaction that stores the outcomes. @returns JSON for each attempt's row, or null. */
  record(tx: Transaction, settled: readonly Settled<Record>[]): Promise<readonly (string | null)[]>;
  /** Told how many attempts of a hub that has died are made again. */
  tookOver?(attempts: number): void;
  /** Told that a target has become this hub's, before anything of it is attempted here; and that it is not any longer, after the last attempt here. */
  adopted?(target: number): void;
  dropped?(target: number): void;
  /** How heavy a record is, in bytes, so that a group of outcomes does not fill the memory. (Default: 0) */
  weigh?(record: Record): number;
  /** How outcomes are grouped. What waits to be stored is in doubt after a crash. (Default: two groups at once, none is waited for) */
  readonly groups?: Groups;
}

const LEASE = 15_000;
const STOP_DEADLINE = 30_000;
const GROUPS: Groups = { atOnce: 2 };

/**
 * Puts the parts together. They speak to one another in a ring (an end frees a slot, a free slot begins what was claimed, what has begun makes
 * room to claim), so each is handed functions of the others, which it calls once all are there.
 */
export function createDeliveryEngine<Record>(options: DeliveryOptions<Record>): DeliveryEngine {
  const { database, hubId, engine: name, lease = LEASE, policy, weigh = () => 0 } = options;
  const engine = ENGINES[name];
  const ownership = createOwnership({ database, engine, hubId, lease });
  const slots = createSlots(options.slots);
  const health = createHealthBook();
  const targets = createTargets();
  const hand = createHand();
  let gaveUp = false;
  const settler = createSettler<Record>({
    database,
    engine,
    hubId,
    record: options.record,
    weigh,
    health: () => health.toStore(ownership.now()),
    healthLost: (lost) => health.notStored(lost),
    givesUp: () => gaveUp,
    groups: options.groups ?? GROUPS,
  });
  const submit = (settled: Settled<Record>): Promise<unknown> => settler.submit(settled);

  /** Undefined: the target is not known, or held back. */
  const policyOf = ({ target }: TargetQueue): Policy | undefined => {
    const found = policy(target);
    return found === undefined || found.held ? undefined : found;
  };
  const turn = (): void => {
    turns.begin();
    claims.claim();
  };
  const wantClaim = (): void => claims.want();
  const ready = (queue: TargetQueue): void => turns.add(queue);
  const forget = (queue: TargetQueue): void => {
    turns.remove(queue);
    handOver.forget(queue);
    targets.remove(queue);
    health.forget(queue.target);
    options.dropped?.(queue.target);
  };

  const { giveBack, handBack, returnAll } = createReturns({
    database,
    engine,
    hubId,
    hand,
    removeTurn: (queue) => turns.remove(queue),
    wantClaim,
    turn,
  });
  const unstored = createUnstored<Record>({
    ownership,
    submit,
    policy,
    weigh,
    release: hand.release,
    claimAt: (queue, at) => claims.claimAt(queue, at),
    wantClaim,
    turn,
  });
  const attempts = createAttempts<Record>({
    hubId,
    ownership,
    slots,
    health,
    attempt: options.attempt,
    policy,
    settle: unstored.settle,
    ready,
    returnAll,
    wantClaim,
    turn,
  });
  const turns = createTurns({ ownership, slots, policyOf, hasRoom: unstored.hasRoom, run: attempts.run, returnAll, wantClaim, turn });
  const claims = createClaims({
    database,
    engine: name,
    hubId,
    ownership,
    targets,
    hand,
    policyOf,
    ready,
    begin: turns.begin,
    handBack,
    turn,
  });
  const handOver = createHandOver({ hubId, ownership, targets, hand, policyOf, ready, handBack, wantClaim, turn });
  const departures = createDepartures({ ownership, targets, returnAll, awaits: handOver.awaits, forget });
  const salvage = createSalvage<Record>({
    database,
    engine: name,
    hubId,
    lease,
    ownership,
    targets,
    hand,
    policy,
    submit,
    giveBack,
    tookOver: (attemptsMade) => options.tookOver?.(attemptsMade),
    wantClaim,
  });
  const tending = createTending({
    engine: name,
    lease,
    ownership,
    targets,
    hand,
    adopt: salvage.adopt,
    adopted: (target) => options.adopted?.(target),
    forget,
    lookThrough: salvage.lookThrough,
    shed: departures.shed,
    settleRefused: unstored.settleRefused,
    endStrays: salvage.endStrays,
    wantClaim,
    turn,
  });
  const news = createNews({ database, engine: name, targets, ready, returnAll, tend: tending.tend, wantClaim, turn });

  return {
    get underWay() {
      return slots.taken;
    },
    get claimed() {
      let sum = 0;
      for (const queue of targets.all()) sum += queue.held;
      return sum;
    },
    wake: news.wake,
    handOver,
    async start() {
      news.start();
      await tending.tend();
    },
    async stop() {
      turns.stop();
      handOver.stop();
      news.stop();
      await Promise.all([tending.stop(), claims.stop()]);
      await drain({
        lease,
        deadline: options.stopDeadline ?? STOP_DEADLINE,
        ownership,
        targets,
        departures,
        attempts,
        storeRest: () => settler.stop(),
        giveUp: () => {
          gaveUp = true;
        },
      });
    },
  };
}
