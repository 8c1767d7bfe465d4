import { type Queryable, run, statement, type Value } from '../../core/database/statement.ts';

/** An operation without its control message. */
export type OperationView = {
  operationId: string;
  source: string;
  /** The id that the sender gave it. */
  id: string;
  kind: string;
  occurredAt: Temporal.Instant;
  receivedAt: Temporal.Instant;
  receivedBy: string;
  warnings: { code: string; path: string; message: string }[];
  /** Documents that no client receives. */
  unrouted: number;
  documents: { documentId: string; type: string; opType: string; transType: string; number: string; clients: string[] }[];
};

const COLUMNS = `o.operation_id AS "operationId", o.source, o.external_id AS id, o.kind, o.occurred_at AS "occurredAt",
  o.received_at AS "receivedAt", o.received_by AS "receivedBy", COALESCE(o.warnings, '[]') AS warnings, o.unrouted,
  (SELECT COALESCE(jsonb_agg(jsonb_build_object('documentId', d.document_id, 'type', d.type, 'opType', d.op_type, 'transType', d.trans_type,
     'number', d.number, 'clients', ARRAY(SELECT c.name FROM ticket_client c WHERE c.client_id = ANY (d.clients) ORDER BY c.name))
     ORDER BY d.position), '[]') FROM ticket_document d WHERE d.operation_id = o.operation_id) AS documents`;

export const operationById = statement<OperationView>(
  'tickets.operationById',
  `SELECT ${COLUMNS} FROM ticket_operation o WHERE o.operation_id = $1`,
);

export const controlOf = statement<{ control: unknown; source: string; id: string }>(
  'tickets.controlOf',
  'SELECT control, source, external_id AS id FROM ticket_operation WHERE operation_id = $1',
);

export interface OperationFilter {
  readonly only?: 'unrouted' | 'warnings' | undefined;
  readonly source?: string | undefined;
  readonly id?: string | undefined;
  readonly kind?: string | undefined;
  /** Ids below this one: the next page. */
  readonly after?: string | undefined;
}

/** Operations that match, newest first. */
export async function findOperationRows(db: Queryable, filter: OperationFilter, limit: number): Promise<OperationView[]> {
  const values: Value[] = [];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: Value | undefined): void => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  if (filter.only === 'unrouted') conditions.push('o.unrouted > 0');
  if (filter.only === 'warnings') conditions.push('o.warnings IS NOT NULL');
  add((parameter) => `o.source = ${parameter}`, filter.source);
  add((parameter) => `o.external_id = ${parameter}`, filter.id);
  add((parameter) => `o.kind = ${parameter}`, filter.kind);
  add((parameter) => `o.operation_id < ${parameter}::uuid`, filter.after);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  // The page is cut before the documents are gathered: otherwise every match would look up its own.
  const text = `SELECT ${COLUMNS}
    FROM (SELECT * FROM ticket_operation o ${where} ORDER BY o.operation_id DESC LIMIT $${values.push(limit)}) o ORDER BY o.operation_id DESC`;
  return (await run<OperationView>(db, text, values)).rows;
}

/** A refused control message. */
export type RejectionView = {
  rejectionId: number;
  receivedAt: Temporal.Instant;
  receivedBy: string;
  source: string | null;
  id: string | null;
  code: string;
  faults: { code: string; path: string; message: string }[];
};

/** Those of the last 7 days below number `$1`, newest first. */
export const recentRejections = statement<RejectionView>(
  'tickets.recentRejections',
  `SELECT rejection_id AS "rejectionId", received_at AS "receivedAt", received_by AS "receivedBy", source, external_id AS id, code, faults
   FROM ticket_rejection WHERE rejection_id < $1 AND received_at > now() - interval '7 days' ORDER BY rejection_id DESC LIMIT $2`,
);
