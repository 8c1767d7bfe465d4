import { statement } from '../../database/statement.ts';

/**
 * Those of these items that their holders still hold for the same attempt, by index and under a lock, as places in the table. One array a column.
 * A row that somebody else changes while we wait for it has moved out of sight of this statement: ask again for those that were not answered.
 */
const HELD = (numbers: string): string =>
  `ARRAY (SELECT p.ctid FROM unnest($2::uuid[], $3::bigint[], $4::smallint[], $5::bigint[], ${numbers}::smallint[]) AS t (holder, target, lane, id, number)
     CROSS JOIN LATERAL (
       SELECT q.ctid FROM delivery_due q
       WHERE q.engine = $1 AND q.target = t.target AND q.lane = t.lane AND q.id = t.id AND q.holder = t.holder AND q.tries = t.number FOR UPDATE) p)`;

/** CTEs that take items out and write down how they ended. `values`: numbers of the parameters, in the order of the columns. */
const ENDED = (values: readonly number[]): string => {
  const types = ['uuid', 'bigint', 'smallint', 'bigint', 'smallint', 'text', 'smallint', 'text', 'float8'];
  return `held AS MATERIALIZED (
     SELECT p.ctid AS place, t.number, t.state, t.status, t.code, t.ended
     FROM unnest(${types.map((type, at) => `$${values[at]}::${type}[]`).join(', ')})
       AS t (holder, target, lane, id, number, state, status, code, ended)
     CROSS JOIN LATERAL (
       SELECT q.ctid FROM delivery_due q
       WHERE q.engine = $1 AND q.target = t.target AND q.lane = t.lane AND q.id = t.id AND q.holder = t.holder AND q.tries = t.number FOR UPDATE) p),
   gone AS (
     DELETE FROM delivery_due d USING held h WHERE d.ctid = h.place
     RETURNING d.id, d.target, d.key, d.type, d.ref, d.extra, d.created_at, h.number, h.state, h.status, h.code, h.ended),
   stored AS (
     INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, status, code, created_at, ended_at)
     SELECT $1, id, target, key, type, ref, extra, state, number, status, code, created_at, to_timestamp(ended / 1000) FROM gone)`;
};
const ENDED_IDS = `SELECT COALESCE(string_agg(id::text, ','), '') AS ids FROM gone`;

/**
 * Ends items: takes them out and writes down how they ended, one array a column. `$6` numbers of their attempts, `$7` states, `$8` and `$9` status and
 * code of the last attempt, `$10` when it ended (milliseconds since 1970). An item that somebody else holds by now is left alone.
 * @returns ids, parted by commas; '' for none.
 */
export const endHeld = statement<{ ids: string }>('deliveries.endHeld', `WITH ${ENDED([2, 3, 4, 5, 6, 7, 8, 9, 10])} ${ENDED_IDS}`);

/**
 * Puts items into the lane of later attempts: `$6` when they are due (milliseconds since 1970), `$7` and `$8` whether the outcome is known and
 * counts, `$9` numbers of the attempts. One that was canceled meanwhile is ended by `endHeld` instead: those are answered.
 */
export const putOff = statement<{ id: number; canceled: boolean }>(
  'deliveries.putOff',
  `UPDATE delivery_due d SET lane = 1, holder = CASE WHEN d.canceled THEN d.holder END,
     due_at = to_timestamp(($6::float8[])[array_position($5::bigint[], d.id)] / 1000),
     known = d.known + ($7::bool[])[array_position($5::bigint[], d.id)]::int,
     spent = d.spent + ($8::bool[])[array_position($5::bigint[], d.id)]::int
   WHERE d.ctid = ANY (${HELD('$9')}) RETURNING d.id, d.canceled`,
);

/**
 * The rows of attempts, one array a column; times in milliseconds since 1970. `$13` JSON of each, a line each, an empty one for none: quotes in an array
 * would have to be escaped. What the next owner wrote down as unknown is put right.
 */
const ATTEMPTED = `INSERT INTO delivery_attempt (engine, delivery, number, target, lane, due_at, begun_at, ended_at, outcome, status, code, hub, facts)
   SELECT $1, id, number, target, lane, to_timestamp(due / 1000), to_timestamp(begun / 1000), to_timestamp(ended / 1000), outcome, status, code, hub, facts
   FROM unnest($2::bigint[], $3::smallint[], $4::bigint[], $5::smallint[], $6::float8[], $7::float8[], $8::float8[], $9::text[], $10::smallint[],
     $11::text[], $12::uuid[], string_to_array($13, E'\\n', '')::json[]) AS a (id, number, target, lane, due, begun, ended, outcome, status, code, hub, facts)
   ON CONFLICT (engine, delivery, number) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome, status = excluded.status,
     code = excluded.code, facts = excluded.facts
   WHERE delivery_attempt.outcome = 'unknown'`;
export const insertAttempts = statement('deliveries.insertAttempts', ATTEMPTED);

/** The rows of attempts and the ends of their items in one statement: `$1` to `$13` are those of `insertAttempts`, `$14` states. @returns as `endHeld` */
export const endAttempted = statement<{ ids: string }>(
  'deliveries.endAttempted',
  `WITH attempted AS (${ATTEMPTED}), ${ENDED([12, 4, 5, 2, 3, 14, 10, 11, 8])} ${ENDED_IDS}`,
);

/**
 * How targets fare, for those who look: one array a column. Null in `succeeded` keeps it. A new owner knows nothing of the failures that its
 * predecessor saw: they go on, unless something succeeded since.
 */
export const storeHealth = statement(
  'deliveries.storeHealth',
  `UPDATE delivery_target t SET succeeded_at = COALESCE(to_timestamp(h.succeeded / 1000), t.succeeded_at),
     failing_since = CASE WHEN f.goes_on THEN t.failing_since ELSE to_timestamp(h.failing / 1000) END,
     failures = CASE WHEN f.goes_on THEN GREATEST(t.failures, h.failures) ELSE h.failures END, last_code = h.code,
     breaker = h.breaker, breaker_until = to_timestamp(h.until / 1000), breaker_step = h.step
   FROM unnest($3::bigint[], $4::float8[], $5::float8[], $6::bigint[], $7::text[], $8::text[], $9::float8[], $10::smallint[])
     AS h (target, succeeded, failing, failures, code, breaker, until, step)
   JOIN delivery_target b ON b.engine = $1 AND b.target = h.target
   CROSS JOIN LATERAL (SELECT COALESCE(b.failing_since < to_timestamp(h.failing / 1000)
     AND (h.succeeded IS NULL OR to_timestamp(h.succeeded / 1000) < b.failing_since), false) AS goes_on) AS f
   WHERE t.engine = $1 AND t.target = h.target AND t.owner = $2`,
);

/** Locks items of a target before `cancelDue` looks at them, so that none is claimed or settled between its two halves. */
export const lockDue = statement(
  'deliveries.lockDue',
  `SELECT FROM (SELECT FROM delivery_due d WHERE d.engine = $1 AND d.target = $2 AND ($3::bigint[] IS NULL OR d.id = ANY ($3)) ORDER BY d.id FOR UPDATE) l
   HAVING count(*) > 0`,
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
