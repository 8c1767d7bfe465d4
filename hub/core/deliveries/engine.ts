import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { isDatabaseAway } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { ENGINES, type EngineName } from './enqueue.ts';
import { createHealthBook, type HealthBook } from './health-book.ts';
import type { DueItem, EndState, Outcome } from './outcome.ts';
import { createOwnership } from './ownership.ts';
import type { Policy } from './policy.ts';
import { createSettler, type Settled } from './settle.ts';
import { createSlots } from './slots.ts';
import { type ClaimedRow, claimFirst, claimFirstStrict, claimLater, DELIVERY_CHANNEL, giveBack, nextLater, orphans } from './sql/due.ts';
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
 *   claimed -> given back: the target is held, has another owner, or the hub stops
 *   under way -> orphaned: the hub died; the target's next owner settles it with outcome `unknown`, and it is due at once. Such an attempt counts
 *     only when another one has had a known outcome, so a crash costs no attempt, and no crash makes more of them than the policy allows.
 *
 * The engine is made -> start(): alive, owning its part of the targets -> stop(): nothing is claimed, what is under way ends (30 s), what
 * has not begun is given back, the targets are free -> stopped.
 */
export interface DeliveryEngine {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** There is something due for the targets (none named: for any), or their policy has changed. Other hubs hear it from the database. */
  wake(targets?: readonly number[]): void;
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
/** Items claimed by one statement at most, and of one target in it. */
const MOST_CLAIMED = 1_024;
const MOST_OF_TARGET = 64;
const AWAY_PAUSE = 500;
const LONGEST_SLEEP = 60_000;
/** What an attempt that failed on our side waits at least. Milliseconds. */
const OWN_FAULT_PAUSE = 5_000;

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
    givesUp: () => gaveUp,
  });
  const abort = new AbortController();
  /** Targets with something claimed that may begin; those that only an end or a timer can help are not in it. */
  const ready = new Set<TargetQueue>();
  const idle = new Set<() => void>();
  /** Outcomes that the database refused; they are offered again. */
  let unstored: [TargetQueue | undefined, Settled<Record>][] = [];
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

  const policyOf = (queue: TargetQueue): Policy | undefined => {
    const policy = options.policy(queue.target);
    return policy === undefined || policy.held ? undefined : policy;
  };

  /** Begins whatever may begin: one item of each target in turn, so that none waits for the many of another. */
  const begin = (): void => {
    if (stopping || !ownership.alive) return;
    // A target that goes to the end of the set while it is walked through comes up again.
    for (const queue of ready) {
      if (!slots.has(0) && !slots.has(1)) return;
      const policy = policyOf(queue);
      const item = policy && queue.next(policy, ownership.now(), slots.has);
      if (item === 'slot') continue;
      ready.delete(queue);
      if (item === undefined) continue;
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

  const settle = (queue: TargetQueue | undefined, settled: Settled<Record>): Promise<void> =>
    settler.submit(settled).then(
      () => {
        if (!queue) return;
        if (settled.again !== undefined) wakeAt(queue, performance.now() + settled.again - ownership.now());
        else if (options.policy(queue.target)?.ordering === 'strict') {
          // What waited for this one may go.
          queue.dirty = true;
          claimWanted = true;
          turn();
        }
      },
      (error: unknown) => {
        notes.error(
          'the outcome of an attempt could not be stored; the attempt will be made again',
          { target: settled.item.target },
          error,
        );
      },
    );

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
    void settle(queue, decide(item, outcome, policy, begunAt, endedAt, hubId));
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
      const all = [...queues.values()];
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
        const first = queue.dirty ? Math.min(queue.room(0, policy), MOST_OF_TARGET) : 0;
        const later = isDue ? Math.min(queue.room(1, policy), MOST_OF_TARGET) : 0;
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
      try {
        await claimInTurn(firsts, laters);
      } catch (error) {
        for (const [queue] of firsts) queue.dirty = true;
        for (const [queue] of laters) queue.laterAt = 0;
        if (!isDatabaseAway(error)) notes.error('due deliveries could not be claimed; trying again', { engine: options.engine }, error);
        claimWanted = false;
        awayTimer = setTimeout(() => wake([]), AWAY_PAUSE);
        break;
      }
      begin();
    }
  };

  const claimInTurn = async (firsts: [TargetQueue, number, Policy][], laters: [TargetQueue, number][]): Promise<void> => {
    const strict = firsts.filter(([, , policy]) => policy.ordering === 'strict');
    const plain = firsts.filter(([, , policy]) => policy.ordering !== 'strict');
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
        : claimFirstStrict(
            database.queue,
            engine,
            hubId,
            strict.map(([queue]) => queue.target),
            strict.map(([, n]) => n),
            strict.map(([, , policy]) => policy.maxHold),
          ),
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
      if (items.length >= n) queue.dirty = true;
      take(queue, items, policy);
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
    if (policy && queues.get(queue.target) === queue && !queue.leaving) {
      queue.push(items, policy);
      ready.add(queue);
      return;
    }
    for (const item of items) if (item.lane === 0) queue.place = Math.min(queue.place, item.id - 1);
    queue.dirty = true;
    void handBack(items);
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
        for (const { laterAt } of queues.values()) if (laterAt !== undefined && laterAt > now) next = Math.min(next, laterAt);
        const [soonest] = [...queues.values()].filter(({ laterAt }) => laterAt === next);
        if (soonest) wakeAt(soonest, next);
        claimWanted = true;
        turn();
      },
      Math.min(Math.max(at - performance.now(), 0), 60_000),
    );
  };

  const handBack = async (items: readonly DueItem[]): Promise<void> => {
    if (items.length === 0) return;
    try {
      await giveBack(
        database.queue,
        engine,
        hubId,
        items.map(({ target }) => target),
        items.map(({ lane }) => lane),
        items.map(({ id }) => id),
      );
    } catch (error) {
      // They are held in our name: the next owner of the target finds them.
      notes.warn('claimed deliveries could not be given back', { deliveries: items.length }, error);
    }
  };

  /** Gives back what has not begun; it will be claimed again. */
  const returnAll = async (queue: TargetQueue): Promise<void> => {
    const items = queue.drain();
    ready.delete(queue);
    await handBack(items);
    queue.dirty = true;
    queue.laterAt = 0;
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
    // A target that nobody owns yet is nobody's to wake.
    if (targets?.some((target) => !queues.has(target))) void tend();
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
      queue.drain();
      ready.delete(queue);
      queues.delete(target);
      health.forget(target);
    }
    const fresh = owned.filter(({ target }) => !queues.has(target));
    if (fresh.length > 0) await adopt(fresh.map(({ target }) => target));
    for (const { target, until, step } of fresh) {
      queues.set(target, createTargetQueue(target, until === null ? undefined : { until, step }));
      claimWanted = true;
    }
    await shed(surplus);
    const refused = unstored;
    unstored = [];
    for (const [queue, settled] of refused) void settle(queue, settled);
    turn();
  };

  /** Settles what former owners had under way. */
  const adopt = async (targets: readonly number[]): Promise<void> => {
    const rows = await orphans(database.queue, engine, hubId, targets);
    if (rows.length > 0) notes.warn('attempts of a hub that has died are made again', { attempts: rows.length });
    await Promise.all(
      rows.map((row) => {
        const item = itemOf(row);
        return settler.submit(decide(item, undefined, options.policy(item.target), row.begun, ownership.now(), row.holder));
      }),
    );
  };

  /** Gives targets up that other hubs should have: those with nothing to do first. */
  const shed = async (surplus: number): Promise<void> => {
    const leaving = [...queues.values()].filter((queue) => queue.leaving).length;
    const candidates = [...queues.values()].filter((queue) => !queue.leaving).sort((a, b) => a.underWay + a.held - b.underWay - b.held);
    for (const queue of candidates.slice(0, Math.max(0, surplus - leaving))) {
      queue.leaving = true;
      await returnAll(queue);
    }
    const free = [...queues.values()].filter((queue) => queue.leaving && queue.underWay === 0);
    // Outcomes that are being stored are stored in our name.
    if (free.length > 0 && settler.waiting > 0) return;
    await ownership.release(free.map(({ target }) => target));
    for (const { target } of free) {
      queues.delete(target);
      health.forget(target);
    }
  };

  let again: NodeJS.Timeout | undefined;
  const tend = (): Promise<void> => {
    clearTimeout(again);
    tending = tending.then(async () => {
      if (stopping) return;
      try {
        await tendOnce();
      } catch (error) {
        if (!isDatabaseAway(error)) notes.error('the targets of deliveries could not be looked after', { engine: options.engine }, error);
      }
      clearTimeout(again);
      if (!stopping) again = setTimeout(() => void tend(), Math.min(lease / 5, 2_000)).unref();
    });
    return tending;
  };

  const pollOnce = (): void => {
    const all = [...queues.values()];
    for (let n = 0; n < Math.min(POLLED, all.length); n += 1) {
      polledTo = (polledTo + 1) % all.length;
      const queue = all[polledTo] as TargetQueue;
      queue.dirty = true;
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
    async start() {
      unlisten = database.listener.subscribe(DELIVERY_CHANNEL, {
        notify(payload) {
          const [name, targets = ''] = payload.split(':');
          if (Number(name) === engine) wake(targets === '' ? undefined : targets.split(',').map(Number));
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
      await handBack([...queues.values()].flatMap((queue) => queue.drain()));
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
      try {
        await ownership.release([...queues.keys()]);
        await ownership.leave();
      } catch (error) {
        notes.warn('the targets of deliveries stay in the name of this hub until its lease runs out', {}, error);
      }
    },
  };
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

/** What follows from an attempt; without an outcome nobody knows whether it arrived. */
function decide<Record>(
  item: DueItem,
  outcome: Outcome<Record> | undefined,
  policy: Policy | undefined,
  begunAt: number,
  endedAt: number,
  holder: string,
): Settled<Record> {
  const settled = { item, begunAt, endedAt, outcome, holder };
  if (outcome && outcome.result !== 'again') return { ...settled, state: outcome.result, again: undefined, counts: true };
  const counts = outcome ? outcome.spends !== false : item.known > 0;
  const spent = item.spent + (counts ? 1 : 0);
  const soonest = endedAt + (outcome?.notBefore ?? 0);
  if (!counts) return { ...settled, state: undefined, again: outcome ? Math.max(soonest, endedAt + OWN_FAULT_PAUSE) : endedAt, counts };
  const next = policy?.next({ spent, dueAt: item.dueAt, begunAt, endedAt });
  // Without a policy the target is not known here; whoever knows it decides with the next attempt.
  if (next === undefined && policy) return { ...settled, state: 'failed' satisfies EndState, again: undefined, counts };
  return { ...settled, state: undefined, again: Math.max(next ?? 0, soonest), counts };
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
