import { statement } from '../../core/database/statement.ts';

/** Figures over all clients. The queue is counters minus floors: never too low, and never a scan. */
export const feedGauges = statement<{ queued: number; oldest: number; certificate_days: number | null }>(
  'tickets.feedGauges',
  `SELECT COALESCE((SELECT sum(m.next_seq - 1 - f.floor_seq) FROM ticket_mailbox m JOIN ticket_feed f USING (client_id)), 0)::bigint AS queued,
     COALESCE((SELECT max(extract(epoch FROM now() - head.enqueued_at)) FROM ticket_feed f CROSS JOIN LATERAL (
        SELECT enqueued_at FROM ticket_message q WHERE q.client_id = f.client_id AND q.seq > f.floor_seq ORDER BY q.seq LIMIT 1) head), 0)::float8 AS oldest,
     (SELECT min(extract(epoch FROM last.not_after - now()) / 86400) FROM (
        SELECT max(e.not_after) AS not_after FROM ticket_certificate e JOIN ticket_client c USING (client_id)
        WHERE e.revoked_at IS NULL AND c.state <> 'closed' GROUP BY e.client_id) last)::float8 AS certificate_days`,
);
