import { statement } from '../../core/database/statement.ts';

/** Everything a request of the feed needs to know of its caller, by the certificate's fingerprint. */
export interface FeedEntry {
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
  readonly client_id: number;
  readonly name: string;
  readonly state: 'active' | 'held' | 'closed';
  readonly self_replay: boolean;
  readonly not_after: Temporal.Instant;
  /** Its time is over; a connection made before goes on until it is looked at. */
  readonly ended: boolean;
  readonly revoked: boolean;
  readonly next_seq: number;
  readonly floor_seq: number;
  readonly expired_last: number;
  readonly expired_seen: number;
  readonly instance: string | null;
  readonly displaced: readonly string[];
  readonly since: Temporal.Instant | null;
  readonly lease_until: Temporal.Instant | null;
  /** The holder's lease lives, by the clock of the database. */
  readonly lease_live: boolean;
  /** The lease was written more than 20 s ago. */
  readonly lease_old: boolean;
}

/** Entries of many requests at once, by fingerprints in hexadecimal; none for an unknown one. */
export const feedEntries = statement<FeedEntry>(
  'tickets.feedEntries',
  `SELECT w.fingerprint, e.client_id, c.name, c.state, c.self_replay, e.not_after, e.not_after <= now() AS ended,
     e.revoked_at IS NOT NULL AS revoked, m.next_seq, f.floor_seq, f.expired_last, f.expired_seen, f.instance, f.displaced, f.since,
     f.lease_until, COALESCE(f.lease_until > now(), false) AS lease_live,
     COALESCE(f.lease_until < now() + interval '70 s', true) AS lease_old
   FROM unnest($1::text[]) AS w (fingerprint)
   CROSS JOIN LATERAL (SELECT * FROM ticket_certificate WHERE fingerprint = decode(w.fingerprint, 'hex') OFFSET 0) e
   JOIN ticket_client c USING (client_id) JOIN ticket_mailbox m USING (client_id) JOIN ticket_feed f USING (client_id)`,
);

/** Gives the session to `$2` if its holder is still `$3`; no row when another hub was faster. */
export const claimSession = statement<{ client_id: number }>(
  'tickets.claimSession',
  `UPDATE ticket_feed SET since = now(), instance = $2::uuid, displaced = $4::uuid[], hub_id = $5, address = $6, agent = $7, lease_until = now() + interval '90 s'
   WHERE client_id = $1 AND instance IS NOT DISTINCT FROM $3::uuid RETURNING client_id`,
);

/**
 * Renews the leases of those whose instance still holds its session. Rows are locked in the order of clients, as everywhere, before the first
 * is changed.
 */
export const renewLeases = statement<{ client_id: number; instance: string }>(
  'tickets.renewLeases',
  `WITH locked AS MATERIALIZED (
     SELECT client_id FROM ticket_feed WHERE client_id = ANY ($1::bigint[]) ORDER BY client_id FOR NO KEY UPDATE)
   UPDATE ticket_feed f SET address = w.address, agent = w.agent, hub_id = $5, lease_until = now() + interval '90 s'
   FROM locked JOIN unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[]) AS w (client_id, instance, address, agent) USING (client_id)
   WHERE f.client_id = locked.client_id AND f.instance = w.instance RETURNING f.client_id, f.instance`,
);

/** A message with its document. Texts are as the answer wants them, so that a row is not turned twice. */
export interface QueuedMessage {
  /** Which of the reads of the statement, from 1. */
  readonly n: number;
  /** The next sequence of the mailbox when the message was read. */
  readonly next_seq: number;
  readonly seq: number;
  readonly message_id: string;
  readonly document_id: string;
  readonly replay: boolean;
  /** Of the XML in UTF-8. */
  readonly bytes: number;
  /** `2026-11-22 11:05:00.05+00` */
  readonly enqueued_at: string;
  readonly expires_at: string;
  readonly type: string;
  readonly op_type: string;
  readonly trans_type: string;
  readonly number: string;
  readonly pnr: string | null;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly xml: string;
}

