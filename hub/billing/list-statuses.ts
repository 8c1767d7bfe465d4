import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { statusPeriodsOf } from './change-status.ts';
import { findContract } from './find-contract.ts';
import { before, listCursor, type PartWish } from './list-cursor.ts';
import { type StatusLogRow, statusLogPage, statusRows } from './sql/statuses.ts';
import type { StatusPeriod } from './status-periods.ts';

/** Where a period lies, seen from today. */
export type When = 'past' | 'present' | 'planned';

/** The statuses of a contract as a time line. */
export interface TimeLine {
  readonly status: number;
  readonly title: string;
  /** Of the contract. */
  readonly version: number;
  /** In order of time; a contract that never had a status set has one with the number 0. */
  readonly periods: readonly (StatusPeriod & { readonly title: string; readonly when: When })[];
}

export type StatusLogEntry = Omit<StatusLogRow, 'total'> & { readonly title: string };

const titlesOf = async (db: Queryable): Promise<(status: number) => string> => {
  const titles = new Map((await statusRows(db)).map(({ status, title }) => [status, title]));
  return (status) => titles.get(status) ?? '';
};

const { compare } = Temporal.PlainDate;

const whenOf = (today: Temporal.PlainDate, { dateFrom, dateTo }: StatusPeriod): When =>
  compare(dateFrom, today) > 0 ? 'planned' : dateTo !== null && compare(dateTo, today) < 0 ? 'past' : 'present';

/** @throws HubError NOT_FOUND */
export async function readTimeLine(db: Queryable, act: Act, contractId: number): Promise<TimeLine> {
  const contract = await findContract(db, act, contractId);
  const titleOf = await titlesOf(db);
  const periods = await statusPeriodsOf(db, contract);
  return {
    status: contract.status,
    title: titleOf(contract.status),
    version: contract.version,
    periods: periods.map((period) => ({ ...period, title: titleOf(period.status), when: whenOf(act.today, period) })),
  };
}

/** Who set which status when and why, the newest first. @throws HubError NOT_FOUND, BAD_REQUEST (cursor) */
export async function listStatusLog(
  db: Queryable,
  act: Act,
  contractId: number,
  { limit, after }: PartWish,
): Promise<Page<StatusLogEntry>> {
  const { id } = await findContract(db, act, contractId);
  const titleOf = await titlesOf(db);
  const rows = (await statusLogPage(db, id, before(after), limit + 1)).map((row) => ({ ...row, title: titleOf(row.status) }));
  return pageOf(rows, limit, (row) => listCursor.after(row.id));
}
