import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { isDatabaseAway } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { claimStrict } from './claim-strict.ts';
import { decide } from './decide.ts';
import { cancelDeliveries, ENGINES, type EngineName, GIVE_BACK, type HandOver } from './enqueue.ts';
import { createHealthBook, type HealthBook } from './health-book.ts';
import type { DueItem, Outcome } from './outcome.ts';
import { createOwnership } from './ownership.ts';
import type { Policy } from './policy.ts';
import { createSettler, type Settled } from './settle.ts';
import { createSlots } from './slots.ts';
import {
  abandonedRows,
  type ClaimedRow,
  claimFirst,
  claimLater,
  DELIVERY_CHANNEL,
  giveBack,
  type HeldRow,
  heldRows,
  nextLater,
  strays,
} from './sql/due.ts';
import { createTargetQueue, type TargetQueue } from './target-queue.ts';

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
  /** How heavy a record is, in bytes, so that a group of outcomes does not fill the memory. (Default: 0) */
  weigh?(record: Record): number;
}

const notes = notesOf('deliveries');
const LEASE = 15_000;
const STOP_DEADLINE = 30_000;
/** How long stop() waits for an absent database, to store outcomes. */
const LAST_PATIENCE = 10_000;
/** The safety net under lost notifications; so many targets are looked at each time. */
const POLL_EVERY = 1_000;
const POLLED = 1_000;
/** Each so many of those looks at a target begin at the beginning of its lane. */
const LOOKS_AGAIN = 10;
/** Items claimed by one statement at most, and of one target in it. */
const MOST_CLAIMED = 1_024;
const MOST_OF_TARGET = 64;
const AWAY_PAUSE = 500;
const LONGEST_SLEEP = 60_000;
/** Later attempts whose times lie closer together than this are claimed together. Milliseconds. */
const LEAST_SLEEP = 10;
/** Items held here of all targets together, about; and outcomes that may wait to be stored: beyond that nothing begins. */
const MOST_HELD = 32_768;
const MOST_UNSTORED = 4_096;
const MOST_UNSTORED_BYTES = 64 * 1024 * 1024;
/** Targets looked through at once, and how often the engine looks for what lies at targets that are gone. */
const LOOKED_THROUGH = 500;
const STRAYS_EVERY = 60_000;
/** Targets of others that a hub has heard of. */
const MOST_STRANGERS = 100_000;
/** While draining: how often what has become free is let go. Milliseconds. */
const LET_GO_EVERY = 100;
/** The longest that a transaction may take which stores what was promised room. Milliseconds. */
const LONGEST_PROMISE = 120_000;

