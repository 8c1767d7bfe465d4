import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { createOnce, type Done, type OnceCall, tellOnce } from '../../core/http/once.ts';

const keys = createOnce('travel');

/**
 * Runs a changing call in one transaction, at most once for an Idempotency-Key of its headers, and answers its body (spec 2.1, F4). A repeat carries
 * the header `idempotency-replayed: true`.
 * @example handle: (call) => once(database, call, 201, async (tx) => ({ answer: await addTrip(tx, call.caller, call.body), location: ... }))
 * @param status of success
 */
export async function once(database: Database, call: OnceCall, status: number, work: (tx: Transaction) => Promise<Done>): Promise<unknown> {
  return tellOnce(call, await database.transaction((tx) => keys.inside(tx, call, status, () => work(tx))));
}

/** The same for work that makes transactions of its own. */
export async function jobOnce(database: Database, call: OnceCall, status: number, work: () => Promise<Done>): Promise<unknown> {
  return tellOnce(call, await keys.job(database, call, status, work));
}
