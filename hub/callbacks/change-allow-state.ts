import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type AllowAct, isProven, stateAfter } from './allowed-address.ts';
import { actsAlone, secondPerson } from './create-allow-request.ts';
import { has, loadAllow, requireFor } from './load-allow-entry.ts';
import { recordAllowStep } from './record-allow-step.ts';
import { type AllowRow, stepAllow } from './sql/allow.ts';

export interface AllowStateInput {
  readonly id: number;
  readonly act: AllowAct;
  /** Needed for rejecting and revoking. */
  readonly reason?: string | undefined;
  /** The version that was read. */
  readonly version?: number | undefined;
}

/** @throws HubError FORBIDDEN naming the right that is missing for the act. */
function requireRightFor(caller: Caller, act: AllowAct, row: AllowRow, proven: boolean): void {
  // Rejecting at once, and approving what is proven, is the agent's, too. Private networks are opened by support alone.
  const agentToo = (act === 'reject' && row.state === 'requested') || (act === 'approve' && proven && row.networks.length === 0);
  if (agentToo && has(caller, 'callbacks.allow.forward', row)) return;
  requireFor(caller, act === 'forward' ? 'callbacks.allow.forward' : 'callbacks.allow.approve', row);
}

/** @throws HubError STALE_VERSION `version` when `expected` is given and is not the present version. */
function checkVersion(row: AllowRow, expected: number | undefined): void {
  if (expected === undefined || expected === row.version) return;
  throw new HubError('STALE_VERSION', `allow-list entry ${row.allowId} is at version ${row.version}, not ${expected}; read it again`, {
    reason: 'version',
  });
}

/**
 * One step of a line: forward, approve, reject, revoke (allowed-address.ts). Revoking is in force in all hubs within 5 s of the commit.
 * @throws HubError NOT_FOUND, FORBIDDEN, STALE_VERSION; CONFLICT `bad_state`, `second_person`; VALIDATION without a reason where one is needed.
 */
export async function changeAllowState(tx: Transaction, caller: Caller, input: AllowStateInput): Promise<AllowRow> {
  const { id, act, reason } = input;
  const before = await loadAllow(tx, caller, id, 'lock');
  const proven = isProven(before.provenAt, Temporal.Now.instant());
  requireRightFor(caller, act, before, proven);
  checkVersion(before, input.version);
  const state = stateAfter(before, act, proven);
  if (act === 'approve' && before.createdBy === caller.login && !(await actsAlone(tx, caller))) throw secondPerson();
  if ((act === 'reject' || act === 'revoke') && reason === undefined) {
    throw new HubError('VALIDATION', `reason: say why, so that the client can be told`, {
      details: [{ code: 'REQUIRED', path: '/reason', message: 'this is required' }],
      russian: 'reason: укажите причину для клиента',
    });
  }
  const [row] = await stepAllow(tx, id, state, caller.login, reason ?? null);
  const step = { forward: 'forwarded', approve: 'approved', reject: 'rejected', revoke: 'revoked' } as const;
  await recordAllowStep(tx, caller, { row: row as AllowRow, step: step[act], before, ...(reason !== undefined && { reason }) });
  return row as AllowRow;
}
