import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { findContract } from './find-contract.ts';
import { before, listCursor, type PartWish } from './list-cursor.ts';
import { type LimitLogRow, type LimitPlanPageRow, type LimitPlanRow, limitLogPage, limitPlan, limitPlanPage } from './sql/limits.ts';

/** The limit of a contract and the return that is planned for it. @throws HubError NOT_FOUND */
export async function readLimit(
  db: Queryable,
  act: Act,
  contractId: number,
): Promise<{ readonly limit: string; readonly plan: LimitPlanRow | undefined; readonly version: number }> {
  const { id, balanceLimit, version } = await findContract(db, act, contractId);
  const [plan] = await limitPlan(db, id);
  return { limit: balanceLimit, plan, version };
}

/** Which limits a contract had, the newest first. @throws HubError NOT_FOUND, BAD_REQUEST (cursor) */
export async function listLimitHistory(
  db: Queryable,
  act: Act,
  contractId: number,
  { limit, after }: PartWish,
): Promise<Page<LimitLogRow>> {
  const { id } = await findContract(db, act, contractId);
  return pageOf(await limitLogPage(db, id, before(after), limit + 1), limit, (row) => listCursor.after(row.id));
}

/** Returns that were planned for a contract, the newest first. @throws HubError NOT_FOUND, BAD_REQUEST (cursor) */
export async function listLimitReturns(
  db: Queryable,
  act: Act,
  contractId: number,
  { limit, after }: PartWish,
): Promise<Page<LimitPlanPageRow>> {
  const { id } = await findContract(db, act, contractId);
  return pageOf(await limitPlanPage(db, id, before(after), limit + 1), limit, (row) => listCursor.after(row.id));
}
