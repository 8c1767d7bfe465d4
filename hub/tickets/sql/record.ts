import { placeholders, run, statement, type Transaction, type Value } from '../../core/database/statement.ts';

/** Rows of one multi-row statement: at most 18 parameters each, far below the protocol's 65,535. */
const MOST_ROWS = 500;

/** Serialises operations that are completed from the history of the same numbers; the keys are locked in one order, so without deadlocks. */
export const lockNumbers = statement(
  'tickets.lockNumbers',
  `SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(k, 7403912) AS key FROM unnest($1::text[]) AS k ORDER BY key) AS sorted`,
);

/** The newest document of each (source, number) pair, undefined rows left out. */
export const newestDocuments = statement<{ source: string; number: string; document_id: string }>(
  'tickets.newestDocuments',
  `SELECT wanted.source, wanted.number, newest.document_id
   FROM unnest($1::text[], $2::text[]) AS wanted (source, number)
   CROSS JOIN LATERAL (
     SELECT d.document_id FROM ticket_document d JOIN ticket_operation o USING (operation_id)
     WHERE d.number = wanted.number AND o.source = wanted.source ORDER BY d.document_id DESC LIMIT 1) AS newest`,
);

/** Every stored act on a number of a source, newest first, with the control message it came in. */
export const actsOnNumber = statement<{ document_id: string; role: string; cancels: string | null; position: number; control: unknown }>(
  'tickets.actsOnNumber',
  `SELECT d.document_id, d.role, o.control -> 'documents' -> d.position ->> 'cancels' AS cancels, d.position, o.control
   FROM ticket_document d JOIN ticket_operation o USING (operation_id)
   WHERE d.number = $2 AND o.source = $1 ORDER BY d.document_id DESC LIMIT 100`,
);

/** A row of ticket_operation in the order of the columns below. */
export type OperationRow = readonly [
  operationId: string,
  source: string,
  externalId: string,
  sha256: Buffer,
  kind: string,
  occurredAt: string,
  receivedBy: string,
  control: string,
  warnings: string | null,
  unrouted: number,
];

const operationRows = placeholders(['uuid', 'text', 'text', 'bytea', 'text', 'timestamptz', 'text', 'json', 'jsonb', 'int']);

/** Inserts operations whose key is new; answers the ids of those. Rows must come sorted by key: the order in which keys are locked. */
export async function insertOperations(tx: Transaction, rows: readonly OperationRow[]): Promise<{ operation_id: string }[]> {
  const inserted: { operation_id: string }[] = [];
  for (let start = 0; start < rows.length; start += MOST_ROWS) {
    const chunk = rows.slice(start, start + MOST_ROWS);
    const result = await run<{ operation_id: string }>(
      tx,
      `INSERT INTO ticket_operation (operation_id, source, external_id, body_sha256, kind, occurred_at, received_by, control, warnings, unrouted)
       VALUES ${operationRows(chunk.length)} ON CONFLICT (source, external_id) DO NOTHING RETURNING operation_id`,
      chunk.flat(1) as Value[],
    );
    inserted.push(...result.rows);
  }
  return inserted;
}

export const operationsByKey = statement<{
  operation_id: string;
  source: string;
  external_id: string;
  body_sha256: Buffer;
  warnings: unknown;
}>(
  'tickets.operationsByKey',
  `SELECT o.operation_id, o.source, o.external_id, o.body_sha256, o.warnings
   FROM unnest($1::text[], $2::text[]) AS wanted (source, external_id)
   JOIN ticket_operation o ON o.source = wanted.source AND o.external_id = wanted.external_id`,
);

export const documentsOfOperations = statement<{
  operation_id: string;
  document_id: string;
  position: number;
  type: string;
  number: string;
  clients: number[];
}>(
  'tickets.documentsOfOperations',
  `SELECT d.operation_id, d.document_id, d.position, d.type, d.number, d.clients
   FROM unnest($1::uuid[]) AS wanted (operation_id) JOIN ticket_document d ON d.operation_id = wanted.operation_id
   ORDER BY d.operation_id, d.position`,
);

/** Locks the counters in the order of clients; they stay locked until the commit, so a lower sequence never appears after a higher one. */
export const lockMailboxes = statement<{ client_id: number; next_seq: number }>(
  'tickets.lockMailboxes',
  'SELECT client_id, next_seq FROM ticket_mailbox WHERE client_id = ANY ($1::bigint[]) ORDER BY client_id FOR NO KEY UPDATE',
);

export const advanceMailboxes = statement(
  'tickets.advanceMailboxes',
  `UPDATE ticket_mailbox m SET next_seq = fresh.next_seq FROM unnest($1::bigint[], $2::bigint[]) AS fresh (client_id, next_seq)
   WHERE m.client_id = fresh.client_id`,
);

export const insertMessages = statement(
  'tickets.insertMessages',
  `INSERT INTO ticket_message (client_id, seq, message_id, document_id, replay, bytes, enqueued_at, expires_at)
   SELECT client_id, seq, message_id, document_id, false, bytes, now(), now() + make_interval(days => $6)
   FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::uuid[], $5::int[]) AS fresh (client_id, seq, message_id, document_id, bytes)`,
);

const documentRows = placeholders([
  'uuid',
  'uuid',
  'int',
  ...Array.from({ length: 9 }, () => 'text'),
  'bigint[]',
  'bigint[]',
  'bytea',
  'int',
  'timestamptz',
  'bytea',
]);

/** A row of ticket_document in the order of the columns below; the body is the last. */
export type DocumentRow = readonly [
  documentId: string,
  operationId: string | null,
  position: number,
  role: string,
  type: string,
  opType: string,
  transType: string,
  number: string,
  exNumber: string | null,
  toNumber: string | null,
  pnr: string | null,
  carrier: string | null,
  clients: readonly number[],
  sequences: readonly number[],
  sha256: Buffer,
  bytes: number,
  createdAt: Temporal.Instant,
  xml: Buffer,
];

/** Multi-row VALUES with one binary parameter a body: an array of bytea would be sent as hex text and cost two to three times as much. */
export async function insertDocuments(tx: Transaction, rows: readonly DocumentRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += MOST_ROWS) {
    const chunk = rows.slice(start, start + MOST_ROWS);
    await run(
      tx,
      `INSERT INTO ticket_document (document_id, operation_id, position, role, type, op_type, trans_type, number, ex_number, to_number, pnr,
         carrier, clients, sequences, sha256, bytes, created_at, xml) VALUES ${documentRows(chunk.length)}`,
      chunk.flat(1) as Value[],
    );
  }
}
