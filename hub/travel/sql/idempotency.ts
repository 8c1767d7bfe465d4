import { statement } from '../../core/database/statement.ts';

/**
 * Takes a key: answers its row, which is ours until the commit, or none when the key is taken. A call with the same key that is under way is
 * waited for. Keys older than 24 hours are free again; each call sweeps some of them away.
 */
export const takeKey = statement<{ taken: boolean }>(
  'travel.takeKey',
  `WITH swept AS (
     DELETE FROM travel_idempotency WHERE (login, key) IN (
       SELECT login, key FROM travel_idempotency WHERE created_at < now() - interval '24 hours' AND NOT (login = $1 AND key = $2)
       ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED))
   INSERT INTO travel_idempotency AS k (login, key, fingerprint) VALUES ($1, $2, $3)
   ON CONFLICT (login, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = NULL, location = NULL, answer = NULL, created_at = now()
     WHERE k.created_at < now() - interval '24 hours'
   RETURNING true AS taken`,
);

/** `same`: the fingerprint is that of the first call. `status` is null while a job is under way, 410 when the answer was erased. */
export const answerOfKey = statement<{ same: boolean; status: number | null; location: string | null; answer: string | null }>(
  'travel.answerOfKey',
  'SELECT fingerprint = $3 AS same, status, location, answer::text AS answer FROM travel_idempotency WHERE login = $1 AND key = $2',
);

export const storeAnswer = statement(
  'travel.storeAnswer',
  'UPDATE travel_idempotency SET status = $3, location = $4, answer = $5::json WHERE login = $1 AND key = $2',
);

/** A job that failed leaves its key free. */
export const freeKey = statement('travel.freeKey', 'DELETE FROM travel_idempotency WHERE login = $1 AND key = $2');
