import { statement } from '../database/statement.ts';

/**
 * The keys of one module's calls, in its table `<module>_idempotency (login, key, fingerprint bytea, status int, location text, answer json,
 * created_at)` with the primary key `(login, key)` and an index by age.
 */
export const idempotencyKeys = (module: string) => {
  const table = `${module}_idempotency`;
  return {
    /**
     * Takes a key: answers its row, which is ours until the commit, or none when the key is taken. A call with the same key that is under way is
     * waited for. Keys older than 24 hours are free again; each call sweeps some of them away.
     */
    take: statement<{ taken: boolean }>(
      `${module}.takeKey`,
      `WITH swept AS (
         DELETE FROM ${table} WHERE (login, key) IN (
           SELECT login, key FROM ${table} WHERE created_at < now() - interval '24 hours' AND NOT (login = $1 AND key = $2)
           ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED))
       INSERT INTO ${table} AS k (login, key, fingerprint) VALUES ($1, $2, $3)
       ON CONFLICT (login, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = NULL, location = NULL, answer = NULL, created_at = now()
         WHERE k.created_at < now() - interval '24 hours'
       RETURNING true AS taken`,
    ),
    /** `same`: the fingerprint is that of the first call. `status` is null while a job is under way, 410 when the answer was erased. */
    answerOf: statement<{ same: boolean; status: number | null; location: string | null; answer: string | null }>(
      `${module}.answerOfKey`,
      `SELECT fingerprint = $3 AS same, status, location, answer::text AS answer FROM ${table} WHERE login = $1 AND key = $2`,
    ),
    store: statement(
      `${module}.storeAnswer`,
      `UPDATE ${table} SET status = $3, location = $4, answer = $5::json WHERE login = $1 AND key = $2`,
    ),
    /** A job that failed leaves its key free. */
    free: statement(`${module}.freeKey`, `DELETE FROM ${table} WHERE login = $1 AND key = $2`),
  };
};
export type IdempotencyKeys = ReturnType<typeof idempotencyKeys>;
