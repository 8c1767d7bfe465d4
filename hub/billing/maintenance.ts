import type { Database } from '../core/database/database.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { type Job, type Jobs, startJobs } from '../core/jobs/jobs.ts';
import { accrueDay } from './accrue-day.ts';
import { applyLimitPlans } from './apply-limit-plans.ts';
import { applyScheduledStatuses } from './apply-scheduled-statuses.ts';
import { SCHEDULED_TASKS, type TaskCode } from './scheduled-tasks.ts';
import type { BillingSettings } from './settings.ts';
import { schedulerAct } from './system-act.ts';

/** Tells the locks of these jobs from those of other modules. */
const LOCKS = 7_403_916;
/** Milliseconds. */
const ASKS_EVERY = 10_000;

/** What the jobs of billing stand on. */
export interface MaintenancePorts {
  readonly database: Database;
  readonly settings: BillingSettings;
  readonly secretKey: SecretKey;
}

/**
 * What billing does by the clock. The day of the billing begins at 00:00 of its time zone; a job asks every few seconds what is due, which costs little
 * when nothing is, and finds at once what came due while no hub ran.
 */
function jobsOf({ database, settings, secretKey }: MaintenancePorts): readonly Job[] {
  /** The day up to which this hub has looked at all periods. */
  let looked: Temporal.PlainDate | undefined;
  const runs: Readonly<Record<TaskCode, Job['run']>> = {
    async statuses(now, isStopped) {
      const act = schedulerAct(settings, secretKey, now);
      const applied = await applyScheduledStatuses(database, act, looked ?? null, isStopped);
      if (!isStopped()) looked = act.today;
      return applied > 0 ? { contracts: applied } : undefined;
    },
    async limits(now) {
      const returned = await applyLimitPlans(database, schedulerAct(settings, secretKey, now));
      return returned > 0 ? { contracts: returned } : undefined;
    },
    async fees(now, isStopped) {
      const done = await accrueDay(database, schedulerAct(settings, secretKey, now), isStopped);
      return done && { ...done };
    },
  };
  return (Object.keys(runs) as TaskCode[]).map((code) => {
    const { name, lock } = SCHEDULED_TASKS[code];
    return { name, lock, every: ASKS_EVERY, firstAfter: 0, run: runs[code] };
  });
}

/**
 * Starts what billing does by the clock: statuses that come into force, limits that return, fees of the day. One hub at a time, until stop() (states:
 * core/jobs/jobs.ts). @param every milliseconds between two runs of each, for tests; @param clock the time of day, for tests
 */
export const startMaintenance = (
  ports: MaintenancePorts,
  { every, clock }: { every?: number; clock?: () => Temporal.Instant } = {},
): Jobs => startJobs(ports.database, { from: 'billing.maintenance', locks: LOCKS, jobs: jobsOf(ports), every, clock });
