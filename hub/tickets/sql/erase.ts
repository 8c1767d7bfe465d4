import { statement } from '../../core/database/statement.ts';

/** True for a document of which a message waits in any mailbox. */
const WAITING = `(EXISTS (SELECT FROM unnest(d.clients, d.sequences) AS q (client_id, seq)
     JOIN ticket_message m ON m.client_id = q.client_id AND m.seq = q.seq AND m.document_id = d.document_id)
   OR EXISTS (SELECT FROM ticket_replay r
     JOIN ticket_message m ON m.client_id = r.client_id AND m.seq = r.seq AND m.document_id = d.document_id
     WHERE r.document_id = d.document_id))`;

/**
 * Locks documents in one order. What waits is asked by a later statement, so of two transactions that take the last messages of one document
 * the later sees the earlier, and a replay that has just queued it is seen as well.
 */
export const lockDocuments = statement(
  'tickets.lockDocuments',
  'SELECT FROM ticket_document WHERE document_id = ANY ($1::uuid[]) ORDER BY document_id FOR UPDATE',
);

const erase = (columns: string): string => `UPDATE ticket_document d SET ${columns}
   WHERE document_id = ANY ($1::uuid[]) AND NOT ${WAITING} RETURNING document_id`;

/** Erases the bodies of those of the documents that wait nowhere. The caller has locked them, as for the statements below. */
export const eraseBodies = statement<{ document_id: string }>('tickets.eraseBodies', erase('xml = NULL'));

/** Erases body and PNR: all that is personal in a row. */
export const erasePersonal = statement<{ document_id: string }>('tickets.erasePersonal', erase('xml = NULL, pnr = NULL'));

/** Documents made before `$2` with something left to erase, from `$1` on by id, locked. */
export const lockOldDocuments = statement<{ id: string }>(
  'tickets.lockOldDocuments',
  `SELECT document_id AS id FROM ticket_document
   WHERE document_id > $1::uuid AND document_id < $3::uuid AND created_at < $2 AND (xml IS NOT NULL OR pnr IS NOT NULL)
   ORDER BY document_id LIMIT $4 FOR UPDATE`,
);

/** Imported documents, which belong to no operation, made before `$2`, from `$1` on by id, locked. */
export const lockOldImports = statement<{ id: string }>(
  'tickets.lockOldImports',
  `SELECT document_id AS id FROM ticket_document
   WHERE document_id > $1::uuid AND document_id < $3::uuid AND created_at < $2 AND operation_id IS NULL
   ORDER BY document_id LIMIT $4 FOR UPDATE`,
);

/** Operations received before `$2`, from `$1` on by id. */
export const oldOperations = statement<{ id: string }>(
  'tickets.oldOperations',
  `SELECT operation_id AS id FROM ticket_operation
   WHERE operation_id > $1::uuid AND operation_id < $3::uuid AND received_at < $2 ORDER BY operation_id LIMIT $4`,
);

export const lockDocumentsOfOperations = statement(
  'tickets.lockDocumentsOfOperations',
  'SELECT FROM ticket_document WHERE operation_id = ANY ($1::uuid[]) ORDER BY document_id FOR UPDATE',
);

/** Deletes those of the operations of which no document waits, with their documents. */
export const deleteOperations = statement<{ deleted: number }>(
  'tickets.deleteOperations',
  `WITH free AS MATERIALIZED (
     SELECT id FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (SELECT FROM ticket_document d WHERE d.operation_id = id AND ${WAITING})),
   documents AS (DELETE FROM ticket_document d USING free WHERE d.operation_id = free.id RETURNING d.document_id),
   replays AS (DELETE FROM ticket_replay r USING documents WHERE r.document_id = documents.document_id),
   deleted AS (DELETE FROM ticket_operation o USING free WHERE o.operation_id = free.id RETURNING 1)
   SELECT count(*) AS deleted FROM deleted`,
);

/** Deletes those of the documents that wait nowhere. */
export const deleteDocuments = statement<{ deleted: number }>(
  'tickets.deleteDocuments',
  `WITH deleted AS (DELETE FROM ticket_document d WHERE document_id = ANY ($1::uuid[]) AND NOT ${WAITING} RETURNING document_id),
   replays AS (DELETE FROM ticket_replay r USING deleted WHERE r.document_id = deleted.document_id)
   SELECT count(*) AS deleted FROM deleted`,
);

/** Deletes up to `$3` rows of one client's history that ended before `$2`. */
export const deleteOldHistory = statement<{ deleted: number }>(
  'tickets.deleteOldHistory',
  `WITH old AS (
     SELECT seq FROM ticket_history WHERE client_id = $1 AND enqueued_at < $2 AND finished_at < $2 ORDER BY enqueued_at LIMIT $3),
   gone AS (DELETE FROM ticket_history h USING old WHERE h.client_id = $1 AND h.seq = old.seq RETURNING 1)
   SELECT count(*) AS deleted FROM gone`,
);

export const deleteOldRejections = statement<{ deleted: number }>(
  'tickets.deleteOldRejections',
  `WITH old AS (SELECT rejection_id FROM ticket_rejection WHERE received_at < $1 ORDER BY rejection_id LIMIT $2),
        gone AS (DELETE FROM ticket_rejection r USING old WHERE r.rejection_id = old.rejection_id RETURNING 1)
   SELECT count(*) AS deleted FROM gone`,
);

export const allClientIds = statement<{ client_id: number }>(
  'tickets.allClientIds',
  'SELECT client_id FROM ticket_client ORDER BY client_id',
);
