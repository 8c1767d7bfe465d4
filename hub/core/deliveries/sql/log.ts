import { type Queryable, run, statement, type Value } from '../../database/statement.ts';

/** A delivery of the log. `next` is when it is due, null for one that has ended; `tries` counts attempts that were begun. */
export type LogRow = {
  id: number;
  target: number;
  key: number;
  type: string;
  ref: string;
  extra: Record<string, unknown> | null;
  state: 'pending' | 'sending' | 'waiting' | 'held' | 'delivered' | 'failed' | 'rejected' | 'blocked' | 'canceled';
  /** Why it is held: by its target, by the target's breaker, by an older one of its key. */
  held: 'target' | 'breaker' | 'order' | null;
  tries: number;
  status: number | null;
  code: string | null;
  createdAt: Temporal.Instant;
  next: Temporal.Instant | null;
  endedAt: Temporal.Instant | null;
};

/**
 * A look through a part of an index, the newest first: what fits in it, and down to which id it was looked through (null: to the end). So a page
 * costs the same however rare the rows are that it looks for.
 */
type Look<R> = { [K in keyof R]: R[K] | null } & { floor: number | null };

const FILTERS = `($5::text[] IS NULL OR type = ANY ($5)) AND ($6::text[] IS NULL OR state = ANY ($6)) AND ($7::smallint IS NULL OR status = $7)
  AND ($8::text IS NULL OR code = $8) AND ($9::timestamptz IS NULL OR created_at >= $9) AND ($10::timestamptz IS NULL OR created_at < $10)
  AND ($11::text IS NULL OR extra ->> $11 = $12) AND ($13::bigint[] IS NULL OR target = ANY ($13))`;
const ENDED =
  'd.id, d.target, d.key, d.type, d.ref, d.extra, d.state, NULL::text AS held, d.tries, d.status, d.code, d.created_at, d.ended_at';
const SHOWN = `id, target, key, type, ref, extra, state, held, tries, status, code, created_at AS "createdAt", `;

/**
 * `source` finds rows as `w`, of each `part` at most `$4`: then there may be more. `$1` engine, `$2` ids below, `$3` and from. `found`: the rows
 * that the filters are asked of. It is planned anew for each call: a plan for any values would not know how long a span of ids is.
 */
const look = (source: string, found = 'w', times = 'NULL::timestamptz AS next, ended_at AS "endedAt"') => {
  const text = `WITH ${source}
     SELECT b.floor, r.* FROM (SELECT max(bottom) AS floor FROM (SELECT min(id) AS bottom FROM w GROUP BY part HAVING count(*) >= $4) AS full_parts) AS b
     LEFT JOIN LATERAL (SELECT ${SHOWN} ${times} FROM ${found} WHERE ${FILTERS} ORDER BY ${found}.id DESC LIMIT $14) AS r ON true`;
  return async (db: Queryable, ...values: readonly Value[]): Promise<Look<LogRow>[]> => (await run<Look<LogRow>>(db, text, values)).rows;
};
const of = (condition: string): string =>
  `w AS MATERIALIZED (SELECT t.part, d.* FROM unnest($15::bigint[]) AS t (part) CROSS JOIN LATERAL (
     SELECT ${ENDED} FROM delivery d WHERE d.engine = $1 AND d.id < $2 AND d.id >= $3 AND ${condition} ORDER BY d.id DESC LIMIT $4) AS d)`;

/** Ended ones of all targets. */
export const lookAtAll = look(
  `w AS MATERIALIZED (
     SELECT 1 AS part, ${ENDED} FROM delivery d WHERE d.engine = $1 AND d.id < $2 AND d.id >= $3 ORDER BY d.id DESC LIMIT $4)`,
);

/** Ended ones of the targets `$15`. */
export const lookAtTargets = look(of('d.target = t.part'));

/** Those of the targets that ended otherwise than delivered: few among many. */
export const lookAtUndelivered = look(of(`d.target = t.part AND d.state <> 'delivered'`));

/** Ended ones of the keys `$15`. */
export const lookAtKeys = look(of('d.key = t.part AND d.key <> 0'));

/** Ended ones by their ids, in this order. */
export const endedByIds = statement<LogRow>(
  'deliveries.endedByIds',
  `SELECT ${SHOWN} NULL::timestamptz AS next, ended_at AS "endedAt" FROM (
     SELECT ${ENDED} FROM delivery d WHERE d.engine = $1 AND d.id = ANY ($2::bigint[])) AS e ORDER BY id`,
);

/**
 * What has not ended, with its state: that is worked out only of rows that everything else fits. `$16` targets that are held, `$17` targets that
 * are held while their breaker is open.
 */
const lookAtWaiting = (source: string) =>
  look(
    `${source},
   s AS MATERIALIZED (
     SELECT q.id, q.target, q.key, q.type, q.ref, q.extra, v.state,
       CASE WHEN v.state <> 'held' THEN NULL WHEN q.target = ANY ($16) THEN 'target' WHEN h.breaker = 'open' AND q.target = ANY ($17) THEN 'breaker' ELSE 'order' END AS held,
       q.tries, a.status, a.code, q.created_at, q.due_at
     FROM w AS q
     LEFT JOIN delivery_target h ON h.engine = $1 AND h.target = q.target
     LEFT JOIN LATERAL (
       SELECT status, code FROM delivery_attempt a WHERE q.tries > 0 AND a.engine = $1 AND a.delivery = q.id ORDER BY a.number DESC LIMIT 1) AS a ON true
     CROSS JOIN LATERAL (SELECT CASE WHEN q.holder IS NOT NULL THEN 'sending'
       WHEN q.target = ANY ($16) OR (h.breaker = 'open' AND q.target = ANY ($17)) THEN 'held'
       WHEN q.strict AND q.lane = 0 AND EXISTS (
         SELECT FROM delivery_due e WHERE e.strict AND e.engine = $1 AND e.target = q.target AND e.key = q.key AND e.id < q.id) THEN 'held'
       WHEN q.lane = 1 THEN 'waiting' ELSE 'pending' END AS state) AS v
     WHERE ($5::text[] IS NULL OR q.type = ANY ($5)) AND ($9::timestamptz IS NULL OR q.created_at >= $9) AND ($10::timestamptz IS NULL OR q.created_at < $10))`,
    's',
    'due_at AS next, NULL::timestamptz AS "endedAt"',
  );

