import { randomBytes } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { validate } from '../core/http/validate.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { listOperators } from '../core/identity/list-operators.ts';
import { addressOf, newAllowSchema, readAddress } from './allowed-address.ts';
import type { AddressPolicy } from './guard/address-policy.ts';
import { type AllowRight, reaches } from './load-allow-entry.ts';
import { recordAllowStep } from './record-allow-step.ts';
import { type AllowRow, insertAllow, presentAllow } from './sql/allow.ts';

/** As a face got it; `newAllowSchema` says what is left to choose. */
export type NewAllowInput = Readonly<Record<string, unknown>>;

/** A second person cannot be asked for: the machine's own administrator acts, or there is one operator only (spec 6.5). */
export async function actsAlone(tx: Transaction, caller: Caller): Promise<boolean> {
  if (caller.face === 'cli' || caller.face === 'system') return true;
  const { items } = await listOperators(tx, { limit: 1_000 });
  return items.filter(({ enabled }) => enabled).length <= 1;
}

/** The organizations it is for; a caller with a limited right who names none means those. @throws HubError FORBIDDEN for foreign ones. */
function organizationsFor(caller: Caller, right: AllowRight, wanted: readonly number[]): readonly number[] {
  const scope = requireScope(caller, right);
  const organizations = wanted.length === 0 && scope !== 'all' ? [...scope].sort((one, other) => one - other) : wanted;
  if (reaches(scope, organizations)) return organizations;
  throw new HubError('FORBIDDEN', `the right ${right} is needed for organizations ${organizations.join(', ')}`);
}

async function store(
  tx: Transaction,
  caller: Caller,
  policy: AddressPolicy,
  input: NewAllowInput,
  state: 'requested' | 'approved',
): Promise<AllowRow> {
  const fresh = validate(newAllowSchema, input, 'body');
  const right = state === 'requested' ? 'callbacks.allow.request' : 'callbacks.allow.approve';
  const organizations = organizationsFor(caller, right, fresh.organizations);
  const address = readAddress(fresh.address, fresh.networks, policy);
  const { scheme, host, port, pathPrefix } = address;
  const [row] = await insertAllow(
    tx,
    state,
    scheme,
    host,
    port,
    pathPrefix,
    fresh.networks,
    organizations,
    fresh.valid_until,
    fresh.reason,
    caller.login,
    state === 'approved' ? caller.login : null,
    `vestnik-callback=${randomBytes(32).toString('base64url')}`,
  );
  if (row) return row;
  const [present] = await presentAllow(tx, host, port, scheme, pathPrefix, organizations);
  throw new HubError(
    'CONFLICT',
    `${addressOf(address)} is on the list already: entry ${present?.allowId ?? '?'}, ${present?.state ?? 'changing'}`,
    {
      reason: 'already_listed',
      russian: `${addressOf(address)} уже в списке: запись ${present?.allowId ?? '?'}`,
    },
  );
}

/**
 * Asks for an address to be allowed: the client's first step (spec 6.5). An endpoint's URL may be given as it is; its query and what is behind
 * the first variable are left away.
 * @throws HubError VALIDATION for wrong fields; CONFLICT `already_listed`, `address_refused`; FORBIDDEN for foreign organizations.
 */
export async function createAllowRequest(tx: Transaction, caller: Caller, policy: AddressPolicy, input: NewAllowInput): Promise<AllowRow> {
  const row = await store(tx, caller, policy, input, 'requested');
  await recordAllowStep(tx, caller, { row, step: 'requested', reason: row.reason });
  return row;
}

/**
 * Puts an address on the list at once: for the command line of the hub's machine, and for a hub with one operator. Elsewhere somebody asks
 * and somebody else approves.
 * @throws HubError as `createAllowRequest`; CONFLICT `second_person`.
 */
export async function addAllowEntry(tx: Transaction, caller: Caller, policy: AddressPolicy, input: NewAllowInput): Promise<AllowRow> {
  requireScope(caller, 'callbacks.allow.approve');
  if (!(await actsAlone(tx, caller))) throw secondPerson();
  const row = await store(tx, caller, policy, input, 'approved');
  await recordAllowStep(tx, caller, { row, step: 'added', reason: row.reason });
  return row;
}

export const secondPerson = (): HubError =>
  new HubError('CONFLICT', 'who asks for an address does not approve it: another operator decides', {
    reason: 'second_person',
    russian: 'Тот, кто запросил адрес, не утверждает его: решение принимает другой оператор',
  });
