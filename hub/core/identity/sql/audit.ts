import type { QueryResult } from 'pg';
import { type Queryable, run, statement, type Value } from '../../database/statement.ts';

/** Conditions add up; none is every row. */
export interface AuditFilter {
  readonly login?: string | undefined;
  /** What was changed, exactly. */
  readonly object?: string | undefined;
  /** Exactly, or all that begin alike: `tickets.client.*`. */
  readonly action?: string | undefined;
  readonly from?: Temporal.Instant | undefined;
  /** Not included. */
  readonly to?: Temporal.Instant | undefined;
  /** Cursor: only rows with a lower id. */
  readonly before?: number | undefined;
}

export interface AuditRow {
  readonly [column: string]: unknown;
  readonly id: number;
  readonly time: Temporal.Instant;
  readonly login: string;
  readonly face: string;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly object: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly reason: string | null;
}

/** Newest first. Composed for each call, because a plan for "any of six optional conditions" would read the whole table. */
export async function selectAudit(db: Queryable, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  const conditions: string[] = [];
  const values: Value[] = [];
  const add = (value: Value | undefined, condition: (parameter: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  add(filter.login, (p) => `login = ${p}`);
  add(filter.object, (p) => `object = ${p}`);
  if (filter.action?.endsWith('*')) add(filter.action.slice(0, -1), (p) => `starts_with(action, ${p})`);
  else add(filter.action, (p) => `action = ${p}`);
  add(filter.from, (p) => `time >= ${p}`);
  add(filter.to, (p) => `time < ${p}`);
  add(filter.before, (p) => `id < ${p}`);
  values.push(limit);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const text = `SELECT id, time, login, face, address, request_id, action, object, before, after, reason
     FROM audit ${where} ORDER BY id DESC LIMIT $${values.length}`;
  const result: QueryResult<AuditRow> = await run<AuditRow>(db, text, values);
  return result.rows;
}

/** Deletes at most $2 rows older than $1 days. */
export const expireAuditRows = statement<{ gone: number }>('identity.expireAudit', 'SELECT audit_expire($1, $2) AS gone');
