import type { Configuration } from '../config.ts';
import type { Database } from '../core/database/database.ts';
import { isDatabaseAway } from '../core/errors.ts';
import type { EventStore } from '../core/events/subscribe.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { ERASURE_EVENTS, erasePersons, noteErasures } from './erase-person.ts';
import { expireLog } from './expire-log.ts';
import { runResendJobs } from './run-resend-jobs.ts';
import { tryLockJob } from './sql/jobs.ts';
import type { TickSource } from './ticks.ts';
import { endHolding, warnEndpoints, warnWaiting } from './warn-endpoints.ts';

/**
 * What the hub does by the clock for callbacks: resend jobs, health and warnings, erasure, retention.
 *
 * States of a job: waiting -> running -> waiting ...; stop() -> stopped, after the run under way. Of several hubs on one database one runs a
 * job at a time; the others pass over that turn. A run that fails is told and tried again at its next turn.
 */
export interface Maintenance {
  stop(): Promise<void>;
}

export interface MaintenanceOptions {
  readonly database: Database;
  readonly events: Pick<EventStore, 'subscribe'>;
  readonly secretKey: SecretKey;
  readonly ticks: TickSource;
  readonly settings: Pick<Configuration['callbacks'], 'warnFailingMinutes' | 'warnWaitingSeconds'>;
}

interface Job {
  readonly name: string;
  /** Number of its lock among the advisory locks of the module; undefined: it locks what it works at by itself. */
  readonly lock: number | undefined;
  readonly every: number;
  readonly firstAfter: number;
  run(now: Temporal.Instant): Promise<Readonly<Record<string, unknown>> | undefined>;
}

const notes = notesOf('callbacks.maintenance');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How long steps of resend jobs are taken before others have their turn. Milliseconds. */
const RESEND_TURN = 900;
/** The same delay is told of again after this. Milliseconds. */
const QUIET = 15 * MINUTE;

const some = <T extends Readonly<Record<string, number>>>(counts: T): T | undefined =>
  Object.values(counts).some((count) => count > 0) ? counts : undefined;

/** The jobs with their intervals, in milliseconds. */
function jobsOf({ database, secretKey, ticks, settings }: MaintenanceOptions, isStopped: () => boolean): Job[] {
  let lateTold = Number.NEGATIVE_INFINITY;
  return [
    {
      name: 'resend jobs',
      lock: undefined,
      every: SECOND,
      firstAfter: SECOND,
      async run() {
        const until = performance.now() + RESEND_TURN;
        while (!isStopped() && performance.now() < until && (await runResendJobs(database, ticks)));
        return undefined;
      },
    },
    {
      name: 'health of endpoints',
      lock: undefined,
      every: 5 * SECOND,
      firstAfter: 2 * SECOND,
      run: async () => some({ told: await warnEndpoints(database, settings.warnFailingMinutes) }),
    },
    {
      name: 'erasure of persons',
      lock: 1,
      every: 10 * SECOND,
      firstAfter: 3 * SECOND,
      run: async () => some({ attempts: await erasePersons(database, secretKey) }),
    },
    {
      name: 'warning of late deliveries',
      lock: 2,
      every: 15 * SECOND,
      firstAfter: 30 * SECOND,
      async run() {
        if (performance.now() - lateTold < QUIET) return undefined;
        const seconds = await warnWaiting(database, settings.warnWaitingSeconds);
        if (seconds !== undefined) lateTold = performance.now();
        return seconds === undefined ? undefined : { seconds };
      },
    },
    {
      name: 'retention of the log',
      lock: 3,
      every: HOUR,
      firstAfter: MINUTE,
      run: async () => some({ ...(await expireLog(database, isStopped)), endpoints: await endHolding(database) }),
    },
  ];
}

/**
 * Runs a job unless another hub is at it. The lock lives in a transaction that does nothing else: it holds no snapshot and no transaction
 * id, so neither vacuum nor the readers of events wait for it.
 */
async function runAlone(database: Database, job: Job): Promise<void> {
  const told = (done: Readonly<Record<string, unknown>> | undefined): void => {
    if (done) notes.info(`${job.name}: done`, done);
  };
  const { lock } = job;
  if (lock === undefined) {
    told(await job.run(Temporal.Now.instant()));
    return;
  }
  await database.transaction(async (tx) => {
    const [row] = await tryLockJob(tx, lock);
    if (row?.locked === true) told(await job.run(row.now));
  });
}

export async function startMaintenance(options: MaintenanceOptions): Promise<Maintenance> {
  const { database } = options;
  let stopped = false;
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const plan = (job: Job, after: number): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const run = runAlone(database, job)
        .catch((error: unknown) => {
          if (isDatabaseAway(error)) notes.debug(`${job.name}: the database is away`);
          else notes.error(`${job.name}: failed; it is tried again`, { afterMs: job.every }, error);
        })
        .then(() => {
          running.delete(run);
          plan(job, job.every);
        });
      running.add(run);
    }, after);
    timers.add(timer);
  };

  await options.events.subscribe('callbacks.erasure', ERASURE_EVENTS, noteErasures);
  for (const job of jobsOf(options, () => stopped)) plan(job, job.firstAfter);
  return {
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
