import { statement } from '../../core/database/statement.ts';

/** Messages that leave a mailbox undelivered. Whoever calls these holds the client's row of ticket_feed (`lockFeeds`), as acknowledgements do. */
export const withdraw = statement<{ seq: number; message_id: string; document_id: string; enqueued_at: Temporal.Instant }>(
  'tickets.withdraw',
  `WITH gone AS (DELETE FROM ticket_message WHERE client_id = $1 AND seq = $2 RETURNING *),
   kept AS (
     INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome)
     SELECT client_id, seq, message_id, document_id, replay, enqueued_at, 'withdrawn' FROM gone)
   SELECT seq, message_id, document_id, enqueued_at FROM gone`,
);

/** What became of a sequence of a client; no row when it was never given out or its history is no longer kept. */
export const outcomeOf = statement<{ outcome: string; finished_at: Temporal.Instant }>(
  'tickets.outcomeOf',
  'SELECT outcome, finished_at FROM ticket_history WHERE client_id = $1 AND seq = $2',
);

/** Clients with an expired message or with an expiry that no event has told yet. A scan of the whole queue, once an hour. */
export const clientsWithExpired = statement<{ client_id: number; name: string }>(
  'tickets.clientsWithExpired',
  `SELECT c.client_id, c.name FROM ticket_client c
   WHERE c.client_id IN (SELECT client_id FROM ticket_message WHERE expires_at <= $1)
      OR c.client_id IN (SELECT client_id FROM ticket_feed WHERE expired_untold > 0)
   ORDER BY c.client_id`,
);

/** Turns up to `$4` expired messages above sequence `$3` into tombstones, lowest first. */
export const expireChunk = statement<{ count: number; first: number; last: number; documents: string[] }>(
  'tickets.expireChunk',
  `WITH due AS (
     SELECT seq FROM ticket_message WHERE client_id = $1 AND seq > $3 AND expires_at <= $2 ORDER BY seq LIMIT $4),
   gone AS (DELETE FROM ticket_message m USING due WHERE m.client_id = $1 AND m.seq = due.seq RETURNING m.*),
   kept AS (
     INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome, finished_at)
     SELECT client_id, seq, message_id, document_id, replay, enqueued_at, 'expired', $2 FROM gone)
   SELECT count(*) AS count, COALESCE(min(seq), 0) AS first, COALESCE(max(seq), 0) AS last,
     COALESCE(array_agg(document_id ORDER BY seq), '{}') AS documents FROM gone`,
);

/** Counts tombstones for the event and for the client's side; answers how many have not been told yet. */
export const countExpired = statement<{ expired_untold: number }>(
  'tickets.countExpired',
  `UPDATE ticket_feed SET expired_untold = expired_untold + $2, expired_last = GREATEST(expired_last, $3)
   WHERE client_id = $1 RETURNING expired_untold`,
);

export const tellExpired = statement('tickets.tellExpired', 'UPDATE ticket_feed SET expired_untold = 0 WHERE client_id = $1');

/**
 * Moves the floor to just below the lowest message that waits, or to the last sequence given out. Messages of a transaction that has not
 * committed yet lie at or above the counter of the same snapshot, so the floor never passes one.
 */
export const raiseFloor = statement(
  'tickets.raiseFloor',
  `UPDATE ticket_feed f SET floor_seq = GREATEST(f.floor_seq, COALESCE(
       (SELECT m.seq - 1 FROM ticket_message m WHERE m.client_id = f.client_id AND m.seq > f.floor_seq ORDER BY m.seq LIMIT 1),
       (SELECT b.next_seq - 1 FROM ticket_mailbox b WHERE b.client_id = f.client_id)))
   WHERE f.client_id = $1`,
);
