import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { checkRoleName, DATABASE_ROLES, ROLE_OF, type RoleKind, type RoleLimits, roleSettings } from './database-roles.ts';
import { findDatabaseRole, openSessions, withRights } from './find-database-role.ts';
import {
  createRole,
  grantViews,
  lockRoles,
  ownUser,
  roleByName,
  setMembership,
  setRolePassword,
  setRoleSettings,
} from './sql/database-roles.ts';

async function requireRoleMaker(tx: Transaction): Promise<void> {
  const [own] = await ownUser(tx);
  if (own?.mayMake) return;
  throw new HubError(
    'FORBIDDEN',
    `the hub's own user of the database, ${own?.name}, may not make roles: an administrator of the server runs ALTER ROLE ${own?.name} CREATEROLE once`,
  );
}

const stranger = (name: string): HubError =>
  new HubError('CONFLICT', `there is a role ${name} already that the hub did not make: choose another name`);

async function ensureGroups(tx: Transaction): Promise<void> {
  for (const name of DATABASE_ROLES) {
    const [present] = await roleByName(tx, name);
    if (!present) await createRole(tx, name);
    else if (present.kind === null) throw stranger(name);
  }
  await grantViews(tx);
}

export interface NewRole {
  readonly name: string;
  readonly kind: RoleKind;
  readonly limits: RoleLimits;
  /** Of its password (scram-verifier.ts); a role that is there already and can log in keeps its own. */
  readonly verifier: string;
}

/**
 * Makes a role that reads, or reads and writes quietly; one that is there already gets its grants, limits and settings anew.
 * @returns whether it got the password of `verifier`: it is new, or could not log in
 * @throws HubError VALIDATION (name), CONFLICT (a role that is not ours), FORBIDDEN (the hub's user may not make roles)
 */
export async function addDatabaseRole(tx: Transaction, caller: Caller, { name, kind, limits, verifier }: NewRole): Promise<boolean> {
  checkRoleName(name, kind);
  return withRights(async () => {
    await lockRoles(tx);
    await requireRoleMaker(tx);
    await ensureGroups(tx);
    const [present] = await roleByName(tx, name);
    if (present && present.kind === null) throw stranger(name);
    if (!present) await createRole(tx, name);
    if (name !== ROLE_OF[kind]) await setMembership(tx, name, kind);
    const fresh = !present?.login;
    if (fresh) await setRolePassword(tx, name, verifier);
    await setRoleSettings(tx, name, limits.connections, roleSettings(kind, limits));
    await audit(tx, caller, {
      action: fresh ? 'billing.reader.add' : 'billing.reader.renew',
      object: name,
      ...(present && { before: { kind: present.kind, connections: present.connections } }),
      after: { kind, connections: limits.connections, seconds: limits.seconds },
    });
    return fresh;
  });
}

/** Gives a role a new password. @returns its connections, for `endRoleSessions` after the commit @throws HubError NOT_FOUND, FORBIDDEN */
export const changeRolePassword = (tx: Transaction, caller: Caller, name: string, verifier: string): Promise<number[]> =>
  withRights(async () => {
    await lockRoles(tx);
    const { kind } = await findDatabaseRole(tx, name);
    await setRolePassword(tx, name, verifier);
    await audit(tx, caller, { action: 'billing.reader.password', object: name, after: { kind } });
    return openSessions(tx, name);
  });
