import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { addressOf } from './allowed-address.ts';
import type { AllowRow } from './sql/allow.ts';

/** What happened to a line of the allow-list; the last part of the event's type. */
export type AllowStep = 'requested' | 'added' | 'forwarded' | 'approved' | 'rejected' | 'revoked' | 'expired' | 'proven' | 'waiting';

/** Who is to know of a step: the party that acts next, or the one that asked (spec 6.5). */
const NEXT: Readonly<Record<AllowStep, readonly ('client' | 'agent' | 'support')[]>> = {
  requested: ['agent'],
  added: ['client', 'agent'],
  forwarded: ['support'],
  approved: ['client', 'agent'],
  rejected: ['client', 'agent'],
  revoked: ['client', 'agent'],
  expired: ['client', 'agent', 'support'],
  proven: ['agent'],
  waiting: ['agent', 'support'],
};

/** What an entry opens, for the audit and for events. */
const openedBy = (row: AllowRow) => ({
  address: addressOf(row),
  networks: row.networks,
  organizations: row.organizations,
  valid_until: row.validUntil?.toString() ?? null,
});

/**
 * Writes a step down: the audit, for good, and the notice for the next party, `vestnik.callbacks.allow.<step>`. Alerts and the console
 * listen to it.
 * @param before the state before it; undefined for a new line.
 */
export async function recordAllowStep(
  tx: Transaction,
  caller: Caller,
  { row, step, before, reason }: { readonly row: AllowRow; readonly step: AllowStep; readonly before?: AllowRow; readonly reason?: string },
): Promise<void> {
  if (step !== 'waiting') {
    await audit(tx, caller, {
      action: `callbacks.allow.${step}`,
      object: String(row.allowId),
      ...(before && { before: { state: before.state } }),
      after: { state: row.state, ...openedBy(row) },
      ...(reason !== undefined && { reason }),
    });
  }
  await publish(tx, {
    type: `vestnik.callbacks.allow.${step}`,
    subject: `allow/${row.allowId}`,
    data: {
      allow_id: row.allowId,
      state: row.state,
      ...openedBy(row),
      requested_by: row.createdBy,
      by: caller.login,
      reason: reason ?? null,
      notify: NEXT[step],
    },
  });
}
