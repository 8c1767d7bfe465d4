import type { Configuration } from '../config.ts';
import type { Database } from '../core/database/database.ts';
import { isDatabaseAway } from '../core/errors.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { eraseOldData } from './erase-bodies.ts';
import { expireMessages } from './expire-messages.ts';
import { tryLockJob } from './sql/jobs.ts';
import { warnCertificates } from './warn-certificates.ts';
import { warnMailboxes } from './warn-mailboxes.ts';

/**
 * What the hub does by the clock: expiry hourly, warnings every ten minutes, certificates hourly, erasure daily; each also soon after the start.
 *
 * States of a job: waiting -> running -> waiting ...; stop() -> stopped, after the run under way. Of several hubs on one database one runs a
 * job at a time; the others pass over that turn. A run that fails is told and tried again soon.
 */
export interface Maintenance {
  stop(): Promise<void>;
}

interface Job {
  readonly name: string;
  /** Number of its lock among the advisory locks of the module. */
  readonly lock: number;
  readonly every: number;
  readonly firstAfter: number;
  run(now: Temporal.Instant): Promise<Readonly<Record<string, unknown>> | undefined>;
}

const notes = notesOf('tickets.maintenance');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
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
      run: async (now) => {
        const erased = await eraseOldData(database, { now, keepDays });
        return Object.values(erased).some((count) => count > 0) ? { ...erased } : undefined;
      },
    },
  ];
}

/**
 * Runs a job unless another hub is at it. The lock lives in a transaction that does nothing else: it holds no snapshot and no transaction
 * id, so neither vacuum nor the readers of events wait for it.
 */
async function runAlone(database: Database, job: Job, clock: (() => Temporal.Instant) | undefined): Promise<void> {
  await database.transaction(async (tx) => {
    const [row] = await tryLockJob(tx, job.lock);
    if (row?.locked !== true) {
      notes.debug(`${job.name} is under way on another hub`);
      return;
    }
    const done = await job.run(clock?.() ?? row.now);
    if (done) notes.info(`${job.name} done`, done);
  });
}

export interface MaintenanceOptions {
  readonly database: Database;
  readonly configuration: Pick<Configuration, 'tickets'>;
  /** The time of day. (Default: the database's, which stamped the messages: a hub whose clock runs ahead must not expire or erase anything) */
  readonly clock?: () => Temporal.Instant;
}

/** Starts the jobs. */
export function startMaintenance({ database, configuration, clock }: MaintenanceOptions): Maintenance {
  let stopped = false;
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const plan = (job: Job, after: number): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      let next = job.every;
      const run = runAlone(database, job, clock)
        .catch((error: unknown) => {
          next = Math.min(job.every, RETRY_AFTER);
          const again = `${job.name} failed; it is tried again in ${Math.round(next / MINUTE)} minutes`;
          if (isDatabaseAway(error)) notes.warn(again, {}, error);
          else notes.error(again, {}, error);
        })
        .then(() => {
          running.delete(run);
          plan(job, next);
        });
      running.add(run);
    }, after);
    timers.add(timer);
  };

  for (const job of jobsOf(database, configuration)) plan(job, job.firstAfter);
  return {
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
