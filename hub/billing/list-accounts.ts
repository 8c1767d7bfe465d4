import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { checkPeriod } from './day-period.ts';
import { contractsOf } from './list-money.ts';
import { MONEY_OF, type MoneyOf } from './list-money-pages.ts';
import { monthOf } from './move-balance.ts';
import { rowCursor } from './row-cursor.ts';
import { type AccountRow, accountPage } from './sql/account-pages.ts';

const cursor = rowCursor('ba', ['day', 'number', 'number', 'number']);

export interface AccountWish {
  readonly contractId: number;
  /** (Default: contract) */
  readonly of?: MoneyOf | undefined;
  readonly serviceId?: number | undefined;
  /** Any day of the first and of the last month; null: open. */
  readonly from: Temporal.PlainDate | null;
  readonly to: Temporal.PlainDate | null;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What was accrued for services, by object and month, the newest first. @throws HubError NOT_FOUND (contract), BAD_REQUEST (`cursor`, days) */
export async function pageOfAccounts(db: Queryable, act: Act, wish: AccountWish): Promise<Page<AccountRow>> {
  const { contractId, of = 'contract', from, to, serviceId, limit } = wish;
  checkPeriod(from, to, ['from', 'to']);
  const before = cursor.placeOf(wish.after);
  const contracts = await contractsOf(db, act, contractId, MONEY_OF[of]);
  const months = { from: from && monthOf(from), to: to && monthOf(to) };
  const rows = await accountPage(db, { contracts, ...months, serviceId: serviceId ?? null, before, limit: limit + 1 });
  return pageOf(rows, limit, (row) => cursor.after([row.month, row.contractId, row.serviceId, row.objectId]));
}
