import type { Database } from '../core/database/database.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { addressOf } from './allowed-address.ts';
import type { AllowEntry } from './guard/allow-match.ts';
import { has, loadAllow, requireFor } from './load-allow-entry.ts';
import { recordAllowStep } from './record-allow-step.ts';
import { type AllowRow, proveAllow } from './sql/allow.ts';

/** Where the owner of an address serves the token. */
export const PROOF_PATH = '/.well-known/vestnik-callback';

/** Reads the first bytes of a document through the network guard, which is told by `entry` what it may reach; undefined: not answered with 200. */
export type FetchProof = (url: string, entry: AllowEntry) => Promise<Buffer | undefined>;

/** Where the token of a line is looked for; undefined: nobody can prove it. */
export const proofUrl = (row: AllowRow): string | undefined =>
  row.host.startsWith('*') ? undefined : `${addressOf({ ...row, pathPrefix: '' })}${PROOF_PATH}`;

const unproven = (url: string): HubError =>
  // One text for all causes: it tells nothing of what is reachable from here.
  new HubError(
    'CONFLICT',
    `the token of this request is not served at ${url}: put it there as text, answered with status 200, then repeat`,
    {
      reason: 'not_proven',
      russian: `Токен запроса не найден по адресу ${url}: разместите его там как текст с ответом 200 и повторите`,
    },
  );

/**
 * Looks whether the owner of the address serves the request's token: with that proof the agent approves alone (spec 6.5).
 * @throws HubError NOT_FOUND, FORBIDDEN; CONFLICT `bad_state`, `proof_wildcard`, `not_proven`.
 */
export async function verifyAllowOwnership(database: Database, caller: Caller, id: number, fetchProof: FetchProof): Promise<AllowRow> {
  const seen = await loadAllow(database.work, caller, id);
  if (!has(caller, 'callbacks.allow.request', seen)) requireFor(caller, 'callbacks.allow.forward', seen);
  requireOpen(seen);
  const url = proofUrl(seen);
  if (url === undefined) {
    throw new HubError('CONFLICT', 'the ownership of all subdomains cannot be proven: support decides', {
      reason: 'proof_wildcard',
      russian: 'Владение всеми поддоменами подтвердить нельзя: решает служба поддержки',
    });
  }
  const { allowId, scheme, host, port } = seen;
  // Into private networks nothing is sent before support has agreed: the time that it takes would tell what is there.
  const entry: AllowEntry = { id: allowId, scheme, host, port, pathPrefix: '', networks: [], organizations: [], validUntil: null };
  const found = await fetchProof(url, entry);
  if (found?.toString('latin1').trim() !== seen.proofToken) throw unproven(url);
  return database.transaction(async (tx) => {
    const before = await loadAllow(tx, caller, id, 'lock');
    requireOpen(before);
    const [row] = await proveAllow(tx, id);
    await recordAllowStep(tx, caller, { row: row as AllowRow, step: 'proven', before });
    return row as AllowRow;
  });
}

/** @throws HubError CONFLICT `bad_state`. */
function requireOpen({ allowId, state }: AllowRow): void {
  if (state === 'requested' || state === 'forwarded') return;
  throw new HubError('CONFLICT', `allow-list entry ${allowId} is ${state}: ownership is proven for open requests`, {
    reason: 'bad_state',
    russian: `Запись белого списка ${allowId}: владение подтверждается для открытых запросов`,
  });
}