export function createDeliveryEngine<Record>(options: DeliveryOptions<Record>): DeliveryEngine {
  const { database, hubId } = options;
  const engine = ENGINES[options.engine];
  const lease = options.lease ?? LEASE;
  const ownership = createOwnership({ database, engine, hubId, lease });
  const slots = createSlots(options.slots);
  const queues = new Map<number, TargetQueue>();
  const health: HealthBook = createHealthBook();
  const settler = createSettler<Record>({
    database,
    engine,
    hubId,
    record: options.record,
    weigh: options.weigh ?? (() => 0),
    health: () => health.toStore(ownership.now()),
    healthLost: (targets) => health.notStored(targets),
    givesUp: () => gaveUp,
  });
  const abort = new AbortController();
  /** Targets with something claimed that may begin; those that only an end or a timer can help are not in it. */
  const ready = new Set<TargetQueue>();
  /** Those that lack a slot of the hub in this lane; they come first when there is one. */
  const short: readonly [Set<TargetQueue>, Set<TargetQueue>] = [new Set(), new Set()];
  /** All queues in a fixed order, to take turns by; undefined when it is to be made anew. */
  let rotation: TargetQueue[] | undefined;
  /** Targets of which something was heard and that were not ours when we looked. */
  const strangers = new Set<number>();
  /** Ids that were given back although somebody here may still come with them. */
  const givenUp = new Set<number>();
  /** What is held in the name of this hub, by id: from the claim until it is stored or given back. */
  const hand = new Map<number, TargetQueue>();
  let unstoredNow = 0;
  let unstoredBytes = 0;
  let straysAt = Number.NEGATIVE_INFINITY;
  const idle = new Set<() => void>();
  /** Targets that promised room to items which are being stored. */
  const promised = new Set<TargetQueue>();
  let promisedAt = 0;
  /** Outcomes that the database refused; they are offered again. */
  let unstored: [TargetQueue, Settled<Record>][] = [];
  let claiming: Promise<void> | undefined;
  let claimWanted = false;
  let stopping = false;
  let gaveUp = false;
  let polledTo = 0;
  let unlisten: (() => void) | undefined;
  let tending: Promise<void> = Promise.resolve();
  let claimTimer: NodeJS.Timeout | undefined;
  let claimTimerAt = Number.POSITIVE_INFINITY;
  let awayTimer: NodeJS.Timeout | undefined;
  let claimedTo = 0;
  let poll: NodeJS.Timeout | undefined;
  const sleeping = new Map<TargetQueue, NodeJS.Timeout>();

  const allQueues = (): readonly TargetQueue[] => {
    rotation ??= [...queues.values()];
    return rotation;
  };

  const policyOf = (queue: TargetQueue): Policy | undefined => {
    const policy = options.policy(queue.target);
    return policy === undefined || policy.held ? undefined : policy;
  };

  const hold = (queue: TargetQueue, id: number): void => {
    if (hand.has(id)) return;
    hand.set(id, queue);
    queue.inHand += 1;
  };
  const release = (id: number): void => {
    const queue = hand.get(id);
    if (queue) queue.inHand -= 1;
    hand.delete(id);
  };

  /** Whose turn it is: those that lacked a slot, then the others, each at the end of its line once it had its turn. */
  const nextReady = (): TargetQueue | undefined => {
    for (const lane of [0, 1] as const) {
      if (!slots.has(lane)) continue;
      for (const queue of short[lane]) {
        short[lane].delete(queue);
        return queue;
      }
    }
    for (const queue of ready) {
      ready.delete(queue);
      return queue;
    }
    return undefined;
  };

  /** Begins whatever may begin: one item of each target in turn, so that none waits for the many of another. */
  const begin = (): void => {
    while (!stopping && ownership.alive && unstoredNow < MOST_UNSTORED && unstoredBytes < MOST_UNSTORED_BYTES) {
      if (!slots.has(0) && !slots.has(1)) return;
      const queue = nextReady();
      if (!queue) return;
      const policy = policyOf(queue);
      if (!policy) {
        // What is held back shall not look as if it were being sent.
        if (queue.held > 0) void returnAll(queue);
        continue;
      }
      const item = queue.next(policy, ownership.now(), slots.has);
      if (item === undefined) continue;
      if (item === 'slot') {
        for (const lane of [0, 1] as const) if (queue.waits(lane)) short[lane].add(queue);
        continue;
      }
      if (typeof item === 'number') {
        sleep(queue, item);
        continue;
      }
      ready.add(queue);
      slots.take(item.lane);
      void run(queue, item);
    }
  };

  /** Brings a target back when its rate or its breaker allows an attempt again. */
  const sleep = (queue: TargetQueue, milliseconds: number): void => {
    if (sleeping.has(queue)) return;
    const timer = setTimeout(
      () => {
        sleeping.delete(queue);
        if (queue.held > 0) ready.add(queue);
        claimWanted = true;
        turn();
      },
      Math.min(milliseconds, LONGEST_SLEEP),
    );
    sleeping.set(queue, timer);
  };

  const settle = (queue: TargetQueue, settled: Settled<Record>): Promise<void> => {
    const bytes = settled.outcome ? (options.weigh?.(settled.outcome.record) ?? 0) : 0;
    unstoredNow += 1;
    unstoredBytes += bytes;
    const stored = (): void => {
      unstoredNow -= 1;
      unstoredBytes -= bytes;
      release(settled.item.id);
      turn();
    };
    return settler.submit(settled).then(
      () => {
        stored();
        if (settled.again !== undefined) wakeAt(queue, performance.now() + settled.again - ownership.now());
        else if (options.policy(queue.target)?.ordering === 'strict') {
          // What waited for this one may go.
          queue.free(settled.item.key);
          claimWanted = true;
          turn();
        }
      },
      (error: unknown) => {
        notes.error('the outcome of an attempt could not be stored; trying again', { target: settled.item.target }, error);
        unstoredNow -= 1;
        unstoredBytes -= bytes;
        unstored.push([queue, settled]);
      },
    );
  };

  const run = async (queue: TargetQueue, item: DueItem): Promise<void> => {
    const begunAt = ownership.now();
    let outcome: Outcome<Record> | undefined;
    try {
      outcome = await options.attempt(item, abort.signal);
    } catch (error) {
      notes.error('an attempt failed on our side', { target: item.target, delivery: item.id }, error);
    }
    const endedAt = Math.max(ownership.now(), begunAt);
    slots.give(item.lane);
    queue.ended(item);
    const opened = queue.breaker.observe(endedAt, outcome?.health ?? 'unknown');
    health.observe(item.target, endedAt, outcome, queue.breaker, opened);
    const policy = options.policy(item.target);
    if (opened && policy?.breaker === 'hold' && queue.breaker.state === 'open') void returnAll(queue);
    if (queue.held > 0) ready.add(queue);
    for (const waiting of idle) waiting();
    void settle(queue, decide({ item, outcome, policy, begunAt, endedAt, holder: hubId, lost: false }));
    if (queue.dirty || queue.laterAt !== undefined) claimWanted = true;
    turn();
  };

  /** Claims while there is something to claim and room for it; one statement at a time, so that it grows with the load. */
  const claim = async (): Promise<void> => {
    while (claimWanted && !stopping && ownership.alive) {
      claimWanted = false;
      const now = performance.now();
      const firsts: [TargetQueue, number, Policy][] = [];
      const laters: [TargetQueue, number][] = [];
      let asked = 0;
      const all = allQueues();
      const most = Math.max(2, Math.floor(MOST_HELD / Math.max(1, all.length)));
      for (let n = 0; n < all.length; n += 1) {
        // Whoever was left out for too many others comes first the next time.
        claimedTo = (claimedTo + 1) % all.length;
        const queue = all[claimedTo] as TargetQueue;
        const isDue = queue.laterAt !== undefined && queue.laterAt <= now;
        if (!queue.dirty && !isDue) continue;
        const policy = policyOf(queue);
        if (!policy || (policy.breaker === 'hold' && queue.breaker.until !== undefined && ownership.now() < queue.breaker.until)) continue;
        if (asked >= MOST_CLAIMED) {
          claimWanted = true;
          break;
        }
        const first = queue.dirty ? Math.min(queue.room(0, policy, most), MOST_OF_TARGET) : 0;
        const later = isDue ? Math.min(queue.room(1, policy, most), MOST_OF_TARGET) : 0;
        if (first > 0) {
          queue.dirty = false;
          firsts.push([queue, first, policy]);
        }
        if (later > 0) {
          queue.laterAt = undefined;
          laters.push([queue, later]);
        }
        asked += first + later;
      }
      if (firsts.length + laters.length === 0) break;
      const asking = new Set([...firsts, ...laters].map(([queue]) => queue));
      for (const queue of asking) queue.busy = true;
      for (const [queue] of firsts) queue.asking = true;
      try {
        await claimInTurn(firsts, laters);
      } catch (error) {
        for (const [queue, , { ordering }] of firsts) {
          queue.dirty = true;
          // Which keys were free was told to the database and is not known any more.
          if (ordering === 'strict') queue.rewind(0);
        }
        for (const [queue] of laters) queue.laterAt = 0;
        // Nobody knows whether the database did it and only its answer was lost.
        for (const queue of asking) queue.lookedAt = Number.NEGATIVE_INFINITY;
        if (!isDatabaseAway(error)) notes.error('due deliveries could not be claimed; trying again', { engine: options.engine }, error);
        claimWanted = false;
        clearTimeout(awayTimer);
        awayTimer = setTimeout(() => wake([]), AWAY_PAUSE);
        break;
      } finally {
        for (const queue of asking) queue.busy = false;
        for (const [queue, , policy] of firsts) {
          queue.asking = false;
          take(queue, queue.delayed.splice(0), policy);
        }
      }
      begin();
    }
  };

  const claimInTurn = async (firsts: [TargetQueue, number, Policy][], laters: [TargetQueue, number][]): Promise<void> => {
    const strict = firsts.filter(([, , policy]) => policy.ordering === 'strict');
    const plain = firsts.filter(([, , policy]) => policy.ordering !== 'strict');
    const asked = new Map(firsts.map(([queue]) => [queue, { handed: queue.handed, rewinds: queue.rewinds }] as const));
    let looked: ReadonlyMap<number, { to: number; more: boolean }> = new Map();
    const crowds = plain.flatMap(([queue]) => queue.crowded().map((key) => [queue.target, key] as const));
    const rows = await Promise.all([
      plain.length === 0
        ? []
        : claimFirst(
            database.queue,
            engine,
            hubId,
            plain.map(([queue]) => queue.target),
            plain.map(([queue]) => queue.place),
            plain.map(([, n]) => n),
            crowds.map(([target]) => target),
            crowds.map(([, key]) => key),
          ),
      strict.length === 0
        ? []
        : claimStrict(
            database.queue,
            engine,
            hubId,
            strict.map(([queue, room, { maxHold }]) => ({
              target: queue.target,
              place: queue.place,
              freed: queue.takeFreed(),
              room,
              maxHold,
            })),
          ).then((claimed) => {
            looked = claimed.looked;
            return claimed.rows;
          }),
      laters.length === 0
        ? []
        : claimLater(
            database.queue,
            engine,
            hubId,
            laters.map(([queue]) => queue.target),
            laters.map(([, n]) => n),
          ),
    ]);
    const [plainItems, strictItems, laterItems] = rows.map(byTarget) as [Items, Items, Items];
    for (const [queue, n, policy] of firsts) {
      const items = (policy.ordering === 'strict' ? strictItems : plainItems).get(queue.target) ?? [];
      const { handed, rewinds } = asked.get(queue) ?? { handed: 0, rewinds: -1 };
      const window = looked.get(queue.target);
      // Whoever found less than asked has seen everything that was committed when it asked.
      if (window ? window.more : items.length >= n) queue.dirty = true;
      if (window?.more) claimWanted = true;
      const seen = items.at(-1)?.id ?? 0;
      queue.advance(window ? window.to : items.length >= n ? seen : Math.max(seen, handed), rewinds);
      const delayed = queue.delayed.splice(0);
      take(queue, delayed.length === 0 ? items : [...items, ...delayed].sort((a, b) => a.id - b.id), policy);
    }
    for (const [queue, n] of laters) {
      const items = laterItems.get(queue.target) ?? [];
      if (items.length >= n) queue.laterAt = 0;
      take(queue, items, policyOf(queue));
    }
    const ended = laters.flatMap(([queue, n]) => ((laterItems.get(queue.target)?.length ?? 0) < n ? [queue] : []));
    if (ended.length > 0) await lookLater(ended);
  };

  const take = (queue: TargetQueue, items: DueItem[], policy: Policy | undefined): void => {
    if (items.length === 0) return;
    for (const { id } of items) hold(queue, id);
    if (policy && queues.get(queue.target) === queue && !queue.leaving) {
      queue.push(items, policy);
      ready.add(queue);
      return;
    }
    for (const item of items) if (item.lane === 0) queue.rewind(item.id - 1);
    queue.dirty = true;
    void handBack(queue, items);
  };

  const lookLater = async (wanted: readonly TargetQueue[]): Promise<void> => {
    const rows = await nextLater(
      database.queue,
      engine,
      wanted.map(({ target }) => target),
    );
    for (const { target, after } of rows) {
      const queue = queues.get(target);
      if (queue) wakeAt(queue, performance.now() + after);
    }
  };

  /** A later attempt of the target is due then, in milliseconds of the process's clock. */
  const wakeAt = (queue: TargetQueue, at: number): void => {
    queue.laterAt = Math.min(queue.laterAt ?? Number.POSITIVE_INFINITY, at);
    if (at >= claimTimerAt || stopping) return;
    clearTimeout(claimTimer);
    claimTimerAt = at;
    claimTimer = setTimeout(
      () => {
        claimTimerAt = Number.POSITIVE_INFINITY;
        let next = Number.POSITIVE_INFINITY;
        const now = performance.now();
        let soonest: TargetQueue | undefined;
        for (const queue of queues.values()) {
          if (queue.laterAt === undefined || queue.laterAt <= now || queue.laterAt >= next) continue;
          next = queue.laterAt;
          soonest = queue;
        }
        if (soonest) wakeAt(soonest, next);
        claimWanted = true;
        turn();
      },
      Math.min(Math.max(at - performance.now(), LEAST_SLEEP), LONGEST_SLEEP),
    );
  };

  const giveBackItems = async (items: readonly DueItem[]): Promise<void> => {
    let left = items;
    // A row that somebody changed while we waited for it is out of sight of the first statement.
    for (let turns = 0; turns < 2 && left.length > 0; turns += 1) {
      const rows = await giveBack(
        database.queue,
        engine,
        hubId,
        left.map(({ target }) => target),
        left.map(({ lane }) => lane),
        left.map(({ id }) => id),
        left.map(({ number }) => number),
      );
      const done = new Set(rows.map(({ id }) => id));
      left = left.filter(({ id }) => !done.has(id));
    }
  };

  const handBack = async (queue: TargetQueue, items: readonly DueItem[]): Promise<void> => {
    if (items.length === 0) return;
    try {
      await giveBackItems(items);
    } catch (error) {
      // They are held in our name and by nobody here: whoever looks the target through finds them.
      queue.lookedAt = Number.NEGATIVE_INFINITY;
      notes.warn('claimed deliveries could not be given back yet', { deliveries: items.length }, error);
    }
    for (const { id } of items) release(id);
    // Claims that were made meanwhile have passed them by.
    for (const { id, lane } of items) if (lane === 0) queue.rewind(id - 1);
    queue.laterAt = 0;
  };

  /** Gives back what has not begun; it will be claimed again. */
  const returnAll = async (queue: TargetQueue): Promise<void> => {
    const items = queue.drain();
    ready.delete(queue);
    await handBack(queue, items);
    queue.dirty = true;
    queue.laterAt = 0;
    claimWanted = true;
    turn();
  };

  const offer = (target: number): number | undefined => {
    const queue = queues.get(target);
    const policy = queue && policyOf(queue);
    if (!queue || !policy || stopping || !ownership.alive || !queue.offers(policy)) return undefined;
    if (policy.breaker === 'hold' && queue.breaker.state === 'open') return undefined;
    queue.promised += 1;
    promised.add(queue);
    promisedAt = performance.now();
    return Math.max(queue.place, queue.handed);
  };

  const accept = (items: readonly DueItem[], declined: readonly number[]): void => {
    for (const queue of promised) queue.promised = 0;
    promised.clear();
    for (const item of items) {
      // The target was looked through before the answer to the commit came, and the item was taken for lost.
      if (givenUp.delete(item.id)) continue;
      const queue = queues.get(item.target);
      const policy = queue && policyOf(queue);
      if (queue) hold(queue, item.id);
      if (!queue || !policy || queue.leaving || stopping) {
        // Without a queue of ours the target's next owner finds it.
        if (queue) void handBack(queue, [item]);
        continue;
      }
      queue.handed = Math.max(queue.handed, item.id);
      if (queue.asking) {
        queue.delayed.push(item);
        continue;
      }
      queue.push([item], policy);
      ready.add(queue);
    }
    for (const target of declined) {
      const queue = queues.get(target);
      if (queue) queue.dirty = true;
    }
    if (declined.length > 0) claimWanted = true;
    turn();
  };

  const turn = (): void => {
    begin();
    // Without a lease nothing is claimed; the next one brings the turn back.
    if (!claimWanted || claiming || stopping || !ownership.alive) return;
    claiming = claim().finally(() => {
      claiming = undefined;
      if (claimWanted) turn();
    });
  };

  const wake = (targets?: readonly number[]): void => {
    if (stopping) return;
    const woken = targets ? targets.map((target) => queues.get(target)) : [...queues.values()];
    for (const queue of woken) {
      if (!queue) continue;
      queue.dirty = true;
      queue.laterAt = 0;
      if (queue.held > 0) ready.add(queue);
    }
    // A target that nobody owns yet is nobody's to wake; those of other hubs are asked for only once.
    const fresh = targets?.filter((target) => !queues.has(target) && !strangers.has(target)) ?? [];
    if (fresh.length > 0) {
      if (strangers.size > MOST_STRANGERS) strangers.clear();
      for (const target of fresh) strangers.add(target);
      void tend();
    }
    claimWanted = true;
    turn();
  };

  /** Looks after lease and ownership. */
  const tendOnce = async (): Promise<void> => {
    const { owned, surplus } = await ownership.tend();
    const present = new Set(owned.map(({ target }) => target));
    for (const [target, queue] of queues) {
      if (present.has(target)) continue;
      // Somebody else has it now; what was claimed is his to settle.
      queue.leaving = true;
      for (const { id } of queue.drain()) release(id);
      forget(queue);
    }
    const fresh = owned.filter(({ target }) => !queues.has(target));
    if (fresh.length > 0) await adopt(fresh.map(({ target }) => target));
    for (const { target, until, step } of fresh) {
      queues.set(target, createTargetQueue(target, until === null ? undefined : { until, step }));
      rotation = undefined;
      strangers.delete(target);
      claimWanted = true;
    }
    await lookThrough();
    await shed(surplus);
    const refused = unstored;
    unstored = [];
    for (const [queue, settled] of refused) void settle(queue, settled);
    turn();
    if (performance.now() - straysAt > STRAYS_EVERY) {
      straysAt = performance.now();
      await endStrays();
    }
  };

  const forget = (queue: TargetQueue): void => {
    for (const set of [ready, ...short, promised]) set.delete(queue);
    if (queues.get(queue.target) === queue) queues.delete(queue.target);
    rotation = undefined;
    health.forget(queue.target);
  };

  /** Settles what former owners had under way: those of new targets, or what was found later. */
  const adopt = async (targets: readonly number[]): Promise<void> => {
    const rows = await heldRows(database.queue, engine, targets);
    await adoptRows(rows.filter(({ holder }) => holder !== hubId));
  };

  const adoptRows = async (rows: readonly HeldRow[]): Promise<void> => {
    if (rows.length === 0) return;
    notes.warn('attempts of a hub that has died are made again', { attempts: rows.length });
    options.tookOver?.(rows.length);
    const ends = await Promise.allSettled(
      rows.map((row) => {
        const item = itemOf(row);
        const about = { item, outcome: undefined, policy: options.policy(item.target), begunAt: row.begun, endedAt: ownership.now() };
        return settler.submit(decide<Record>({ ...about, holder: row.holder, lost: true }));
      }),
    );
    const [failed] = ends.filter((end) => end.status === 'rejected');
    if (failed) notes.error('attempts of a hub that has died could not be settled; looking again later', {}, failed.reason);
  };

  /** Gives targets up that other hubs should have: those with nothing to do first. */
  const shed = async (surplus: number): Promise<void> => {
    const leaving = allQueues().filter((queue) => queue.leaving).length;
    if (surplus > leaving) {
      const candidates = allQueues()
        .filter((queue) => !queue.leaving)
        .sort((a, b) => a.inHand - b.inHand);
      for (const queue of candidates.slice(0, surplus - leaving)) {
        queue.leaving = true;
        await returnAll(queue);
      }
    }
    await letGo();
  };

  /** Gives up targets that are to leave, once nothing of theirs is held, on its way here, or on its way into the database. */
  const letGo = async (): Promise<void> => {
    // A transaction that takes longer than this has failed, and nobody will come with its items.
    const mayForget = performance.now() - promisedAt > LONGEST_PROMISE;
    const free = allQueues().filter((queue) => queue.leaving && queue.inHand === 0 && !queue.busy && (queue.promised === 0 || mayForget));
    if (free.length === 0) return;
    for (const queue of free) queue.busy = true;
    try {
      await ownership.release(free.map(({ target }) => target));
    } finally {
      for (const queue of free) queue.busy = false;
    }
    for (const queue of free) forget(queue);
  };

  /** Looks through everything that is held of some targets, in turn: what nobody has in hand comes back, what the dead held is settled. */
  const lookThrough = async (): Promise<void> => {
    const before = performance.now() - 2 * lease;
    const looked = allQueues()
      .filter(({ lookedAt, busy, leaving }) => lookedAt < before && !busy && !leaving)
      .slice(0, LOOKED_THROUGH);
    if (looked.length === 0) return;
    // Nothing is claimed of them meanwhile: it would look like lost.
    for (const queue of looked) queue.busy = true;
    try {
      const rows = await heldRows(
        database.queue,
        engine,
        looked.map(({ target }) => target),
      );
      await adoptRows(rows.filter(({ holder }) => holder !== hubId));
      const lost = rows.filter(({ holder, id }) => holder === hubId && !hand.has(id));
      if (lost.length > 0) {
        notes.warn('deliveries that were claimed without our hearing of it are due again', { deliveries: lost.length });
        for (const { id } of lost) givenUp.add(id);
        await giveBackItems(lost.map(itemOf));
      }
      for (const queue of looked) {
        queue.lookedAt = performance.now();
        queue.rewind(0);
        queue.laterAt = 0;
      }
    } finally {
      for (const queue of looked) queue.busy = false;
      claimWanted = true;
    }
  };

  /** Ends what came for a target while it was being removed, and what dead hubs held of it. */
  const endStrays = async (): Promise<void> => {
    const found = (await strays(database.queue, engine)).map(({ target }) => target);
    if (found.length === 0) return;
    await adoptRows(await abandonedRows(database.queue, engine, found));
    for (const target of found) {
      await database.queueTransaction((tx) => cancelDeliveries(tx, options.engine, target, undefined, 'canceled', 'target_removed'));
    }
  };

  let again: NodeJS.Timeout | undefined;
  /** A round of tending that has not begun: whoever asks for one joins it. */
  let nextTending: Promise<void> | undefined;
  const tend = (): Promise<void> => {
    if (nextTending) return nextTending;
    clearTimeout(again);
    nextTending = tending.then(async () => {
      nextTending = undefined;
      if (stopping) return;
      try {
        await tendOnce();
      } catch (error) {
        if (!isDatabaseAway(error)) notes.error('the targets of deliveries could not be looked after', { engine: options.engine }, error);
      }
      clearTimeout(again);
      if (!stopping) again = setTimeout(() => void tend(), Math.min(lease / 5, 2_000)).unref();
    });
    tending = nextTending;
    return tending;
  };

  const pollOnce = (): void => {
    const all = allQueues();
    for (let n = 0; n < Math.min(POLLED, all.length); n += 1) {
      polledTo = (polledTo + 1) % all.length;
      const queue = all[polledTo] as TargetQueue;
      queue.dirty = true;
      // What another hub gave back late may lie before the place.
      queue.looks += 1;
      if (queue.looks % LOOKS_AGAIN === 0) queue.rewind(0);
      if (queue.held > 0) ready.add(queue);
      if (queue.laterAt === undefined) queue.laterAt = 0;
    }
    claimWanted = all.length > 0;
    turn();
  };

  return {
    get underWay() {
      return slots.taken;
    },
    get claimed() {
      let sum = 0;
      for (const queue of queues.values()) sum += queue.held;
      return sum;
    },
    wake,
    handOver: { hubId, offer, accept },
    async start() {
      unlisten = database.listener.subscribe(DELIVERY_CHANNEL, {
        notify(payload) {
          const [name, named = '', what] = payload.split(':');
          if (Number(name) !== engine) return;
          const targets = named === '' ? undefined : named.split(',').map(Number);
          if (what === GIVE_BACK) for (const queue of (targets ?? []).flatMap((target) => queues.get(target) ?? [])) void returnAll(queue);
          else wake(targets);
        },
        resync: () => void tend().then(() => wake()),
      });
      poll = setInterval(pollOnce, POLL_EVERY).unref();
      await tend();
    },
    async stop() {
      stopping = true;
      clearInterval(poll);
      clearTimeout(again);
      clearTimeout(claimTimer);
      for (const timer of sleeping.values()) clearTimeout(timer);
      clearTimeout(awayTimer);
      unlisten?.();
      await tending;
      await claiming;
      // The others share the targets out without us, and get each as soon as nothing of it is under way here.
      await quietly(() => ownership.withdraw());
      const renewing = setInterval(() => void quietly(() => ownership.renew()), lease / 5);
      await Promise.all(
        allQueues().map((queue) => {
          queue.leaving = true;
          return returnAll(queue);
        }),
      );
      let letting = Promise.resolve();
      const letItGo = (): void => {
        letting = letting.then(() => quietly(letGo));
      };
      letItGo();
      const lettingGo = setInterval(letItGo, LET_GO_EVERY);
      await untilIdle(
        () => slots.taken === 0,
        idle,
        options.stopDeadline ?? STOP_DEADLINE,
        () => abort.abort(),
      );
      const patience = setTimeout(() => {
        gaveUp = true;
      }, LAST_PATIENCE);
      await settler.stop();
      clearTimeout(patience);
      clearInterval(renewing);
      clearInterval(lettingGo);
      await letting;
      await quietly(async () => {
        await ownership.release([...queues.keys()]);
        await ownership.leave();
      });
    },
  };
}

