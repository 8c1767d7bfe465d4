import type { Database } from '../core/database/database.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { type Jobs, startJobs } from '../core/jobs/jobs.ts';
import type { Act } from './act.ts';
import { raiseAlarms } from './engine/raise-alarms.ts';
import { createRunBook } from './engine/run-book.ts';
import { sweepAttempts } from './engine/sweep-attempts.ts';
import { takeOverdueParts } from './engine/take-part.ts';
import { takeReply } from './engine/take-reply.ts';
import { expire } from './expire-runs.ts';
import { samplePace } from './sample-pace.ts';
import type { AlertsSettings } from './settings.ts';
import { databaseNow } from './sql/clock.ts';
import { dropOldParts } from './sql/settle.ts';
import { startScheduled } from './start-scheduled.ts';

export interface MaintenanceOptions {
  readonly database: Database;
  readonly secretKey: SecretKey;
  settings(): AlertsSettings;
  /** Somebody may be ready. */
  wake(): void;
  /** By which tasks start. (Default: the database's, so that hubs agree whatever their own clocks say) */
  readonly clock?: (() => Temporal.Instant) | undefined;
}

const SECOND = 1_000;
const HOUR = 3_600_000;
/** Tells the locks of these jobs from those of other modules. */
const LOCKS = 7_305_2;
const SWEEP = 9;
const PARTS = 10;
const ALARMS = 11;

/** What the alerts do by the clock. */
export function startMaintenance({ database, secretKey, settings, wake, clock }: MaintenanceOptions): Jobs {
  const book = createRunBook();
  return startJobs(database, {
    from: 'alerts.maintenance',
    locks: LOCKS,
    jobs: [
      {
        name: 'starts by the schedule',
        // Its rows are locked one by one, so every hub may run it.
        lock: undefined,
        every: SECOND,
        firstAfter: SECOND,
        async run(_, isStopped) {
          let started = 0;
          const failed = new Map<number, unknown>();
          for (;;) {
            const looked = await database.transaction(async (tx) => {
              const act: Act = { caller: SYSTEM, settings: settings(), secretKey, now: clock?.() ?? (await databaseNow(tx)) };
              return startScheduled(tx, act, failed);
            });
            started += looked;
            if (looked === 0 || isStopped()) break;
          }
          if (started > failed.size) wake();
          const [first] = failed;
          if (first)
            throw new Error(`tasks that could not be started by their schedule: ${[...failed.keys()].join(', ')}`, { cause: first[1] });
          return started === 0 ? undefined : { started };
        },
      },
      {
        name: 'speed of runs',
        lock: 2,
        every: 2 * SECOND,
        firstAfter: 2 * SECOND,
        async run() {
          await samplePace(database);
          return undefined;
        },
      },
      {
        name: 'retention of runs and logs',
        lock: 3,
        every: HOUR,
        firstAfter: HOUR / 60,
        async run(now, isStopped) {
          const gone = await expire(database, settings(), now, isStopped);
          return Object.values(gone).some((count) => count > 0) ? { ...gone } : undefined;
        },
      },
      {
        name: 'attempts that nobody has in hand',
        lock: SWEEP,
        every: 10 * SECOND,
        firstAfter: 10 * SECOND,
        async run() {
          const lostAfter = Math.max(60, 2 * settings().leaseSeconds);
          const swept = await database.transaction((tx) => sweepAttempts(tx, book, lostAfter));
          if (swept.attempts + swept.runs === 0) return undefined;
          wake();
          return swept;
        },
      },
      {
        name: 'parts of long messages that stay alone',
        lock: PARTS,
        every: 5 * SECOND,
        firstAfter: 5 * SECOND,
        async run() {
          const given = await database.transaction(async (tx) => {
            const messages = await takeOverdueParts(tx);
            const { receiptHours: hours, ...plan } = settings();
            for (const message of messages) await takeReply(tx, { book, secretKey, plan, hours }, message);
            return messages.length;
          });
          return given === 0 ? undefined : { given };
        },
      },
      {
        name: 'alarms of channels',
        lock: ALARMS,
        every: 5 * SECOND,
        firstAfter: 5 * SECOND,
        async run() {
          const told = await database.transaction(raiseAlarms);
          return told.failed + told.recovered === 0 ? undefined : told;
        },
      },
      {
        name: 'receipts that never came',
        lock: 1,
        every: HOUR,
        firstAfter: HOUR / 2,
        async run() {
          await dropOldParts(database.work, settings().receiptHours);
          return undefined;
        },
      },
    ],
  });
}