/** Of the targets `$15` or all. */
export const lookAtDue = lookAtWaiting(
  `RECURSIVE present AS (
     (SELECT target FROM delivery_due WHERE engine = $1 ORDER BY target LIMIT 1)
     UNION ALL
     SELECT (SELECT d.target FROM delivery_due d WHERE d.engine = $1 AND d.target > p.target ORDER BY d.target LIMIT 1) FROM present p
     WHERE p.target IS NOT NULL),
   wanted AS (
     SELECT target FROM unnest($15::bigint[]) AS u (target) UNION ALL SELECT target FROM present WHERE $15::bigint[] IS NULL AND target IS NOT NULL),
   w AS MATERIALIZED (
     SELECT t.target * 2 + l.lane AS part, q.* FROM wanted t CROSS JOIN (VALUES (0::smallint), (1::smallint)) AS l (lane) CROSS JOIN LATERAL (
       SELECT d.* FROM delivery_due d
       WHERE d.engine = $1 AND d.target = t.target AND d.lane = l.lane AND d.id < $2 AND d.id >= $3 ORDER BY d.id DESC LIMIT $4) AS q)`,
);

/** Of the keys `$15`, which have no index here: the whole table is looked at, which holds what waits and no more. */
export const lookAtDueKeys = lookAtWaiting(
  `w AS MATERIALIZED (
     SELECT 1 AS part, d.* FROM delivery_due d WHERE d.engine = $1 AND d.key = ANY ($15::bigint[]) AND d.id < $2 AND d.id >= $3
     ORDER BY d.id DESC LIMIT $4)`,
);

/**
 * The smallest id from which ended deliveries were made at `$2` or later, nearly: ids are in the order of making but for the length of the
 * transactions that made them. Null: there is none. Halving, as times have no index of their own.
 */
export const placeOfTime = statement<{ id: number | null }>(
  'deliveries.placeOfTime',
  `WITH RECURSIVE step AS (
     (SELECT min(id) AS low, max(id) + 1 AS high FROM delivery WHERE engine = $1)
     UNION ALL
     SELECT CASE WHEN p.created_at < $2 THEN p.id + 1 ELSE s.low END, CASE WHEN p.created_at < $2 THEN s.high ELSE (s.low + s.high) / 2 END
     FROM step s CROSS JOIN LATERAL (
       SELECT d.id, d.created_at FROM delivery d WHERE d.engine = $1 AND d.id >= (s.low + s.high) / 2 ORDER BY d.id LIMIT 1) AS p
     WHERE s.low < s.high)
   SELECT max(low) AS id FROM step`,
);

/** One attempt that was begun. Without an outcome it is under way. */
export type AttemptRow = {
  delivery: number;
  number: number;
  lane: 0 | 1;
  dueAt: Temporal.Instant;
  begunAt: Temporal.Instant;
  endedAt: Temporal.Instant | null;
  outcome: 'delivered' | 'failed' | 'ended' | 'unknown' | null;
  status: number | null;
  code: string | null;
  hub: string;
  facts: Record<string, unknown> | null;
};

export const attemptsOf = statement<AttemptRow>(
  'deliveries.attemptsOf',
  `SELECT delivery, number, lane, due_at AS "dueAt", begun_at AS "begunAt", ended_at AS "endedAt", outcome, status, code, hub, facts
   FROM delivery_attempt WHERE engine = $1 AND delivery = ANY ($2::bigint[]) ORDER BY delivery, number`,
);

/** The attempt of a delivery of a target that is under way. */
export const attemptUnderWay = statement<AttemptRow>(
  'deliveries.attemptUnderWay',
  `SELECT id AS delivery, tries AS number, lane, due_at AS "dueAt", begun_at AS "begunAt", NULL::timestamptz AS "endedAt", NULL::text AS outcome,
     NULL::smallint AS status, NULL::text AS code, holder AS hub, NULL::json AS facts
   FROM delivery_due WHERE engine = $1 AND target = $2 AND lane IN (0, 1) AND id = $3 AND holder IS NOT NULL`,
);

/** Where a delivery is, if it is there: its target. */
export const targetOf = statement<{ target: number }>(
  'deliveries.targetOf',
  `WITH RECURSIVE present AS (
     (SELECT target FROM delivery_due WHERE engine = $1 ORDER BY target LIMIT 1)
     UNION ALL
     SELECT (SELECT d.target FROM delivery_due d WHERE d.engine = $1 AND d.target > p.target ORDER BY d.target LIMIT 1) FROM present p
     WHERE p.target IS NOT NULL)
   SELECT d.target FROM present p CROSS JOIN (VALUES (0::smallint), (1::smallint)) AS l (lane)
   JOIN delivery_due d ON d.engine = $1 AND d.target = p.target AND d.lane = l.lane AND d.id = $2
   UNION ALL
   SELECT target FROM delivery WHERE engine = $1 AND id = $2 LIMIT 1`,
);