/**
 * The next messages of many mailboxes: of each those above a sequence, at most so many, at most so many bytes of XML, but at least one. In
 * no particular order: sorting here would carry every body through a sort.
 */
export const nextMessages = statement<QueuedMessage>(
  'tickets.nextMessages',
  `SELECT w.n, b.next_seq, q.seq, q.message_id, q.document_id, q.replay, q.bytes, q.enqueued_at::text, q.expires_at::text,
     d.type, d.op_type, d.trans_type, d.number, d.pnr, encode(d.sha256, 'hex') AS sha256, convert_from(d.xml, 'UTF8') AS xml
   FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[]) WITH ORDINALITY AS w (client_id, after, most, bytes, n)
   JOIN ticket_mailbox b ON b.client_id = w.client_id
   CROSS JOIN LATERAL (
     SELECT m.*, sum(m.bytes) OVER (ORDER BY m.seq) AS total
     FROM (SELECT * FROM ticket_message WHERE client_id = w.client_id AND seq > w.after AND expires_at > now() ORDER BY seq LIMIT w.most) m) q
   JOIN ticket_document d ON d.document_id = q.document_id
   WHERE (q.total <= w.bytes OR q.total = q.bytes) AND d.xml IS NOT NULL`,
);

/** Tombstones above `$2` as ranges, lowest first. Bounded both ways: what is cut off is told after the program has seen the first part. */
export const expiredRanges = statement<{ from: number; to: number; count: number }>(
  'tickets.expiredRanges',
  `SELECT min(seq) AS "from", max(seq) AS "to", count(*) AS count
   FROM (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island FROM ticket_history
         WHERE client_id = $1 AND seq > $2 AND outcome = 'expired' ORDER BY seq LIMIT 10000) runs
   GROUP BY island ORDER BY 1 LIMIT 100`,
);

/** Serialises all acknowledgements of these clients, in one order. */
export const lockFeeds = statement(
  'tickets.lockFeeds',
  'SELECT client_id FROM ticket_feed WHERE client_id = ANY ($1::bigint[]) ORDER BY client_id FOR NO KEY UPDATE',
);

/** What one statement of acknowledgements did. */
export interface Acknowledged {
  /** The items whose every id belongs to its sequence; the others changed nothing. */
  readonly good: number[];
  readonly gone: {
    item: number;
    count: number;
    first: number;
    last: number;
    /** From queueing to now, of each message. */
    milliseconds: number[];
    /** Their ids; null when they were not asked for. */
    documents: string[] | null;
  }[];
}

/**
 * Whether a message with the id was ever given out under the sequence. EXISTS would leave it to the planner to hash whole tables, which it does
 * while they are small and goes on doing when they have grown; and of the indexes of the history only the primary key has the order asked for.
 */
const KNOWN = `m.seq IS NOT NULL OR h.seq IS NOT NULL AS known`;
const KNOWN_FROM = `LEFT JOIN ticket_message m ON m.client_id = w.client_id AND m.seq = w.seq AND m.message_id = w.id
     LEFT JOIN LATERAL (
       SELECT seq, message_id FROM ticket_history WHERE client_id = w.client_id AND seq >= w.seq ORDER BY seq LIMIT 1
     ) h ON h.seq = w.seq AND h.message_id = w.id`;

const settle = (wantDocuments: string): string => `kept AS (
     INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome)
     SELECT client_id, seq, message_id, document_id, replay, enqueued_at, 'delivered' FROM gone)
   SELECT (SELECT COALESCE(jsonb_agg(item), '[]') FROM good) AS good,
     (SELECT COALESCE(jsonb_agg(to_jsonb(sums)), '[]') FROM (
        SELECT item, count(*) AS count, min(seq) AS first, max(seq) AS last,
          array_agg(document_id) FILTER (WHERE ${wantDocuments}) AS documents,
          array_agg((extract(epoch FROM now() - enqueued_at) * 1000)::bigint) AS milliseconds
        FROM gone GROUP BY item) sums) AS gone`;

