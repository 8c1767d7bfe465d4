import { statement } from '../../database/statement.ts';

/** The channel on which hubs hear that something is due: `<engine>:<target>,<target>`, or `<engine>:` for any. */
export const DELIVERY_CHANNEL = 'vestnik_delivery';

/**
 * Puts items at the end of their targets' first lane. Whoever inserts holds the engine's lock until the commit, so ids become visible in
 * their order and a reader's place in a lane never passes one by. `$9` is the payload of the notification.
 */
export const insertDue = statement<{ id: number }>(
  'deliveries.insertDue',
  `WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(7301, $1::int)),
   fresh AS (
     INSERT INTO delivery_due (engine, target, key, strict, type, ref, extra)
     SELECT $1, target, key, strict AND key <> 0, type, ref, extra
     FROM held, unnest($2::bigint[], $3::bigint[], $4::bool[], $5::text[], $6::text[], $7::json[]) WITH ORDINALITY
       AS f (target, key, strict, type, ref, extra, place) ORDER BY place
     RETURNING id)
   SELECT id, pg_notify('${DELIVERY_CHANNEL}', $8) FROM fresh ORDER BY id`,
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

/** The same for targets of strict order: only the oldest item of a key, or one whose elders have been failing for longer than `$5` (milliseconds). */
export const claimFirstStrict = statement<ClaimedRow>(
  'deliveries.claimFirstStrict',
  `UPDATE delivery_due d ${TAKEN}
   WHERE d.ctid = ANY (ARRAY (SELECT p.ctid FROM unnest($3::bigint[], $4::int[], $5::float8[]) AS w (target, n, hold)
     CROSS JOIN LATERAL (
       SELECT q.ctid FROM delivery_due q
       WHERE q.engine = $1 AND q.target = w.target AND q.lane = 0 AND q.holder IS NULL AND NOT q.canceled
         AND NOT EXISTS (
           SELECT FROM delivery_due e WHERE q.strict AND e.strict AND e.engine = $1 AND e.target = q.target AND e.key = q.key AND e.id < q.id
             AND (e.first_at IS NULL OR e.first_at > now() - make_interval(secs => w.hold / 1000)))
       ORDER BY q.id LIMIT w.n FOR UPDATE SKIP LOCKED) p))
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

/** Gives claimed items back as if they had not been touched. */
export const giveBack = statement(
  'deliveries.giveBack',
  `UPDATE delivery_due d SET holder = NULL, tries = d.tries - 1
   WHERE d.ctid = ANY (ARRAY (SELECT p.ctid FROM unnest($3::bigint[], $4::smallint[], $5::bigint[]) AS t (target, lane, id)
     CROSS JOIN LATERAL (
       SELECT q.ctid FROM delivery_due q
       WHERE q.engine = $1 AND q.target = t.target AND q.lane = t.lane AND q.id = t.id AND q.holder = $2 FOR UPDATE) p))`,
);

/** What other hubs held of these targets: they are gone, and nobody knows what came of it. */
export const orphans = statement<ClaimedRow & { holder: string; begun: number }>(
  'deliveries.orphans',
  `SELECT ${CLAIMED}, d.holder, ${MILLISECONDS('d.begun_at')} AS begun FROM delivery_due d
   WHERE d.engine = $1 AND d.target = ANY ($3::bigint[]) AND d.holder IS NOT NULL AND d.holder <> $2`,
);
