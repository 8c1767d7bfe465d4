import { statement } from '../../core/database/statement.ts';

export interface MailboxState {
  readonly client_id: number;
  readonly name: string;
  readonly warn_age_days: number[] | null;
  readonly warn_queued: number | null;
  readonly warned_age: number;
  readonly warned_queued: boolean;
  readonly floor_seq: number;
  readonly next_seq: number;
  readonly oldest: Temporal.Instant | null;
}

/** Mailboxes with something in them, or with a warning that may have cleared. Closed clients warn nobody: their queue is running out. */
export const mailboxStates = statement<MailboxState>(
  'tickets.mailboxStates',
  `SELECT c.client_id, c.name, c.warn_age_days, c.warn_queued, f.warned_age, f.warned_queued, f.floor_seq, b.next_seq, head.enqueued_at AS oldest
   FROM ticket_client c JOIN ticket_feed f USING (client_id) JOIN ticket_mailbox b USING (client_id)
   LEFT JOIN LATERAL (
     SELECT m.enqueued_at FROM ticket_message m WHERE m.client_id = c.client_id AND m.seq > f.floor_seq ORDER BY m.seq LIMIT 1) head ON true
   WHERE c.state <> 'closed' AND (head.enqueued_at IS NOT NULL OR f.warned_age > 0 OR f.warned_queued)
   ORDER BY c.client_id`,
);

/** Remembers what was warned about; no row when another hub did so since it was read. */
export const rememberMailboxWarning = statement<{ client_id: number }>(
  'tickets.rememberMailboxWarning',
  `UPDATE ticket_feed SET warned_age = $4, warned_queued = $5 WHERE client_id = $1 AND warned_age = $2 AND warned_queued = $3
   RETURNING client_id`,
);

export interface ExpiringCertificate {
  readonly fingerprint: Buffer;
  readonly name: string;
  readonly serial: string;
  readonly not_after: Temporal.Instant;
  readonly warned_days: number | null;
  /** The client has a valid certificate that outlives this one. */
  readonly renewed: boolean;
}

/** Valid certificates that end within `$2` days after `$1`, of clients that are not closed; those that end first come first. */
export const expiringCertificates = statement<ExpiringCertificate>(
  'tickets.expiringCertificates',
  `SELECT e.fingerprint, c.name, e.serial, e.not_after, e.warned_days,
     EXISTS (SELECT FROM ticket_certificate o WHERE o.client_id = e.client_id AND o.revoked_at IS NULL AND o.not_after > e.not_after) AS renewed
   FROM ticket_certificate e JOIN ticket_client c USING (client_id)
   WHERE e.revoked_at IS NULL AND c.state <> 'closed' AND e.not_after > $1 AND e.not_after <= $1::timestamptz + make_interval(hours => 24 * $2)
   ORDER BY e.not_after, c.name LIMIT 100000`,
);

export const rememberCertificateWarning = statement<{ serial: string }>(
  'tickets.rememberCertificateWarning',
  `UPDATE ticket_certificate SET warned_days = $2 WHERE fingerprint = $1 AND warned_days IS NOT DISTINCT FROM $3::int RETURNING serial`,
);
