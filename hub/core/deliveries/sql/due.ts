import { statement } from '../../database/statement.ts';

/** The channel on which hubs hear that something is due: `<engine>:<target>,<target>`, or `<engine>:` for any. */
export const DELIVERY_CHANNEL = 'vestnik_delivery';

/**
 * Puts items at the end of their targets' first lane. Whoever inserts holds the engine's lock until the commit, so ids become visible in
 * their order and a reader's place in a lane never passes one by. Those with `$8` are claimed at once by the hub `$9`, which owns their targets.
 * `$10` is the payload of the notification; null: there is nobody to tell. `$11`: up to this id that hub has seen all of the target; when something
 * beyond it waits, such as what another hub has just inserted, that goes first, and the item is not claimed after all. `$7` JSON of each, a line
 * each, an empty one for none. Run it on the queue's pool when hundreds of thousands may wait: a plan that goes by the table looks through all of them.
 * @returns one row for all, as rows cost more than the insert: ids in order, parted by commas; for each a sign, `1` claimed; the time.
 */
export const insertDue = statement<{ ids: string; claimed: string; now: number }>(
  'deliveries.insertDue',
  `WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(7301, $1::int)),
   fresh AS (
     INSERT INTO delivery_due (engine, target, key, strict, type, ref, extra, holder, tries, begun_at, first_at)
     SELECT $1, target, key, strict AND key <> 0, type, ref, extra, CASE WHEN mine THEN $9::uuid END, mine::int,
       CASE WHEN mine THEN now() END, CASE WHEN mine THEN now() END
     FROM held, unnest($2::bigint[], $3::bigint[], $4::bool[], $5::text[], $6::text[], string_to_array($7, E'\\n', '')::json[], $8::bool[], $11::bigint[]) WITH ORDINALITY
       AS f (target, key, strict, type, ref, extra, claimed, seen, place)
     CROSS JOIN LATERAL (SELECT claimed AND (
       SELECT true FROM delivery_due q WHERE q.engine = $1 AND q.target = f.target AND q.lane = 0 AND q.id > f.seen AND q.holder IS NULL ORDER BY q.id LIMIT 1) IS NULL AS mine) AS m
     ORDER BY place
     RETURNING id, tries),
   told AS MATERIALIZED (SELECT pg_notify('${DELIVERY_CHANNEL}', $10) WHERE $10::text IS NOT NULL)
   SELECT string_agg(id::text, ',' ORDER BY id) AS ids, string_agg(tries::text, '' ORDER BY id) AS claimed,
     (extract(epoch FROM now()) * 1000)::float8 AS now FROM fresh LEFT JOIN told ON true`,
);

/** A claimed item; times in milliseconds since 1970. */
export type ClaimedRow = {
  target: number;
  lane: 0 | 1;
  id: number;
  key: number;
  type: string;
  ref: string;
  extra: unknown;
  tries: number;
  known: number;
  spent: number;
  created: number;
  due: number;
  now: number;
};

const MILLISECONDS = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;
const TAKEN = `SET holder = $2, tries = d.tries + 1, begun_at = now(), first_at = COALESCE(d.first_at, now())`;
const CLAIMED = `d.target, d.lane, d.id, d.key, d.type, d.ref, d.extra, d.tries, d.known, d.spent,
  ${MILLISECONDS('d.created_at')} AS created, ${MILLISECONDS('d.due_at')} AS due, ${MILLISECONDS('now()')} AS now`;

/*
 * Rows are found first, by index and under a lock, and then reached by their place in the table: so no plan can begin at the wrong end, however
 * empty the table was when the plan was made.
 */

/**
 * Takes first attempts of targets, each from its place in the lane on: `$3` targets, `$4` places (ids below it were seen), `$5` how many,
 * and leaves out the keys `$7` of the targets `$6`. That the attempt has begun is thereby written down before it begins.
 */
export const claimFirst = statement<ClaimedRow>(
  'deliveries.claimFirst',
  `UPDATE delivery_due d ${TAKEN}
   WHERE d.ctid = ANY (ARRAY (SELECT p.ctid FROM unnest($3::bigint[], $4::bigint[], $5::int[]) AS w (target, place, n)
     CROSS JOIN LATERAL (
       SELECT q.ctid FROM delivery_due q
       WHERE q.engine = $1 AND q.target = w.target AND q.lane = 0 AND q.id > w.place AND q.holder IS NULL AND NOT q.canceled
         AND (cardinality($6::bigint[]) = 0 OR NOT EXISTS (
           SELECT FROM unnest($6::bigint[], $7::bigint[]) AS c (target, key) WHERE c.target = q.target AND c.key = q.key))
       ORDER BY q.id LIMIT w.n FOR UPDATE SKIP LOCKED) p))
   RETURNING ${CLAIMED}`,
);

