import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { idCursor, type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { isOpen } from './fence.ts';

export type { CallRow, IntegrationRow } from './sql/call-journal.ts';

import { type CallRow, callById, callRows, type IntegrationRow, integrationRows, type NewCall } from './sql/call-journal.ts';

/** Which calls of the journal are wanted; what is left out does not matter. */
export interface CallFilter {
  readonly login?: string | undefined;
  readonly protocol?: NewCall['protocol'] | undefined;
  /** The beginning of `PaymentService.paymentGet` or `contract/ContractInfo`, in letters of any case. */
  readonly operation?: string | undefined;
  readonly failed?: boolean | undefined;
  /** From this instant on. */
  readonly since?: Temporal.Instant | undefined;
  /** Before this instant. */
  readonly until?: Temporal.Instant | undefined;
  readonly requestId?: string | undefined;
}

const cursor = idCursor('bj');

/** A journal shows what was answered, whatever contract it was about: who is fenced in sees only what was answered to himself. */
const onlyOf = ({ fence, operatorId }: Act): number | null => (isOpen(fence) && fence.parameters.size === 0 ? null : operatorId);

/** Calls of the journal, the newest first. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listCalls(
  db: Queryable,
  act: Act,
  { login, protocol, operation, failed, since, until, requestId }: CallFilter,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<CallRow>> {
  const rows = await callRows(
    db,
    cursor.idOf(after),
    onlyOf(act),
    login?.toLowerCase() ?? null,
    protocol ?? null,
    operation ?? null,
    failed ?? null,
    since ?? null,
    until ?? null,
    requestId ?? null,
    limit + 1,
  );
  return pageOf(rows, limit, ({ id }) => cursor.after(id));
}

/** One call with what was sent and answered. @throws HubError NOT_FOUND, also when it has left the journal */
export async function showCall(db: Queryable, act: Act, id: number): Promise<NewCall & { readonly id: number }> {
  const [row] = await callById(db, id, onlyOf(act));
  if (row) return row;
  throw new HubError('NOT_FOUND', `the journal has no call ${id}; old ones leave it`, {
    reason: 'call',
    russian: `В журнале нет вызова ${id}; старые вызовы из него удаляются`,
  });
}

/** Who calls over which protocol. */
export const listIntegrations = (db: Queryable, act: Act): Promise<IntegrationRow[]> => integrationRows(db, onlyOf(act));
