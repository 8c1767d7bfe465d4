import type { Database } from '../../core/database/database.ts';
import { type Jobs, startJobs } from '../../core/jobs/jobs.ts';
import { type JournalKeep, sweepCalls } from '../sweep-calls.ts';

/** Tells the lock of this job from those of other modules. */
const LOCKS = 7_403_917;
const MINUTE = 60_000;

/** Keeps the journal of calls within its bounds, until stop(); also when nothing is noted any more (states: core/jobs/jobs.ts). */
export const startJournalCare = (database: Database, kept: JournalKeep): Jobs =>
  startJobs(database, {
    from: 'billing.journal',
    locks: LOCKS,
    jobs: [
      {
        name: 'old calls of the journal',
        lock: 1,
        every: MINUTE,
        firstAfter: MINUTE,
        run: async (now) => {
          const calls = await sweepCalls(database, kept, now);
          return calls > 0 ? { calls } : undefined;
        },
      },
    ],
  });
