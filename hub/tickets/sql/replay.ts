import { statement } from '../../core/database/statement.ts';

/** Documents chosen for a replay, one row each, in the order in which they are to arrive. */
type Chosen = { document_id: string };

export const leftBetweenSequences = statement<Chosen>(
  'tickets.leftBetweenSequences',
  `SELECT document_id FROM ticket_history WHERE client_id = $1 AND seq BETWEEN $2 AND $3 GROUP BY document_id ORDER BY min(seq) LIMIT $4`,
);

export const leftOfPeriod = statement<Chosen>(
  'tickets.leftOfPeriod',
  `SELECT document_id FROM ticket_history WHERE client_id = $1 AND enqueued_at >= $2 AND enqueued_at < $3
   GROUP BY document_id ORDER BY min(seq) LIMIT $4`,
);

/** The order in which documents went into mailboxes (spec 2.3), as far as their rows tell: ids of one millisecond are not in order. */
const MAILBOX_ORDER = `created_at, operation_id, CASE role WHEN 'issued' THEN 1 WHEN 'penalty' THEN 2 ELSE 0 END, position, document_id`;

/** With `$3` only documents that were ever queued for the client. */
export const documentsOfNumbers = statement<Chosen>(
  'tickets.documentsOfNumbers',
  `SELECT document_id FROM ticket_document d
   WHERE number = ANY ($1::text[]) AND (NOT $3 OR $2::bigint = ANY (clients)
     OR EXISTS (SELECT FROM ticket_replay r WHERE r.document_id = d.document_id AND r.client_id = $2))
   ORDER BY ${MAILBOX_ORDER} LIMIT $4`,
);

/** The same by document id. */
export const documentsOfIds = statement<Chosen>(
  'tickets.documentsOfIds',
  `SELECT document_id FROM ticket_document d
   WHERE document_id = ANY ($1::uuid[]) AND (NOT $3 OR $2::bigint = ANY (clients)
     OR EXISTS (SELECT FROM ticket_replay r WHERE r.document_id = d.document_id AND r.client_id = $2))
   ORDER BY ${MAILBOX_ORDER}`,
);

/**
 * The documents of message ids that have left the client's mailbox. Message ids are not indexed: they carry the time of their making, which
 * finds the few rows of history around it. A day on each side covers clocks that differ.
 */
export const leftByMessageIds = statement<Chosen & { message_id: string }>(
  'tickets.leftByMessageIds',
  `SELECT h.document_id, h.message_id
   FROM unnest($2::uuid[], $3::timestamptz[]) AS wanted (message_id, made_at)
   JOIN ticket_history h ON h.client_id = $1 AND h.message_id = wanted.message_id
     AND h.enqueued_at BETWEEN wanted.made_at - interval '1 day' AND wanted.made_at + interval '1 day'
   ORDER BY h.seq`,
);

const REPLAYABLE = `SELECT d.document_id, d.bytes, d.xml IS NOT NULL AS kept,
     EXISTS (SELECT FROM unnest(d.clients, d.sequences) AS q (client_id, seq)
             JOIN ticket_message m ON m.client_id = q.client_id AND m.seq = q.seq AND m.document_id = d.document_id
             WHERE q.client_id = $2)
     OR EXISTS (SELECT FROM ticket_replay r JOIN ticket_message m ON m.client_id = r.client_id AND m.seq = r.seq AND m.document_id = d.document_id
                WHERE r.document_id = d.document_id AND r.client_id = $2) AS queued
   FROM ticket_document d WHERE d.document_id = ANY ($1::uuid[]) ORDER BY d.document_id`;

type Replayable = { document_id: string; bytes: number; kept: boolean; queued: boolean };

/** Whether the body is kept and whether the document waits in the client's mailbox now. */
export const replayable = statement<Replayable>('tickets.replayable', REPLAYABLE);

/** The same; the documents are locked until the commit, so that no erasure takes a body between choosing and queueing. */
export const lockReplayable = statement<Replayable>('tickets.lockReplayable', `${REPLAYABLE} FOR SHARE OF d`);

/** Queues documents at the tail of one mailbox, from sequence `$4` on, and remembers where. */
export const insertReplays = statement(
  'tickets.insertReplays',
  `WITH fresh AS (SELECT * FROM unnest($2::uuid[], $3::int[], $6::uuid[]) WITH ORDINALITY AS f (document_id, bytes, message_id, n)),
   queued AS (
     INSERT INTO ticket_message (client_id, seq, message_id, document_id, replay, bytes, enqueued_at, expires_at)
     SELECT $1, $4::bigint + n - 1, message_id, document_id, true, bytes, now(), now() + make_interval(days => $5) FROM fresh ORDER BY n)
   INSERT INTO ticket_replay (document_id, client_id, seq) SELECT document_id, $1, $4::bigint + n - 1 FROM fresh`,
);
