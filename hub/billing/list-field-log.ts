import type { Queryable } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { findContract } from './find-contract.ts';
import { type FieldLogRow, fieldLog } from './sql/contract-records.ts';

/** What a field of a contract was set to, the oldest first, numbered from 1. @throws HubError NOT_FOUND */
export async function listFieldLog(
  db: Queryable,
  act: Act,
  contractId: number,
  field: 'mode' | 'personType',
): Promise<(FieldLogRow & { readonly id: number })[]> {
  const { id } = await findContract(db, act, contractId);
  return (await fieldLog(db, id, field)).map((row, at) => ({ ...row, id: at + 1 }));
}
