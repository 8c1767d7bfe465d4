import { statement } from '../../core/database/statement.ts';

/** Tells this lock from other advisory locks; the class is that of jobs.ts. */
export const lockImports = statement('tickets.lockImports', 'SELECT pg_advisory_xact_lock(7403913, 100)');

/** Digests of the stored documents with one of these numbers: the number is indexed, the digest is not. */
export const digestsOfNumbers = statement<{ sha256: string }>(
  'tickets.digestsOfNumbers',
  `SELECT encode(sha256, 'hex') AS sha256 FROM ticket_document WHERE number = ANY ($1::text[])`,
);

/** History of documents that were delivered before this hub: sequences from `$2` on. */
export const insertImportedHistory = statement(
  'tickets.insertImportedHistory',
  `INSERT INTO ticket_history (client_id, seq, message_id, document_id, replay, enqueued_at, outcome)
   SELECT $1, $2::bigint + n - 1, message_id, document_id, false, now(), 'imported'
   FROM unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS fresh (document_id, message_id, n)`,
);

/** New messages of imported documents. */
export const insertImportedMessages = statement(
  'tickets.insertImportedMessages',
  `INSERT INTO ticket_message (client_id, seq, message_id, document_id, replay, bytes, enqueued_at, expires_at)
   SELECT $1, $2::bigint + n - 1, message_id, document_id, false, bytes, now(), now() + make_interval(days => $6)
   FROM unnest($3::uuid[], $4::uuid[], $5::int[]) WITH ORDINALITY AS fresh (document_id, message_id, bytes, n) ORDER BY n`,
);
