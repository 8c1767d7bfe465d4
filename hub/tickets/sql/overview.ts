import { statement } from '../../core/database/statement.ts';
import type { ClientState } from '../routing.ts';

/** Queued messages are counted exactly up to here; a longer queue shows as one more. */
export const COUNT_MOST = 10_000;

/** What the list of clients shows of one (spec 8, console Clients). */
export type ClientOverview = {
  clientId: number;
  name: string;
  title: string;
  state: ClientState;
  stateReason: string | null;
  version: number;
  /** The session's lease lives. */
  connected: boolean;
  connectedSince: Temporal.Instant | null;
  address: string | null;
  agent: string | null;
  report: Record<string, unknown> | null;
  reportedAt: Temporal.Instant | null;
  /** Last acknowledgement. */
  deliveredAt: Temporal.Instant | null;
  /** Up to COUNT_MOST + 1. */
  queued: number;
  oldest: Temporal.Instant | null;
  /** Highest sequence that expired and that the client has not seen as expired; 0 for none. */
  expiredUnseen: number;
  /** End of the certificate that lives longest; null without a valid one. */
  certificateUntil: Temporal.Instant | null;
};

const COLUMNS = `c.client_id AS "clientId", c.name, c.title, c.state, c.state_reason AS "stateReason", c.version,
  COALESCE(f.lease_until > now(), false) AS connected, CASE WHEN f.lease_until > now() THEN f.since END AS "connectedSince",
  f.address, f.agent, f.report, f.reported_at AS "reportedAt", f.delivered_at AS "deliveredAt",
  (SELECT count(*) FROM (SELECT FROM ticket_message m WHERE m.client_id = c.client_id AND m.seq > f.floor_seq LIMIT ${COUNT_MOST + 1}) q) AS queued,
  (SELECT m.enqueued_at FROM ticket_message m WHERE m.client_id = c.client_id AND m.seq > f.floor_seq ORDER BY m.seq LIMIT 1) AS oldest,
  CASE WHEN f.expired_last > f.expired_seen THEN f.expired_last ELSE 0 END AS "expiredUnseen",
  (SELECT max(e.not_after) FROM ticket_certificate e WHERE e.client_id = c.client_id AND e.revoked_at IS NULL AND e.not_after > now())
    AS "certificateUntil"`;

/** Clients after name `$3`, of state `$1`, with `$2` (a LIKE pattern) in name or title. */
export const clientOverviews = statement<ClientOverview>(
  'tickets.clientOverviews',
  `SELECT ${COLUMNS}
   FROM (SELECT * FROM ticket_client WHERE name > $3 AND ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR name ILIKE $2 OR title ILIKE $2)
         ORDER BY name LIMIT $4) c
   JOIN ticket_feed f USING (client_id) ORDER BY c.name`,
);

export const clientOverview = statement<ClientOverview>(
  'tickets.clientOverview',
  `SELECT ${COLUMNS} FROM ticket_client c JOIN ticket_feed f USING (client_id) WHERE c.name = $1`,
);

/** One message of a mailbox. */
export type MailboxEntry = {
  sequence: number;
  messageId: string;
  documentId: string;
  replay: boolean;
  bytes: number;
  enqueuedAt: Temporal.Instant;
  expiresAt: Temporal.Instant;
  type: string | null;
  opType: string | null;
  transType: string | null;
  number: string | null;
};

/** Waiting messages of client `$1` after sequence `$2`, in the order of delivery. */
export const mailboxEntries = statement<MailboxEntry>(
  'tickets.mailboxEntries',
  `SELECT m.seq AS sequence, m.message_id AS "messageId", m.document_id AS "documentId", m.replay, m.bytes, m.enqueued_at AS "enqueuedAt",
     m.expires_at AS "expiresAt", d.type, d.op_type AS "opType", d.trans_type AS "transType", d.number
   FROM (SELECT * FROM ticket_message WHERE client_id = $1 AND seq > $2 ORDER BY seq LIMIT $3) m
   LEFT JOIN ticket_document d USING (document_id) ORDER BY m.seq`,
);

/** One message that has left a mailbox. */
export type HistoryEntry = {
  sequence: number;
  messageId: string;
  documentId: string;
  replay: boolean;
  enqueuedAt: Temporal.Instant;
  outcome: 'delivered' | 'expired' | 'withdrawn' | 'imported';
  finishedAt: Temporal.Instant;
  type: string | null;
  opType: string | null;
  transType: string | null;
  number: string | null;
};

const historyOf = (name: string, condition: string) =>
  statement<HistoryEntry>(
    name,
    `SELECT h.seq AS sequence, h.message_id AS "messageId", h.document_id AS "documentId", h.replay, h.enqueued_at AS "enqueuedAt", h.outcome,
       h.finished_at AS "finishedAt", d.type, d.op_type AS "opType", d.trans_type AS "transType", d.number
     FROM (SELECT * FROM ticket_history WHERE client_id = $1 AND seq < $2 ${condition} ORDER BY seq DESC LIMIT $3) h
     LEFT JOIN ticket_document d USING (document_id) ORDER BY h.seq DESC`,
  );

/** Messages of client `$1` that have left with a sequence below `$2`, newest first. */
export const historyEntries = historyOf('tickets.historyEntries', '');
/** Its tombstones alone. */
export const tombstones = historyOf('tickets.tombstones', "AND outcome = 'expired'");
