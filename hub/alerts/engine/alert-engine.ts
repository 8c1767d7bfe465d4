import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { createDeliveryEngine } from '../../core/deliveries/engine.ts';
import { isDatabaseAway } from '../../core/errors.ts';
import type { EventStore } from '../../core/events/subscribe.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { ChannelKinds } from '../channels/channel-kind.ts';
import { licenceAgainst } from '../licence.ts';
import type { RunRow } from '../run.ts';
import type { AlertsSettings } from '../settings.ts';
import { databaseNow } from '../sql/clock.ts';
import { promoteLater } from '../sql/feed.ts';
import { activeRuns } from '../sql/runs.ts';
import { attemptsUnderWay } from '../sql/sweep.ts';
import { attemptTarget } from './attempt-target.ts';
import { type ChannelGroups, startChannelGroups } from './channel-groups.ts';
import { endRuns } from './end-runs.ts';
import { expireWaits } from './expire-waits.ts';
import { type Fed, feedRuns, type Room } from './feed-runs.ts';
import { hearMessages } from './hear-messages.ts';
import { type ConfirmUrlOf, createMessageContent } from './message-content.ts';
import { createPace } from './pace.ts';
import { createPreparedAttempts } from './prepared-attempts.ts';
import { createReceiptBook } from './receipt-book.ts';
import { createRunBook, type RunBook } from './run-book.ts';
import { type AttemptRecord, settleAttempts } from './settle-attempts.ts';
import { takeBounce } from './take-bounce.ts';

/**
 * Carries runs out: takes up who is ready, makes the attempts, stores what came of them, ends what is over.
 *
 * started -> (a run starts, a channel is free, a target's time has come: targets are taken up; what comes of their attempts is stored) -> stop(): nothing is taken up,
 * attempts under way end, channels are closed -> stopped. Everything that counts is in the database: another hub goes on where this one was killed.
 */
export interface AlertEngine {
  readonly groups: ChannelGroups;
  /** Attempts under way here. */
  readonly underWay: number;
  /** Attempts that were written down here and have not begun. */
  readonly prepared: number;
  /** What runs are like. */
  readonly book: RunBook;
  /** Somebody may be ready: looks at once. */
  wake(): void;
  /** Something of these runs ended by what somebody told: they may be over. */
  ended(runs: ReadonlySet<number>): void;
  stop(): Promise<void>;
}

export interface AlertEngineOptions {
  readonly database: Database;
  readonly events: EventStore;
  readonly secretKey: SecretKey;
  readonly hubId: string;
  readonly kinds: ChannelKinds;
  /** As they are now. */
  settings(): Pick<AlertsSettings, 'licence' | 'zone' | 'slots' | 'leaseSeconds' | 'personGap' | 'receiptHours' | 'country' | 'trunk'>;
  readonly confirmUrlOf: ConfirmUrlOf;
}

const notes = notesOf('alerts.engine');
/** Between two looks for targets whose time has come, and for runs that are over. Milliseconds. */
const LOOK_EVERY = 1_000;
/** Targets that become ready, or whose waits end, in one transaction. */
const MOST_PROMOTED = 2_000;
const MOST_EXPIRED = 500;
/** How long attempts under way may still take when the hub stops. Milliseconds. */
const STOP_DEADLINE = 15_000;
/** Between two counts of what is under way. Milliseconds. */
const COUNT_EVERY = 10_000;
/** Outcomes are stored one group after the other, which are twice as large as two at once. They are not waited for long, as what is not stored is in doubt after a crash. Milliseconds. */
const GROUPS = { atOnce: 1, gather: { quiet: 2, longest: 8 } };
/** What a commit takes, about. Milliseconds. */
const COMMIT = 30;
/** Between two looks for runs that are over. Milliseconds. */
const END_EVERY = 200;
const NOTHING: Fed = { prepared: [], shared: 0, taken: new Map(), dry: new Set(), touched: new Set(), handOver: () => undefined };