/** Acknowledges single messages; an item is what one pull named, all or nothing. `$5`: document ids are wanted. */
export const acknowledgeEach = statement<Acknowledged>(
  'tickets.acknowledgeEach',
  `WITH wanted AS MATERIALIZED (
     SELECT w.*, ${KNOWN}
     FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::uuid[]) AS w (item, client_id, seq, id)
     ${KNOWN_FROM}),
   good AS MATERIALIZED (SELECT item FROM wanted GROUP BY item HAVING bool_and(known)),
   gone AS (
     DELETE FROM ticket_message m USING wanted w JOIN good USING (item)
     WHERE m.client_id = w.client_id AND m.seq = w.seq AND m.message_id = w.id
     RETURNING w.item, m.client_id, m.seq, m.message_id, m.document_id, m.replay, m.enqueued_at),
   ${settle('$5')}`,
);

/** Acknowledges what lies above `$5` and up to `$6`, which is not above the message named. `$7`: document ids are wanted. */
export const acknowledgeThrough = statement<Acknowledged>(
  'tickets.acknowledgeThrough',
  `WITH wanted AS MATERIALIZED (
     SELECT w.*, ${KNOWN}
     FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bigint[]) AS w (item, client_id, seq, id, above, upto)
     ${KNOWN_FROM}),
   good AS MATERIALIZED (SELECT item FROM wanted WHERE known),
   gone AS (
     DELETE FROM ticket_message m USING wanted w
     WHERE w.known AND m.client_id = w.client_id AND m.seq > w.above AND m.seq <= w.upto
     RETURNING w.item, m.client_id, m.seq, m.message_id, m.document_id, m.replay, m.enqueued_at),
   ${settle('$7')}`,
);

/**
 * Moves the floor to just below the lowest message that waits, or to the last sequence given out. Counter and messages are read in one
 * snapshot, and sequences still being given out lie at or above the counter, so the floor never passes a message.
 */
export const raiseFloors = statement(
  'tickets.raiseFloors',
  `UPDATE ticket_feed f SET delivered_at = now(), floor_seq = GREATEST(f.floor_seq, COALESCE(
       (SELECT m.seq - 1 FROM ticket_message m WHERE m.client_id = f.client_id AND m.seq > f.floor_seq ORDER BY m.seq LIMIT 1),
       (SELECT b.next_seq - 1 FROM ticket_mailbox b WHERE b.client_id = f.client_id)))
   WHERE f.client_id = ANY ($1::bigint[])`,
);

export const writeReport = statement(
  'tickets.writeReport',
  'UPDATE ticket_feed SET report = $2::jsonb, reported_at = now() WHERE client_id = $1',
);

export const seeExpired = statement(
  'tickets.seeExpired',
  'UPDATE ticket_feed SET expired_seen = GREATEST(expired_seen, LEAST($2, expired_last)) WHERE client_id = $1',
);

/** Counters of waiting clients, to heal lost notifications. */
export const counters = statement<{ client_id: number; next_seq: number }>(
  'tickets.counters',
  'SELECT client_id, next_seq FROM ticket_mailbox WHERE client_id = ANY ($1::bigint[])',
);

/** Those of the fingerprints that are revoked or unknown. */
export const refusedFingerprints = statement<{ fingerprint: Buffer }>(
  'tickets.refusedFingerprints',
  `SELECT decode(f, 'hex') AS fingerprint FROM unnest($1::text[]) AS f
   WHERE NOT EXISTS (SELECT FROM ticket_certificate c WHERE c.fingerprint = decode(f, 'hex') AND c.revoked_at IS NULL)`,
);

/** Length of a queue, counted up to `$3`, and the age of its head. */
export const queueLength = statement<{ queued: number; oldest: Temporal.Instant | null }>(
  'tickets.queueLength',
  `SELECT (SELECT count(*) FROM (SELECT FROM ticket_message WHERE client_id = $1 AND seq > $2 LIMIT $3) q) AS queued,
     (SELECT enqueued_at FROM ticket_message WHERE client_id = $1 AND seq > $2 ORDER BY seq LIMIT 1) AS oldest`,
);
