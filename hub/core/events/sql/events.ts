import { statement } from '../../database/statement.ts';

interface EventRow {
  readonly txid: string;
  readonly id: number;
  readonly time: Temporal.Instant;
  readonly type: string;
  readonly source: string;
  readonly subject: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Events after a position, below the oldest transaction still open: nothing that commits later can come before them.
 * The second column tells whether more wait above that horizon.
 */
export const eventsAfter = statement<EventRow>(
  'events.after',
  `SELECT txid::text, id, time, type, source, subject, data FROM event
   WHERE (txid, id) > ($1::text::xid8, $2::bigint) AND txid < pg_snapshot_xmin(pg_current_snapshot())
   ORDER BY txid, id LIMIT $3`,
);

export const eventsWaiting = statement<{ waiting: boolean }>(
  'events.waiting',
  'SELECT EXISTS (SELECT FROM event WHERE (txid, id) > ($1::text::xid8, $2::bigint)) AS waiting',
);

/** The position from which only events of transactions that are still open or yet to come are seen. */
export const presentPosition = statement<{ txid: string }>(
  'events.present',
  'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS txid',
);

export const addCursor = statement(
  'events.addCursor',
  `INSERT INTO event_cursor (subscriber, txid, id) VALUES ($1, pg_snapshot_xmin(pg_current_snapshot()), 0) ON CONFLICT DO NOTHING`,
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

/** Deletes events older than an instant, at most `$2` at once. */
export const deleteOldEvents = statement<{ deleted: number }>(
  'events.deleteOld',
  `WITH old AS (SELECT txid, id FROM event WHERE time < $1 ORDER BY txid, id LIMIT $2),
        gone AS (DELETE FROM event e USING old WHERE e.txid = old.txid AND e.id = old.id RETURNING 1)
   SELECT count(*) AS deleted FROM gone`,
);

/** True after a dump was loaded into a server that has counted fewer transactions: stored positions lie in its future. */
export const positionsAhead = statement<{ ahead: boolean }>(
  'events.positionsAhead',
  `SELECT COALESCE((SELECT txid FROM event ORDER BY txid DESC, id DESC LIMIT 1) > pg_current_xact_id(), false)
       OR EXISTS (SELECT FROM event_cursor WHERE txid > pg_current_xact_id()) AS ahead`,
);
