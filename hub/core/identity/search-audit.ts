import type { Queryable } from '../database/statement.ts';
import { type AuditFilter, type AuditRow, expireAuditRows, selectAudit } from './sql/audit.ts';

export type { AuditFilter };

/** One row of the audit. */
export interface AuditRecord {
  readonly id: number;
  readonly time: Temporal.Instant;
  readonly login: string;
  readonly face: string;
  readonly address: string | undefined;
  readonly requestId: string | undefined;
  readonly action: string;
  readonly object: string;
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly after: Readonly<Record<string, unknown>> | undefined;
  readonly reason: string | undefined;
}

const MOST = 1_000;
const CHUNK = 10_000;

const toRecord = (row: AuditRow): AuditRecord => ({
  id: row.id,
  time: row.time,
  login: row.login,
  face: row.face,
  address: row.address ?? undefined,
  requestId: row.request_id ?? undefined,
  action: row.action,
  object: row.object,
  before: row.before ?? undefined,
  after: row.after ?? undefined,
  reason: row.reason ?? undefined,
});

/**
 * A page of the audit, newest first.
 * @param limit 1..1000. (Default: 100)
 * @returns the rows, and `next` for the `before` of the next page; undefined after the last.
 */
export async function searchAudit(
  db: Queryable,
  filter: AuditFilter,
  limit = 100,
): Promise<{ items: AuditRecord[]; next: number | undefined }> {
  const wanted = Math.min(Math.max(limit, 1), MOST);
  const rows = await selectAudit(db, filter, wanted + 1);
  const items = rows.slice(0, wanted).map(toRecord);
  return { items, next: rows.length > wanted ? items.at(-1)?.id : undefined };
}

/** Removes what is older than `days` (1 at least), in chunks. @returns how many rows. */
export async function expireAudit(db: Queryable, days: number): Promise<number> {
  for (let total = 0; ; ) {
    const [row] = await expireAuditRows(db, days, CHUNK);
    total += row?.gone ?? 0;
    if ((row?.gone ?? 0) < CHUNK) return total;
  }
}