/** What a hub does at its end is done for it by its lease, when the database does not let it. */
async function quietly(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    notes.warn('the targets of deliveries stay in the name of this hub until its lease runs out', {}, error);
  }
}

type Items = Map<number, DueItem[]>;

const itemOf = (row: ClaimedRow): DueItem => ({
  target: row.target,
  id: row.id,
  lane: row.lane,
  key: row.key,
  type: row.type,
  ref: row.ref,
  extra: row.extra,
  number: row.tries,
  known: row.known,
  spent: row.spent,
  createdAt: row.created,
  dueAt: row.due,
  begunAt: row.now,
});

/** Rows by their targets, each in order: that of ids in lane 0, of due times in lane 1. */
function byTarget(rows: readonly ClaimedRow[]): Items {
  const items: Items = new Map();
  for (const row of rows) {
    const list = items.get(row.target);
    if (list) list.push(itemOf(row));
    else items.set(row.target, [itemOf(row)]);
  }
  for (const list of items.values()) list.sort((a, b) => (a.lane === 0 ? a.id - b.id : a.dueAt - b.dueAt || a.id - b.id));
  return items;
}

/** Resolves when `done`, asked at every end of an attempt; after the deadline it calls `late` and waits a little longer. */
async function untilIdle(done: () => boolean, ends: Set<() => void>, deadline: number, late: () => void): Promise<void> {
  if (done()) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (done()) resolve();
  };
  ends.add(look);
  const first = setTimeout(late, deadline);
  const last = setTimeout(resolve, deadline + 2_000);
  await promise;
  clearTimeout(first);
  clearTimeout(last);
  ends.delete(look);
}
