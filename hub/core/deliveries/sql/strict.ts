import { statement } from '../../database/statement.ts';

/** A first attempt that nobody holds; `blocked` while an older item of its key has to end before it. */
export type StrictRow = { target: number; id: number; blocked: boolean };

/** A scalar subquery, so that each row is looked up by index: there may be very many of one key. */
const BLOCKED = `(SELECT true FROM delivery_due e WHERE q.strict AND e.strict AND e.engine = $1 AND e.target = q.target AND e.key = q.key AND e.id < q.id
       AND (e.first_at IS NULL OR e.first_at > now() - make_interval(secs => w.hold / 1000)) LIMIT 1) IS NOT NULL AS blocked`;
const FREE = 'q.engine = $1 AND q.target = w.target AND q.lane = 0 AND q.holder IS NULL AND NOT q.canceled';

/** The next `$5` first attempts of targets from their places (`$3`) on, in order; `$4`: how long failing elders hold them up (milliseconds). */
export const strictAhead = statement<StrictRow>(
  'deliveries.strictAhead',
  `SELECT q.target, q.id, ${BLOCKED} FROM unnest($2::bigint[], $3::bigint[], $4::float8[]) AS w (target, place, hold)
   CROSS JOIN LATERAL (SELECT q.target, q.id, q.key, q.strict FROM delivery_due q WHERE ${FREE} AND q.id > w.place ORDER BY q.id LIMIT $5) q
   ORDER BY q.target, q.id`,
);

/** The next first attempt of each of these keys: the item before it has ended. */
export const strictNext = statement<StrictRow>(
  'deliveries.strictNext',
  `SELECT q.target, q.id, ${BLOCKED} FROM unnest($2::bigint[], $3::bigint[], $4::float8[]) AS w (target, key, hold)
   CROSS JOIN LATERAL (
     SELECT q.target, q.id, q.key, q.strict FROM delivery_due q WHERE ${FREE} AND q.strict AND q.key = w.key ORDER BY q.id LIMIT 1) q`,
);
