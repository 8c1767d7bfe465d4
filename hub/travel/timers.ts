import type { Database } from '../core/database/database.ts';
import { isDatabaseAway } from '../core/errors.ts';
import type { HubPorts } from '../core/module.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { expireOrders } from './expire-orders.ts';
import { numberChanges, sweepChanges } from './number-changes.ts';
import { tryLockJob } from './sql/jobs.ts';

/**
 * What travel does by the clock: time limits of orders every 10 s, numbers of the feed every 10 s (a reader gives them at once), old rows of the
 * feed hourly.
 *
 * States of a job: waiting -> running -> waiting ...; stop() -> stopped, after the run under way. Of several hubs on one database one runs a
 * job at a time; the others pass over that turn.
 */
export interface Timers {
  stop(): Promise<void>;
}

interface Job {
  readonly name: string;
  /** Number of its lock among the advisory locks of the module. */
  readonly lock: number;
  /** Milliseconds. */
  readonly every: number;
  run(now: Temporal.Instant): Promise<Readonly<Record<string, unknown>> | undefined>;
}

const notes = notesOf('travel.timers');
const SECOND = 1_000;

/** @param changesDays how long the feed keeps a change (spec 2.8). */
const jobsOf = (database: Database, changesDays: number): readonly Job[] => [
  {
    name: 'time limits',
    lock: 1,
    every: 10 * SECOND,
    run: async () => {
      const handled = await expireOrders(database);
      return handled > 0 ? { orders: handled } : undefined;
    },
  },
  {
    name: 'numbers of the feed',
    lock: 2,
    every: 10 * SECOND,
    run: async () => {
      await numberChanges(database);
      return undefined;
    },
  },
  {
    name: 'old changes',
    lock: 3,
    every: 3_600 * SECOND,
    run: async (now) => {
      const swept = await sweepChanges(database, now.subtract({ hours: changesDays * 24 }));
      return swept > 0 ? { swept } : undefined;
    },
  },
];

/** Runs a job unless another hub is at it. The lock lives in a transaction that does nothing else, so nobody waits for it. */
async function runAlone(database: Database, job: Job): Promise<void> {
  await database.transaction(async (tx) => {
    const [row] = await tryLockJob(tx, job.lock);
    if (row?.locked !== true) return;
    const done = await job.run(row.now);
    if (done) notes.info(`${job.name} done`, done);
  });
}

/** Starts the jobs. @param every milliseconds between two runs of each, for tests. */
export function startTimers({ database, configuration }: Pick<HubPorts, 'database' | 'configuration'>, every?: number): Timers {
  let stopped = false;
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const plan = (job: Job, after: number): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const run = runAlone(database, job)
        .catch((error: unknown) => {
          if (isDatabaseAway(error)) notes.warn(`${job.name} failed; it is tried again`, {}, error);
          else notes.error(`${job.name} failed; it is tried again`, {}, error);
        })
        .then(() => {
          running.delete(run);
          plan(job, every ?? job.every);
        });
      running.add(run);
    }, after);
    timers.add(timer);
  };

  for (const job of jobsOf(database, configuration.travel.changesDays)) plan(job, 0);
  return {
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
