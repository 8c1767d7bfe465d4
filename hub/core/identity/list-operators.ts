import type { Queryable } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { normalLogin, type Operator } from './operator.ts';
import { selectOperator, selectOperators, toOperator } from './sql/operator.ts';

export interface OperatorFilter {
  /** Part of the login or of the display name. */
  readonly q?: string | undefined;
  /** Cursor: only logins behind this one. */
  readonly after?: string | undefined;
  /** 1..1000. (Default: 100) */
  readonly limit?: number | undefined;
}

/** A page of operators in the order of their logins; `next` is the `after` of the next page. */
export async function listOperators(
  db: Queryable,
  { q, after = '', limit = 100 }: OperatorFilter = {},
): Promise<{ items: Operator[]; next: string | undefined }> {
  const wanted = Math.min(Math.max(limit, 1), 1_000);
  const rows = await selectOperators(db, after, wanted + 1, q ?? null);
  const items = rows.slice(0, wanted).map(toOperator);
  return { items, next: rows.length > wanted ? items.at(-1)?.login : undefined };
}

/** @throws HubError NOT_FOUND. */
export async function findOperator(db: Queryable, login: string): Promise<Operator> {
  const name = normalLogin(login);
  const [row] = name === undefined ? [] : await selectOperator(db, name);
  if (!row) throw new HubError('NOT_FOUND', `there is no operator ${JSON.stringify(login.slice(0, 64))}`);
  return toOperator(row);
}
