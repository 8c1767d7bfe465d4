import type { Database } from '../core/database/database.ts';
import { type Job, type Jobs, startJobs } from '../core/jobs/jobs.ts';
import type { HubPorts } from '../core/module.ts';
import { expireOrders } from './expire-orders.ts';
import { numberChanges, sweepChanges } from './number-changes.ts';

/** Tells the locks of these jobs from those of other modules. */
const LOCKS = 7_403_914;
const SECOND = 1_000;

/** @param changesDays how long the feed keeps a change (spec 2.8). */
const jobsOf = (database: Database, changesDays: number): readonly Job[] => [
  {
    name: 'time limits',
    lock: 1,
    every: 10 * SECOND,
    firstAfter: 0,
    run: async () => {
      const handled = await expireOrders(database);
      return handled > 0 ? { orders: handled } : undefined;
    },
  },
  {
    name: 'numbers of the feed',
    lock: 2,
    every: 10 * SECOND,
    firstAfter: 0,
    run: async () => {
      await numberChanges(database);
      return undefined;
    },
  },
  {
    name: 'old changes',
    lock: 3,
    every: 3_600 * SECOND,
    firstAfter: 0,
    run: async (now) => {
      const swept = await sweepChanges(database, now.subtract({ hours: changesDays * 24 }));
      return swept > 0 ? { swept } : undefined;
    },
  },
];

/**
 * Starts what travel does by the clock: time limits of orders every 10 s, numbers of the feed every 10 s (a reader gives them at once), old rows
 * of the feed hourly. One hub at a time, until stop() (states: core/jobs/jobs.ts). @param every milliseconds between two runs of each, for tests.
 */
export const startTimers = ({ database, configuration }: Pick<HubPorts, 'database' | 'configuration'>, every?: number): Jobs =>
  startJobs(database, { from: 'travel.timers', locks: LOCKS, jobs: jobsOf(database, configuration.travel.changesDays), every });
