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

/**
 * Whether events of types that begin with one of `$3` (none: any) wait after a position, also above the horizon; true also when so many wait that not all were
 * looked at, as when a transaction stays open.
 */
export const eventsWaiting = statement<{ waiting: boolean }>(
  'events.waiting',
  `SELECT COALESCE(bool_or(cardinality($3::text[]) = 0 OR type ^@ ANY ($3::text[])), false) OR count(*) = 500 AS waiting
   FROM (SELECT type FROM event WHERE (txid, id) > ($1::text::xid8, $2::bigint) ORDER BY txid, id LIMIT 500) AS ahead`,
);

/** The position from which only events of transactions that are still open or yet to come are seen. */
export const presentPosition = statement<{ txid: string }>('events.present', `SELECT ${HORIZON}::text AS txid`);

export const addCursor = statement(
  'events.addCursor',
  `INSERT INTO event_cursor (subscriber, txid, id) VALUES ($1, ${HORIZON}, 0) ON CONFLICT DO NOTHING`,
);

export const cursorOf = statement<{ txid: string; id: number }>(
  'events.cursorOf',
  'SELECT txid::text, id FROM event_cursor WHERE subscriber = $1',
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
