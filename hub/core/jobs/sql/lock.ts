import { statement } from '../../database/statement.ts';

/**
 * Takes the lock of a job until the end of the transaction, unless another hub has it; tells the time of the database. The transaction waits for
 * the job, so the limit on idle ones is raised: an hour, after which the lock of a hub that vanished with its machine is free again.
 * Parameters: the number that tells the locks of one module from other advisory locks of two numbers; the number of the job in it.
 */
export const tryLockJob = statement<{ locked: boolean; now: Temporal.Instant }>(
  'jobs.tryLockJob',
  `SELECT pg_try_advisory_xact_lock($1, $2) AS locked, now() AS now, set_config('idle_in_transaction_session_timeout', '1h', true)`,
);
