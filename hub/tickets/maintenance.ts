import type { Configuration } from '../config.ts';
import type { Database } from '../core/database/database.ts';
import { type Job, type Jobs, startJobs } from '../core/jobs/jobs.ts';
import { eraseOldData } from './erase-bodies.ts';
import { expireMessages } from './expire-messages.ts';
import { warnCertificates } from './warn-certificates.ts';
import { warnMailboxes } from './warn-mailboxes.ts';

/** Tells the locks of these jobs from those of other modules. */
const LOCKS = 7_403_913;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What failed is tried again after this. */
const RETRY_AFTER = 5 * MINUTE;

/** The jobs with their intervals, in milliseconds. */
function jobsOf(database: Database, { tickets }: Pick<Configuration, 'tickets'>): Job[] {
  const { keepDays } = tickets;
  return [
    {
      name: 'expiry',
      lock: 1,
      every: HOUR,
      firstAfter: 0,
      retryAfter: RETRY_AFTER,
      run: async (now) => {
        const expired = await expireMessages(database, { now, keepDays });
        return expired.size > 0
          ? { messages: [...expired.values()].reduce((sum, count) => sum + count, 0), clients: expired.size }
          : undefined;
      },
    },
    {
      name: 'mailbox warnings',
      lock: 2,
      every: 10 * MINUTE,
      firstAfter: 10_000,
      retryAfter: RETRY_AFTER,
      run: async (now) => {
        const warned = await warnMailboxes(database, { now, warnAgeDays: tickets.warnAgeDays, warnQueued: tickets.warnQueued });
        return warned > 0 ? { warned } : undefined;
      },
    },
    {
      name: 'certificate warnings',
      lock: 3,
      every: HOUR,
      firstAfter: 15_000,
      retryAfter: RETRY_AFTER,
      run: async (now) => {
        const warned = await warnCertificates(database, { now, thresholds: tickets.expiryWarnDays });
        return warned > 0 ? { warned } : undefined;
      },
    },
    {
      name: 'erasure',
      lock: 4,
      every: 24 * HOUR,
      firstAfter: 5 * MINUTE,
      retryAfter: RETRY_AFTER,
      run: async (now) => {
        const erased = await eraseOldData(database, { now, keepDays });
        return Object.values(erased).some((count) => count > 0) ? { ...erased } : undefined;
      },
    },
  ];
}

export interface MaintenanceOptions {
  readonly database: Database;
  readonly configuration: Pick<Configuration, 'tickets'>;
  /** The time of day. (Default: the database's, which stamped the messages: a hub whose clock runs ahead must not expire or erase anything) */
  readonly clock?: () => Temporal.Instant;
}

/**
 * Starts what the hub does by the clock: expiry hourly, warnings every ten minutes, certificates hourly, erasure daily; each also soon after the
 * start. One hub at a time, until stop() (states: core/jobs/jobs.ts). A run that fails is told and tried again soon.
 */
export const startMaintenance = ({ database, configuration, clock }: MaintenanceOptions): Jobs =>
  startJobs(database, { from: 'tickets.maintenance', locks: LOCKS, jobs: jobsOf(database, configuration), clock });
