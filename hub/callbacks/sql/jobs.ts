import { statement } from '../../core/database/statement.ts';

/** Tells these locks from other advisory locks of two numbers. */
const JOBS = 7_403_915;

/**
 * Takes the lock of a job until the end of the transaction, unless another hub has it; tells the time of the database. The transaction waits
 * for the job, so the limit on idle ones is raised: an hour, after which the lock of a hub that vanished with its machine is free again.
 */
export const tryLockJob = statement<{ locked: boolean; now: Temporal.Instant }>(
  'callbacks.tryLockJob',
  `SELECT pg_try_advisory_xact_lock(${JOBS}, $1) AS locked, now() AS now, set_config('idle_in_transaction_session_timeout', '1h', true)`,
);
