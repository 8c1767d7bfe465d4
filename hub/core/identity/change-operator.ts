import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import type { Caller } from './caller.ts';
import { checkFields, type Operator, type OperatorFields } from './operator.ts';
import { operatorToManage, requireAnotherAdministrator } from './operator-guards.ts';
import { checkRights, type KnownRights, requireAuthorityOver } from './rights.ts';
import { type OperatorRow, toOperator, updateOperator } from './sql/operator.ts';
import { deleteSessions } from './sql/session.ts';

export interface OperatorChange extends OperatorFields {
  readonly rights?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  /** The version that the change was made from. */
  readonly version?: number | undefined;
}

type Changeable = Pick<Operator, 'displayName' | 'locale' | 'rights' | 'enabled'> & { readonly email: string | null };

/** The operator as a change wants it, and the fields that differ: as they were and as they are to be. */
export function differenceOf(row: OperatorRow, change: Partial<Changeable>) {
  const present: Changeable = {
    displayName: row.display_name,
    email: row.email,
    locale: row.locale,
    rights: row.rights,
    enabled: row.enabled,
  };
  const wanted: Changeable = { ...present, ...change };
  const changed = (Object.keys(present) as (keyof Changeable)[]).filter(
    (key) => JSON.stringify(present[key]) !== JSON.stringify(wanted[key]),
  );
  const pick = (from: Changeable): Partial<Changeable> => Object.fromEntries(changed.map((key) => [key, from[key]]));
  return { wanted, before: pick(present), after: pick(wanted) };
}

/**
 * Changes an operator's name, address, locale, rights, or whether they may log in. Disabling ends their sessions. A change of nothing is
 * no change: no new version, no audit, no event.
 * @throws HubError FORBIDDEN (own rights; disabling oneself; somebody with more rights than the caller; rights the caller lacks), CONFLICT
 *   (the last administrator), STALE_VERSION, NOT_FOUND, VALIDATION.
 */
export async function changeOperator(
  tx: Transaction,
  caller: Caller,
  login: string,
  change: OperatorChange,
  known: KnownRights,
): Promise<Operator> {
  const row = await operatorToManage(tx, caller, login);
  if (change.version !== undefined && change.version !== row.version) {
    throw new HubError('STALE_VERSION', `the operator ${row.login} has version ${row.version} by now, not ${change.version}`);
  }
  const { wanted, before, after } = differenceOf(row, {
    ...checkFields(change),
    ...(change.rights !== undefined && { rights: checkRights(change.rights, known) }),
    ...(change.enabled !== undefined && { enabled: change.enabled }),
  });
  const fieldNames = Object.keys(after);
  if (fieldNames.length === 0) return toOperator(row);
  if (after.rights) {
    if (row.login === caller.login) throw new HubError('FORBIDDEN', 'nobody changes their own rights: ask another administrator');
    requireAuthorityOver(caller, after.rights);
  }
  if (after.enabled === false && row.login === caller.login) throw new HubError('FORBIDDEN', 'nobody disables themselves');
  if (!wanted.enabled || !wanted.rights.includes('*')) await requireAnotherAdministrator(tx, row);
  const [changed] = await updateOperator(
    tx,
    row.operator_id,
    wanted.displayName,
    wanted.email,
    wanted.locale,
    wanted.rights,
    wanted.enabled,
  );
  if (!changed) throw new HubError('INTERNAL', `the operator ${row.login} vanished under its lock`);
  if (!wanted.enabled) await deleteSessions(tx, row.operator_id, 0);
  await audit(tx, caller, { action: 'identity.operator.change', object: row.login, before, after });
  await publish(tx, { type: 'vestnik.identity.operator.changed', subject: row.login, data: { login: row.login, fields: fieldNames } });
  return toOperator(changed);
}
