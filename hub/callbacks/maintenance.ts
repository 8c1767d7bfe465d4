import type { Configuration } from '../config.ts';
import type { Database } from '../core/database/database.ts';
import type { EventStore } from '../core/events/subscribe.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { type Job, type Jobs, startJobs } from '../core/jobs/jobs.ts';
import { ERASURE_EVENTS, erasePersons, noteErasures } from './erase-person.ts';
import { expireLog } from './expire-log.ts';
import { runResendJobs } from './run-resend-jobs.ts';
import type { TickSource } from './ticks.ts';
import { endHolding, warnEndpoints, warnWaiting } from './warn-endpoints.ts';

export interface MaintenanceOptions {
  readonly database: Database;
  readonly events: Pick<EventStore, 'subscribe'>;
  readonly secretKey: SecretKey;
  readonly ticks: TickSource;
  readonly settings: Pick<Configuration['callbacks'], 'warnFailingMinutes' | 'warnWaitingSeconds'>;
}

/** Tells the locks of these jobs from those of other modules. */
const LOCKS = 7_403_915;
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
function jobsOf({ database, secretKey, ticks, settings }: MaintenanceOptions): Job[] {
  let lateTold = Number.NEGATIVE_INFINITY;
  return [
    {
      name: 'resend jobs',
      lock: undefined,
      every: SECOND,
      firstAfter: SECOND,
      async run(_now, isStopped) {
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
      run: async (_now, isStopped) => some({ ...(await expireLog(database, isStopped)), endpoints: await endHolding(database) }),
    },
  ];
}

/**
 * Starts what the hub does by the clock for callbacks: resend jobs, health and warnings, erasure, retention. Until stop() (states:
 * core/jobs/jobs.ts). A run that fails is told and tried again at its next turn.
 */
export async function startMaintenance(options: MaintenanceOptions): Promise<Jobs> {
  await options.events.subscribe('callbacks.erasure', ERASURE_EVENTS, noteErasures);
  return startJobs(options.database, { from: 'callbacks.maintenance', locks: LOCKS, jobs: jobsOf(options) });
}
