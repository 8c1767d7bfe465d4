import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { boundsOf, countKnownBy, EVERYTHING, type PageWish, requireBounded } from './page.ts';
import { countOperatorRows, type OperatorRow, operatorById, operatorRows } from './sql/operators.ts';

/** Which operators are wanted. */
export interface OperatorSearch {
  /** Part of the login or the name, in any letter case; '' for all. */
  readonly name: string;
  /** 0 may log in, 1 is blocked, -1 any (catalogue 7). */
  readonly status: number;
  readonly page: PageWish;
}

export const EVERYBODY: OperatorSearch = { name: '', status: -1, page: EVERYTHING };

/** A page of operators in the order of their logins. @throws HubError BAD_REQUEST (`status`, `page`); CONFLICT: more than are answered at once */
export async function findOperators(
  db: Queryable,
  { settings }: Pick<Act, 'settings'>,
  { name, status, page }: OperatorSearch,
): Promise<{ rows: OperatorRow[]; recordCount: number }> {
  if (![-1, 0, 1].includes(status)) throw badValue('status', 'a state is -1, 0 or 1', 'состояние может быть -1, 0 или 1');
  const part = name.toLowerCase();
  const enabled = status === -1 ? null : status === 0;
  const { limit, offset } = boundsOf(page, settings);
  const rows = await operatorRows(db, part, enabled, limit, offset);
  requireBounded(page, rows.length, settings);
  const known = countKnownBy(page, rows.length);
  const recordCount = known ?? (await countOperatorRows(db, part, enabled))[0]?.count ?? 0;
  return { rows, recordCount };
}

/** @throws HubError NOT_FOUND */
export async function findOperator(db: Queryable, id: number): Promise<OperatorRow> {
  const [row] = await operatorById(db, id);
  if (!row) throw new HubError('NOT_FOUND', `there is no operator ${id}`, { reason: 'operator', russian: `Пользователь не найден: ${id}` });
  return row;
}
