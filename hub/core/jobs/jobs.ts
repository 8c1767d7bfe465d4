import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../errors.ts';
import { type Notes, notesOf } from '../telemetry/channels.ts';
import { tryLockJob } from './sql/lock.ts';

/**
 * What is done by the clock, by one hub at a time. A module hands in its table of jobs; this room plans, locks, runs and tells of failures.
 *
 * States of a job: waiting -> running -> waiting ...; stop() -> stopped, after the run under way. Of several hubs on one database one runs a
 * job at a time; the others pass over that turn. A run that fails is told and tried again. Runs of one job never overlap on one hub.
 */
export interface Jobs {
  stop(): Promise<void>;
}

/** One line of the table. All times are in milliseconds. */
export interface Job {
  readonly name: string;
  /** Number of its lock among the locks of the module; undefined: it locks what it works at by itself, and every hub runs it. */
  readonly lock: number | undefined;
  /** From the end of a run to the next one. */
  readonly every: number;
  /** From the start to the first run. */
  readonly firstAfter: number;
  /** From the end of a failed run to the next one. (Default: `every`) */
  readonly retryAfter?: number;
  /** @returns what was done, for the log; undefined when there was nothing to do. A long run ends early once `isStopped()`. */
  run(now: Temporal.Instant, isStopped: () => boolean): Promise<Readonly<Record<string, unknown>> | undefined>;
}

export interface JobsOptions {
  /** Who tells of them in the log, e.g. `tickets.maintenance`. */
  readonly from: string;
  /** Tells the locks of these jobs from other advisory locks of two numbers: a number of its own for each module, 32 bits with a sign. */
  readonly locks: number;
  readonly jobs: readonly Job[];
  /** The time of day. (Default: the database's under a lock, so that hubs agree whatever their own clocks say; without a lock the hub's) */
  readonly clock?: (() => Temporal.Instant) | undefined;
  /** Milliseconds between two runs of each job, in place of its own; for tests. */
  readonly every?: number | undefined;
}

/** The same failure of a job is told again after this, so that a job of every second does not flood the log. Milliseconds. */
const QUIET = 60_000;

/** Tells that a job failed: as a warning when only the database is away; as debug what was told a moment ago. */
function createTellFailure(notes: Notes): (job: Job, error: unknown, afterMs: number) => void {
  const told = new Map<Job, { readonly what: string; readonly at: number }>();
  return (job, error, afterMs) => {
    const text = `${job.name} failed; it is tried again`;
    const what = String(error);
    const before = told.get(job);
    const at = performance.now();
    if (before?.what === what && at - before.at < QUIET) {
      notes.debug(text, { afterMs });
      return;
    }
    told.set(job, { what, at });
    if (isDatabaseAway(error)) notes.warn(text, { afterMs }, error);
    else notes.error(text, { afterMs }, error);
  };
}

/** Plans the jobs, each first after its `firstAfter`. Never throws: what a run throws is told in the log. */
export function startJobs(database: Database, { from, locks, jobs, clock, every }: JobsOptions): Jobs {
  const notes = notesOf(from);
  const tellFailure = createTellFailure(notes);
  let stopped = false;
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const runJob = async (job: Job, now: Temporal.Instant): Promise<void> => {
    const done = await job.run(clock?.() ?? now, () => stopped);
    if (done) notes.info(`${job.name} done`, done);
  };

  // The lock lives in a transaction that does nothing else: it holds no snapshot and no transaction id, so neither vacuum nor the readers of
  // events wait for it.
  const runAlone = (job: Job, lock: number): Promise<void> =>
    database.transaction(async (tx) => {
      const [row] = await tryLockJob(tx, locks, lock);
      if (row?.locked === true) await runJob(job, row.now);
      else notes.debug(`${job.name} is under way on another hub`);
    });

  const plan = (job: Job, after: number): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      let next = every ?? job.every;
      const run = (job.lock === undefined ? runJob(job, Temporal.Now.instant()) : runAlone(job, job.lock))
        .catch((error: unknown) => {
          next = every ?? job.retryAfter ?? job.every;
          tellFailure(job, error, next);
        })
        .then(() => {
          running.delete(run);
          plan(job, next);
        });
      running.add(run);
    }, after);
    timers.add(timer);
  };

  for (const job of jobs) plan(job, job.firstAfter);
  return {
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
