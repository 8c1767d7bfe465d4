import { statement, type Transaction } from '../database/statement.ts';
import type { Caller } from './caller.ts';

/** One change for the audit. `before` and `after` hold the changed fields only; never a password, a key or a body. */
export interface AuditEntry {
  /** `<module>.<noun>.<verb>`, e.g. `tickets.client.hold`. */
  readonly action: string;
  /** What was changed: a name or an id. */
  readonly object: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

const insertAudit = statement(
  'identity.insertAudit',
  `INSERT INTO audit (login, face, address, request_id, action, object, before, after, reason)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

/** Writes the audit row of a change, in the transaction of the change. */
export async function audit(tx: Transaction, caller: Caller, entry: AuditEntry): Promise<void> {
  await insertAudit(
    tx,
    caller.login,
    caller.face,
    caller.address ?? null,
    caller.requestId ?? null,
    entry.action,
    entry.object,
    entry.before ? JSON.stringify(entry.before) : null,
    entry.after ? JSON.stringify(entry.after) : null,
    entry.reason ?? null,
  );
}
