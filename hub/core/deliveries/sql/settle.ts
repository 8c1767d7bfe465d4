import { statement } from '../../database/statement.ts';

/**
 * Stores what came of attempts, one array a column: `$2` the holders, targets, lanes, ids, numbers, states (null: it goes on), when it goes
 * on (milliseconds since 1970), whether the outcome is known and counts, outcome, status, code, due, begun and ended (milliseconds), facts.
 * An item that somebody else holds by now is left alone; only its attempt is written down.
 */
export const settleAttempts = statement<{ target: number; id: number }>(
  'deliveries.settle',
  `WITH s AS (
     SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::smallint[], $5::bigint[], $6::smallint[], $7::text[], $8::float8[], $9::bool[], $10::bool[],
       $11::text[], $12::smallint[], $13::text[], $14::float8[], $15::float8[], $16::float8[], $17::json[])
       AS s (holder, target, lane, id, number, state, again, known, counts, outcome, status, code, due, begun, ended, facts)),
   gone AS (
     DELETE FROM delivery_due d USING s
     WHERE d.engine = $1 AND d.target = s.target AND d.lane = s.lane AND d.id = s.id AND d.holder = s.holder AND (s.state IS NOT NULL OR d.canceled)
     RETURNING d.target, d.id, d.key, d.type, d.ref, d.extra, COALESCE(s.state, 'canceled') AS state, d.tries, s.status, s.code, d.created_at, s.ended),
   later AS (
     UPDATE delivery_due d SET lane = 1, due_at = to_timestamp(s.again / 1000), holder = NULL, known = d.known + s.known::int, spent = d.spent + s.counts::int
     FROM s
     WHERE d.engine = $1 AND d.target = s.target AND d.lane = s.lane AND d.id = s.id AND d.holder = s.holder AND s.state IS NULL AND NOT d.canceled),
   log AS (
     INSERT INTO delivery_attempt (engine, delivery, number, target, lane, due_at, begun_at, ended_at, outcome, status, code, hub, facts)
     SELECT $1, id, number, target, lane, to_timestamp(due / 1000), to_timestamp(begun / 1000), to_timestamp(ended / 1000), outcome, status, code, holder, facts FROM s
     ON CONFLICT (engine, delivery, number) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome, status = excluded.status,
       code = excluded.code, facts = excluded.facts
     WHERE delivery_attempt.outcome = 'unknown')
   INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, status, code, created_at, ended_at)
   SELECT $1, id, target, key, type, ref, extra, state, tries, status, code, created_at, to_timestamp(ended / 1000) FROM gone
   RETURNING target, id`,
);

/** How targets fare, for those who look: one array a column. Null in `succeeded` keeps it. */
export const storeHealth = statement(
  'deliveries.storeHealth',
  `UPDATE delivery_target t SET succeeded_at = COALESCE(to_timestamp(h.succeeded / 1000), t.succeeded_at),
     failing_since = to_timestamp(h.failing / 1000), failures = h.failures, last_code = h.code,
     breaker = h.breaker, breaker_until = to_timestamp(h.until / 1000), breaker_step = h.step
   FROM unnest($3::bigint[], $4::float8[], $5::float8[], $6::bigint[], $7::text[], $8::text[], $9::float8[], $10::smallint[])
     AS h (target, succeeded, failing, failures, code, breaker, until, step)
   WHERE t.engine = $1 AND t.target = h.target AND t.owner = $2`,
);

/** Ends waiting items of a target, or one of them, that nobody has under way; the others are marked and end with their attempt. `$3` null: all. */
export const cancelDue = statement<{ id: number; ended: boolean }>(
  'deliveries.cancel',
  `WITH gone AS (
     DELETE FROM delivery_due d WHERE d.engine = $1 AND d.target = $2 AND ($3::bigint[] IS NULL OR d.id = ANY ($3)) AND d.holder IS NULL
     RETURNING d.*),
   marked AS (
     UPDATE delivery_due d SET canceled = true
     WHERE d.engine = $1 AND d.target = $2 AND ($3::bigint[] IS NULL OR d.id = ANY ($3)) AND d.holder IS NOT NULL RETURNING d.id),
   stored AS (
     INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, code, created_at, ended_at)
     SELECT $1, id, target, key, type, ref, extra, $4, tries, $5, created_at, now() FROM gone)
   SELECT id, true AS ended FROM gone UNION ALL SELECT id, false FROM marked`,
);