/** Takes these first attempts: `$3` targets, `$4` ids. */
export const claimThese = statement<ClaimedRow>(
  'deliveries.claimThese',
  `UPDATE delivery_due d ${TAKEN}
   WHERE d.ctid = ANY (ARRAY (SELECT p.ctid FROM unnest($3::bigint[], $4::bigint[]) AS w (target, id)
     CROSS JOIN LATERAL (
       SELECT q.ctid FROM delivery_due q
       WHERE q.engine = $1 AND q.target = w.target AND q.lane = 0 AND q.id = w.id AND q.holder IS NULL AND NOT q.canceled
       FOR UPDATE SKIP LOCKED) p))
   RETURNING ${CLAIMED}`,
);

/** Takes later attempts that are due, the longest due first. */
export const claimLater = statement<ClaimedRow>(
  'deliveries.claimLater',
  `UPDATE delivery_due d ${TAKEN}
   WHERE d.ctid = ANY (ARRAY (SELECT p.ctid FROM unnest($3::bigint[], $4::int[]) AS w (target, n)
     CROSS JOIN LATERAL (
       SELECT q.ctid FROM delivery_due q
       WHERE q.engine = $1 AND q.target = w.target AND q.lane = 1 AND q.due_at <= now() AND q.holder IS NULL AND NOT q.canceled
       ORDER BY q.due_at LIMIT w.n FOR UPDATE SKIP LOCKED) p))
   RETURNING ${CLAIMED}`,
);

/** Milliseconds until the next later attempt of each target that has one. */
export const nextLater = statement<{ target: number; after: number }>(
  'deliveries.nextLater',
  `SELECT w.target, ${MILLISECONDS('q.due_at')} - ${MILLISECONDS('now()')} AS after FROM unnest($2::bigint[]) AS w (target)
   CROSS JOIN LATERAL (
     SELECT due_at FROM delivery_due d WHERE d.engine = $1 AND d.target = w.target AND d.lane = 1 AND d.holder IS NULL AND NOT d.canceled
     ORDER BY due_at LIMIT 1) q`,
);

/**
 * Gives claimed items back as if they had not been touched; one that was canceled meanwhile ends. `$6` are the numbers of their attempts.
 * @returns those that were ours. Ask again for the others: a row that changes while we wait for it is out of sight of this statement.
 */
export const giveBack = statement<{ id: number }>(
  'deliveries.giveBack',
  `WITH held AS MATERIALIZED (
     SELECT p.ctid AS place, p.canceled FROM unnest($3::bigint[], $4::smallint[], $5::bigint[], $6::smallint[]) AS t (target, lane, id, number)
     CROSS JOIN LATERAL (
       SELECT q.ctid, q.canceled FROM delivery_due q
       WHERE q.engine = $1 AND q.target = t.target AND q.lane = t.lane AND q.id = t.id AND q.holder = $2 AND q.tries = t.number FOR UPDATE) p),
   gone AS (
     DELETE FROM delivery_due d WHERE d.ctid = ANY (ARRAY (SELECT place FROM held WHERE canceled)) RETURNING d.*),
   stored AS (
     INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, code, created_at, ended_at)
     SELECT $1, id, target, key, type, ref, extra, 'canceled', tries - 1, 'canceled', created_at, now() FROM gone),
   back AS (
     UPDATE delivery_due d SET holder = NULL, tries = d.tries - 1, first_at = CASE WHEN d.tries > 1 THEN d.first_at END
     WHERE d.ctid = ANY (ARRAY (SELECT place FROM held WHERE NOT canceled)) RETURNING d.id)
   SELECT id FROM gone UNION ALL SELECT id FROM back`,
);

/** An item that somebody holds. */
export type HeldRow = ClaimedRow & { holder: string; begun: number };

const HELD_BY = `${CLAIMED}, d.holder, ${MILLISECONDS('d.begun_at')} AS begun FROM delivery_due d
   WHERE d.engine = $1 AND d.target = ANY ($2::bigint[]) AND d.holder IS NOT NULL`;

/** What anybody holds of these targets. */
export const heldRows = statement<HeldRow>('deliveries.heldRows', `SELECT ${HELD_BY}`);

/** What hubs that are no longer alive held of these targets. */
export const abandonedRows = statement<HeldRow>(
  'deliveries.abandonedRows',
  `SELECT ${HELD_BY} AND NOT EXISTS (SELECT FROM delivery_hub h WHERE h.engine = $1 AND h.hub = d.holder AND h.alive_until > now())`,
);

/** Targets that are gone, and of which something is due all the same: it came while they were being removed. */
export const strays = statement<{ target: number }>(
  'deliveries.strays',
  `WITH RECURSIVE t AS (
     (SELECT d.target FROM delivery_due d WHERE d.engine = $1 ORDER BY d.target LIMIT 1)
     UNION ALL
     SELECT (SELECT d.target FROM delivery_due d WHERE d.engine = $1 AND d.target > t.target ORDER BY d.target LIMIT 1)
     FROM t WHERE t.target IS NOT NULL)
   SELECT target FROM t WHERE target IS NOT NULL
     AND NOT EXISTS (SELECT FROM delivery_target o WHERE o.engine = $1 AND o.target = t.target)`,
);
