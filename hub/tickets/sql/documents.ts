import { type Queryable, run, statement, type Value } from '../../core/database/statement.ts';

/** A document without its body. */
export type DocumentView = {
  documentId: string;
  /** null: imported. */
  operationId: string | null;
  role: string;
  type: string;
  opType: string;
  transType: string;
  number: string;
  exNumber: string | null;
  toNumber: string | null;
  pnr: string | null;
  carrier: string | null;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  createdAt: Temporal.Instant;
  /** The body is kept. */
  kept: boolean;
  /** Names of the clients it was routed to first. */
  clients: string[];
};

const COLUMNS = `d.document_id AS "documentId", d.operation_id AS "operationId", d.role, d.type, d.op_type AS "opType",
  d.trans_type AS "transType", d.number, d.ex_number AS "exNumber", d.to_number AS "toNumber", d.pnr, d.carrier, d.bytes,
  encode(d.sha256, 'hex') AS sha256, d.created_at AS "createdAt", d.xml IS NOT NULL AS kept,
  ARRAY(SELECT c.name FROM ticket_client c WHERE c.client_id = ANY (d.clients) ORDER BY c.name) AS clients`;

/** What to look for; absent conditions hold always. */
export interface DocumentFilter {
  /** Spellings of the number, any of them. */
  readonly numbers?: readonly string[] | undefined;
  /** Spellings of the PNR, any of them. */
  readonly pnrs?: readonly string[] | undefined;
  /** Made at or after; and its id no lower than `lowest`. */
  readonly from?: Temporal.Instant | undefined;
  readonly lowest?: string | undefined;
  /** Made before; and its id below `below`. */
  readonly to?: Temporal.Instant | undefined;
  readonly below?: string | undefined;
  /** Ids below this one: the next page. */
  readonly after?: string | undefined;
}

/** Documents that match, newest first. The text is composed of the conditions that are there, so that each search has a plan of its own. */
export async function findDocumentRows(db: Queryable, filter: DocumentFilter, limit: number): Promise<DocumentView[]> {
  const values: Value[] = [];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: Value | undefined): void => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  add((parameter) => `d.number = ANY (${parameter}::text[])`, filter.numbers);
  add((parameter) => `d.pnr = ANY (${parameter}::text[])`, filter.pnrs);
  add((parameter) => `d.created_at >= ${parameter}`, filter.from);
  add((parameter) => `d.document_id >= ${parameter}::uuid`, filter.lowest);
  add((parameter) => `d.created_at < ${parameter}`, filter.to);
  add((parameter) => `d.document_id < ${parameter}::uuid`, filter.below);
  add((parameter) => `d.document_id < ${parameter}::uuid`, filter.after);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const text = `SELECT ${COLUMNS} FROM ticket_document d ${where} ORDER BY d.document_id DESC LIMIT $${values.push(limit)}`;
  return (await run<DocumentView>(db, text, values)).rows;
}

export const documentById = statement<DocumentView>(
  'tickets.documentById',
  `SELECT ${COLUMNS} FROM ticket_document d WHERE d.document_id = $1`,
);

/** Documents that have one of the numbers or name one as replaced or belonged to, oldest first. */
export const documentsAround = statement<DocumentView>(
  'tickets.documentsAround',
  `SELECT ${COLUMNS} FROM ticket_document d
   WHERE d.number = ANY ($1::text[]) OR d.ex_number = ANY ($1::text[]) OR d.to_number = ANY ($1::text[])
   ORDER BY d.document_id LIMIT $2`,
);

/** The body and its digest; no row for an unknown document, null for one whose body is erased. */
export const documentBody = statement<{ xml: Buffer | null; sha256: string; number: string }>(
  'tickets.documentBody',
  `SELECT xml, encode(sha256, 'hex') AS sha256, number FROM ticket_document WHERE document_id = $1`,
);

/** What became of a document at one client, first routing and each replay. */
export type Delivery = {
  client: string;
  sequence: number;
  replay: boolean;
  messageId: string | null;
  /** `unknown`: its history is not kept any more. */
  status: 'queued' | 'delivered' | 'expired' | 'withdrawn' | 'imported' | 'unknown';
  enqueuedAt: Temporal.Instant | null;
  expiresAt: Temporal.Instant | null;
  finishedAt: Temporal.Instant | null;
};

export const deliveriesOfDocument = statement<Delivery>(
  'tickets.deliveriesOfDocument',
  `SELECT c.name AS client, p.seq AS sequence, p.replay, COALESCE(m.message_id, h.message_id) AS "messageId",
     CASE WHEN m.seq IS NOT NULL THEN 'queued' ELSE COALESCE(h.outcome, 'unknown') END AS status,
     COALESCE(m.enqueued_at, h.enqueued_at) AS "enqueuedAt", m.expires_at AS "expiresAt", h.finished_at AS "finishedAt"
   FROM (SELECT q.client_id, q.seq, false AS replay FROM ticket_document d, unnest(d.clients, d.sequences) AS q (client_id, seq)
         WHERE d.document_id = $1
         UNION ALL SELECT client_id, seq, true FROM ticket_replay WHERE document_id = $1) p
   JOIN ticket_client c USING (client_id)
   LEFT JOIN ticket_message m ON m.client_id = p.client_id AND m.seq = p.seq AND m.document_id = $1
   LEFT JOIN ticket_history h ON h.client_id = p.client_id AND h.seq = p.seq AND h.document_id = $1
   ORDER BY c.name, p.seq`,
);