export async function startAlertEngine(options: AlertEngineOptions): Promise<AlertEngine> {
  const { database, events, secretKey, settings } = options;
  const book = createRunBook();
  const prepared = createPreparedAttempts();
  const pace = createPace();
  let active = new Map<number, RunRow>();
  let stopped = false;
  /** A feeding was asked for since the last one began. */
  let wanted = false;
  let feeding: Promise<void> | undefined;
  const stoppedMeanwhile = new Set<number>();
  let turn = 0;
  /** Groups for which nothing was ready when it was looked for last: room alone is no reason to look again. */
  let dry: ReadonlySet<number> = new Set();
  /** Grows whenever somebody may have become ready. */
  let news = 0;
  let countedAt = performance.now();
  let endsWanted = false;
  let endsLookedAt = Number.NEGATIVE_INFINITY;

  const wake = (): void => {
    wanted = true;
    feeding ??= feedAll().finally(() => {
      feeding = undefined;
    });
  };
  const somebodyReady = (): void => {
    dry = new Set();
    news += 1;
    wake();
  };
  const receipts = createReceiptBook({ database, book, touched: (runs) => endSoon(runs) });
  const endSoon = (runs: ReadonlySet<number>): void => {
    if (runs.size === 0) return;
    endsWanted = true;
    wake();
  };
  const hear = async (take: (tx: Transaction) => Promise<ReadonlySet<number>>): Promise<void> => {
    endSoon(await database.transaction(take));
  };
  const groups = await startChannelGroups({
    ...options,
    news: {
      receipt: (group, receipt) => receipts.take(group, receipt),
      incoming: hearMessages({
        database,
        reply: () => ({ book, secretKey, plan: settings(), hours: settings().receiptHours }),
        touched: (runs) => endSoon(runs),
      }),
      bounced: (_, bounce) => hear((tx) => takeBounce(tx, book, bounce)),
      roomier: () => wake(),
    },
  });
  const engine = createDeliveryEngine<AttemptRecord>({
    engine: 'alerts',
    database,
    hubId: options.hubId,
    slots: settings().slots,
    lease: settings().leaseSeconds * 1_000,
    stopDeadline: STOP_DEADLINE,
    groups: GROUPS,
    policy(target) {
      const group = groups.byId(target);
      // Without a driver its attempts are made all the same, and come to nothing: so the targets can go to other groups.
      return {
        held: false,
        capacity: Math.max(1, group?.driver.capacity() ?? 1),
        rate: undefined,
        ordering: 'none',
        maxHold: 0,
        breaker: 'observe',
        next: () => undefined,
      };
    },
    attempt: attemptTarget({
      db: database.work,
      book,
      groups,
      take: prepared.take,
      activeMask: (run) => active.get(run)?.channels,
      contentOf: createMessageContent(options.confirmUrlOf),
    }),
    record: settleAttempts({
      book,
      settled(runs, targets) {
        pace.ended(targets);
        wake();
        // They are over with the commit that follows.
        if (runs.size > 0) setTimeout(() => endSoon(runs), COMMIT).unref();
      },
    }),
    adopted: (target) => {
      groups.adopt(target);
      somebodyReady();
    },
    dropped: (target) => {
      groups.drop(target);
      pace.forget(target);
      prepared.forget(target);
    },
  });

  const rooms = (): Room[] =>
    groups.running().flatMap((group) => {
      if (dry.has(group.id)) return [];
      const room = pace.room(group.id, group.driver.capacity());
      return room > 0 ? [{ group, room }] : [];
    });

  const feedOnce = async (): Promise<number> => {
    const open = rooms();
    if (open.length === 0) return 0;
    turn += 1;
    stoppedMeanwhile.clear();
    const before = news;
    let runs: RunRow[] = [];
    const fed = await database.queueTransaction(async (tx) => {
      // A licence that has ended lets nothing new begin (specification of alerts 5.8.5).
      runs = (await activeRuns(tx)).filter(({ type }) => licenceAgainst(settings(), type, Temporal.Now.instant()) === undefined);
      if (runs.length === 0) return NOTHING;
      const byClock = runs.some(({ frozen: { windows } }) => windows.length > 0);
      // Windows open by the database's clock, the same for every hub. Without any nobody looks at the time, and a feeding saves the question.
      const now = byClock ? await databaseNow(tx) : Temporal.Now.instant();
      return feedRuns(tx, { handOver: engine.handOver, personGap: settings().personGap, now, turn }, open, runs);
    });
    active = new Map(runs.map((run) => [run.runId, run]));
    book.note(runs);
    // Of those that were stopped while they were read nothing more is begun.
    for (const run of stoppedMeanwhile) active.delete(run);
    if (news === before) dry = dry.union(fed.dry);
    // A group that has gone to another hub meanwhile takes its attempts with it.
    for (const one of fed.prepared) if (groups.byId(one.group)) prepared.keep(one);
    for (const [group, count] of fed.taken) pace.begun(group, count);
    fed.handOver();
    endSoon(fed.touched);
    return fed.prepared.length + fed.shared;
  };

  let endsLater: NodeJS.Timeout | undefined;
  const endsDue = (): void => {
    endsLater = undefined;
    wake();
  };

  const feedAll = async (): Promise<void> => {
    while (wanted && !stopped) {
      wanted = false;
      try {
        if ((await feedOnce()) > 0) wanted = true;
        const early = endsLookedAt + END_EVERY - performance.now();
        if (endsWanted && early > 0) endsLater ??= setTimeout(endsDue, early).unref();
        else if (endsWanted) {
          endsWanted = false;
          endsLookedAt = performance.now();
          await database.transaction(endRuns);
        }
      } catch (error) {
        endsWanted = true;
        if (!isDatabaseAway(error)) notes.error('targets could not be taken up; they are soon', {}, error);
        return;
      }
    }
  };

  const look = async (): Promise<void> => {
    try {
      for (;;) {
        const promoted = await promoteLater(database.queue, MOST_PROMOTED);
        if (promoted.reduce((sum, { count }) => sum + count, 0) < MOST_PROMOTED) break;
      }
      for (;;) {
        const { count, touched } = await database.transaction((tx) => expireWaits(tx, book, MOST_EXPIRED));
        endSoon(touched);
        if (count < MOST_EXPIRED) break;
      }
      if (performance.now() - countedAt > COUNT_EVERY) {
        countedAt = performance.now();
        const ours = groups.running().map(({ id }) => id);
        const counts = new Map((await attemptsUnderWay(database.work, ours)).map(({ group, count }) => [group, count]));
        for (const group of ours) pace.atMost(group, counts.get(group) ?? 0);
      }
      endsWanted = true;
      somebodyReady();
    } catch (error) {
      if (!isDatabaseAway(error)) notes.error('targets whose time has come could not be looked for', {}, error);
    }
  };
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const plan = (): void => {
    timer = setTimeout(() => {
      looking = look().finally(() => {
        if (!stopped) plan();
      });
    }, LOOK_EVERY);
    timer.unref();
  };

  const untail = events.tail({ types: ['vestnik.alerts.run.', 'vestnik.alerts.task.changed'] }, ({ type, data }) => {
    // What is under way of it in this hub's hands goes no further.
    if (type === 'vestnik.alerts.run.stopped' || type === 'vestnik.alerts.run.finished') {
      active.delete(Number(data['run']));
      stoppedMeanwhile.add(Number(data['run']));
    } else stoppedMeanwhile.delete(Number(data['run']));
    somebodyReady();
  });
  await untail.listening;
  await engine.start();
  plan();
  somebodyReady();

  return {
    groups,
    book,
    ended: endSoon,
    get underWay() {
      return engine.underWay;
    },
    get prepared() {
      return prepared.size;
    },
    wake: somebodyReady,
    async stop() {
      stopped = true;
      untail();
      clearTimeout(timer);
      clearTimeout(endsLater);
      await Promise.all([looking, feeding]);
      await engine.stop();
      await groups.stop(STOP_DEADLINE);
      await receipts.stop();
    },
  };
}
