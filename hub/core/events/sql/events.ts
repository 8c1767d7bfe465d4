import { statement } from '../../database/statement.ts';

export interface EventRow {
  readonly txid: string;
  readonly id: number;
  readonly time: Temporal.Instant;
  readonly type: string;
  readonly source: string;
  readonly subject: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A place in the order of events that every transaction up to there has passed: nothing that commits later can come before it. */
const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())';

/**
 * Events after a position, below the horizon. `event.txid` and not `txid` in ORDER BY: the bare name would mean the text that is selected, in
 * whose order 1000 comes before 999. All statements here run on the queue's pool: a plan made on an empty table stays bad. */
export const eventsAfter = statement<EventRow>(
  'events.after',
  `SELECT txid::text, id, time, type, source, subject, data FROM event
   WHERE (txid, id) > ($1::text::xid8, $2::bigint) AND txid < ${HORIZON}
   ORDER BY event.txid, event.id LIMIT $3`,
);

/** The same of types that begin with one of `$4`; the server looks at as many events as it needs. */
export const eventsOfTypesAfter = statement<EventRow>(
  'events.ofTypesAfter',
  `SELECT txid::text, id, time, type, source, subject, data FROM event
   WHERE (txid, id) > ($1::text::xid8, $2::bigint) AND txid < ${HORIZON} AND type ^@ ANY ($4::text[])
   ORDER BY event.txid, event.id LIMIT $3`,
);

/** What a reader finds when it looks; of events, the wanted ones. */
export interface LookRow extends Omit<EventRow, 'txid' | 'id'> {
  /** Null throughout in the only row when nothing is wanted. */
  readonly txid: string | null;
  readonly id: number;
  /** The stored place of a subscription; of a tail, where it began to look. */
  readonly cursorTxid: string;
  readonly cursorId: number;
  /** How many events were looked at, and the place of the last of them; 0 and null when as many are wanted as may be answered. */
  readonly looked: number;
  readonly lastTxid: string | null;
  readonly lastId: number;
  /** Whether there may be wanted events that cannot be read yet; true also when too many wait to look at all of them. */
  readonly waiting: boolean;
}

/**
 * One look of a reader, with all that it must know: where it stands, the events it wants behind that place and below the horizon, and whether others
 * wait above it. Those of no concern stay in the server; they are only counted, and only when fewer than `limit` are wanted. `begin` is one row: place of the
 * cursor, and the place behind which to look. `types` are prefixes (none: all), `looked` how many events are looked at, `limit` how many are answered.
 */
const look = (begin: string, types: string, looked: string, limit: string): string => {
  const wanted = `(cardinality(${types}::text[]) = 0 OR type ^@ ANY (${types}::text[]))`;
  const behind = '(e.txid, e.id) > ((SELECT txid FROM begin), (SELECT id FROM begin))';
  return `WITH begin AS MATERIALIZED (${begin}),
     wanted AS MATERIALIZED (
       SELECT * FROM (SELECT * FROM event e WHERE ${behind} AND e.txid < ${HORIZON} ORDER BY e.txid, e.id LIMIT ${looked}) page
       WHERE ${wanted} ORDER BY txid, id LIMIT ${limit}),
     passed AS MATERIALIZED (
       SELECT e.txid, e.id FROM event e WHERE (SELECT count(*) FROM wanted) < ${limit} AND ${behind} AND e.txid < ${HORIZON} ORDER BY e.txid, e.id LIMIT ${looked}),
     ahead AS MATERIALIZED (SELECT e.type FROM event e WHERE ${behind} AND e.txid >= ${HORIZON} ORDER BY e.txid, e.id LIMIT 500),
     state AS MATERIALIZED (
       SELECT b.cursor_txid, b.cursor_id, (SELECT count(*) FROM passed) AS looked, l.txid, l.id,
         (SELECT COALESCE(bool_or(${wanted}), false) OR count(*) = 500 FROM ahead) AS waiting
       FROM begin b LEFT JOIN (SELECT txid, id FROM passed ORDER BY txid DESC, id DESC LIMIT 1) l ON true)
   SELECT s.cursor_txid::text AS "cursorTxid", s.cursor_id AS "cursorId", s.looked, s.txid::text AS "lastTxid", s.id AS "lastId", s.waiting,
     w.txid::text, w.id, w.time, w.type, w.source, w.subject, w.data
   FROM state s LEFT JOIN wanted w ON true ORDER BY w.txid, w.id`;
};

/** Of a subscription: `$1` its name, `$2` and `$3` its stored place as it is known, `$4` and `$5` how far was read since, which counts while the stored place is that. */
export const lookFromCursor = statement<LookRow>(
  'events.lookFromCursor',
  look(
    `SELECT c.txid AS cursor_txid, c.id AS cursor_id, CASE WHEN k.same THEN $4::text::xid8 ELSE c.txid END AS txid, CASE WHEN k.same THEN $5::bigint ELSE c.id END AS id
     FROM event_cursor c CROSS JOIN LATERAL (SELECT c.txid = $2::text::xid8 AND c.id = $3::bigint AS same) k WHERE c.subscriber = $1`,
    '$6',
    '$7',
    '$8',
  ),
);

/** Of a tail: `$1` and `$2` the place behind which to look. */
export const lookFromPlace = statement<LookRow>(
  'events.lookFromPlace',
  look('SELECT $1::text::xid8 AS cursor_txid, $2::bigint AS cursor_id, $1::text::xid8 AS txid, $2::bigint AS id', '$3', '$4', '$5'),
);

/** The position from which only events of transactions that are still open or yet to come are seen. */
export const presentPosition = statement<{ txid: string }>('events.present', `SELECT ${HORIZON}::text AS txid`);

export const addCursor = statement(
  'events.addCursor',
  `INSERT INTO event_cursor (subscriber, txid, id) VALUES ($1, ${HORIZON}, 0) ON CONFLICT DO NOTHING`,
);

/** The cursor of a subscriber, locked; no row while another hub works on it. */
export const claimCursor = statement<{ txid: string; id: number }>(
  'events.claimCursor',
  'SELECT txid::text, id FROM event_cursor WHERE subscriber = $1 FOR UPDATE SKIP LOCKED',
);

export const moveCursor = statement(
  'events.moveCursor',
  'UPDATE event_cursor SET txid = $2::text::xid8, id = $3, moved_at = now() WHERE subscriber = $1',
);

/** Of the first `$2` events deletes those older than an instant. The order of events is nearly that of time, so nothing else is looked at. */
export const deleteOldEvents = statement<{ deleted: number }>(
  'events.deleteOld',
  `WITH edge AS (SELECT txid, id FROM (SELECT txid, id FROM event ORDER BY txid, id LIMIT $2) AS head ORDER BY txid DESC, id DESC LIMIT 1),
        gone AS (DELETE FROM event WHERE (txid, id) <= ((SELECT txid FROM edge), (SELECT id FROM edge)) AND time < $1 RETURNING 1)
   SELECT count(*) AS deleted FROM gone`,
);

/** True after a dump was loaded into a server that has counted fewer transactions: stored positions lie in its future. */
export const positionsAhead = statement<{ ahead: boolean }>(
  'events.positionsAhead',
  `SELECT EXISTS (SELECT FROM event WHERE txid >= pg_snapshot_xmax(pg_current_snapshot()))
       OR EXISTS (SELECT FROM event_cursor WHERE txid > pg_snapshot_xmax(pg_current_snapshot())) AS ahead`,
);
