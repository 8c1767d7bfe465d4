import { statement, type Transaction } from '../database/statement.ts';
import { type NewEvent, valuesOfEvents } from '../events/publish.ts';
import { TOLD_EVENTS, WRITTEN_EVENTS } from '../events/sql/written-events.ts';
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

const insertAuditAndEvents = statement(
  'identity.insertAuditAndEvents',
  `WITH ${WRITTEN_EVENTS},
   audited AS (
     INSERT INTO audit (login, face, address, request_id, action, object, before, after, reason)
     SELECT $4::text, $5::text, $6::text, $7::text, action, object, before::jsonb, after::jsonb, reason
     FROM unnest($8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) WITH ORDINALITY AS entry (action, object, before, after, reason, place)
     ORDER BY place)
   ${TOLD_EVENTS}`,
);

/** `audit` of each entry and `publish` of the events by one statement, for changes that come thousands a second. */
export async function auditAndPublish(
  tx: Transaction,
  caller: Caller,
  entries: readonly AuditEntry[],
  events: readonly NewEvent[],
): Promise<void> {
  await insertAuditAndEvents(
    tx,
    ...valuesOfEvents(events),
    ...[caller.login, caller.face, caller.address ?? null, caller.requestId ?? null],
    entries.map(({ action }) => action),
    entries.map(({ object }) => object),
    entries.map(({ before }) => (before ? JSON.stringify(before) : null)),
    entries.map(({ after }) => (after ? JSON.stringify(after) : null)),
    entries.map(({ reason }) => reason ?? null),
  );
}
