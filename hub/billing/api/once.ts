import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { createOnce, type Done, type OnceCall, tellOnce } from '../../core/http/once.ts';
import type { Act } from '../act.ts';
import type { Acts } from './acts.ts';

const keys = createOnce('billing');

/**
 * Runs a changing call as `acts.change` does, at most once for an Idempotency-Key of its headers, and answers its body. A repeat carries the header
 * `idempotency-replayed: true`.
 * @example handle: (call) => changeOnce(acts, call, call.body.contract_id, 201, async (tx, act) => ({ answer: ..., location: ... }))
 * @param contractId whose turn it is; undefined: nobody's
 * @param status of success
 */
export async function changeOnce(
  acts: Acts,
  call: OnceCall,
  contractId: number | undefined,
  status: number,
  work: (tx: Transaction, act: Act) => Promise<Done>,
): Promise<unknown> {
  return tellOnce(call, await acts.change(call.caller, contractId, (tx, act) => keys.inside(tx, call, status, () => work(tx, act))));
}

/** The same for work of several transactions: while it is under way, a repeat is refused with CONFLICT and the reason `under_way`. */
export async function jobOnce(database: Database, call: OnceCall, status: number, work: () => Promise<Done>): Promise<unknown> {
  return tellOnce(call, await keys.job(database, call, status, work));
}
