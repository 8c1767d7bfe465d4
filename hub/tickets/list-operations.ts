import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, requireRight } from '../core/identity/caller.ts';
import {
  controlOf,
  findOperationRows,
  type OperationFilter,
  type OperationView,
  operationById,
  type RejectionView,
  recentRejections,
} from './sql/operations.ts';

/** Operations, newest first; `only` those that nobody received in part or in whole, or those with warnings. */
export async function listOperations(db: Queryable, filter: OperationFilter & { readonly limit: number }): Promise<Page<OperationView>> {
  return pageOf(await findOperationRows(db, filter, filter.limit + 1), filter.limit, (row) => row.operationId);
}

const unknown = (id: string): HubError => new HubError('NOT_FOUND', `there is no operation ${id}`);

/** One operation without its control message. @throws HubError NOT_FOUND */
export async function showOperation(db: Queryable, operationId: string): Promise<OperationView> {
  const [operation] = await operationById(db, operationId);
  if (!operation) throw unknown(operationId);
  return operation;
}

/**
 * The control message of an operation as it was stored: complete, with defaults. Personal data: needs `tickets.body`, and every reading is audited.
 * @throws HubError FORBIDDEN, NOT_FOUND.
 */
export async function readControl(tx: Transaction, caller: Caller, operationId: string): Promise<unknown> {
  requireRight(caller, 'tickets.body');
  const [row] = await controlOf(tx, operationId);
  if (!row) throw unknown(operationId);
  await audit(tx, caller, { action: 'tickets.operation.read', object: operationId, after: { source: row.source, id: row.id } });
  return row.control;
}

/** Control messages refused in the last 7 days, newest first. */
export async function listRejections(
  db: Queryable,
  { after, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<Page<RejectionView>> {
  return pageOf(await recentRejections(db, after ?? Number.MAX_SAFE_INTEGER, limit + 1), limit, (row) => String(row.rejectionId));
}
