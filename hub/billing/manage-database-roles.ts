import type { Database } from '../core/database/database.ts';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { checkRoleName, DATABASE_ROLES, ROLE_OF, type RoleKind, type RoleLimits, roleSettings } from './database-roles.ts';
import {
  createRole,
  dropRole,
  endSessions,
  forbidLogin,
  grantViews,
  lockRoles,
  ownUser,
  type RoleRow,
  roleByName,
  roleRows,
  sessionsOf,
  setMembership,
  setRolePassword,
  setRoleSettings,
} from './sql/database-roles.ts';

const NOT_ALLOWED = '42501';
const STILL_USED = '2BP01';

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

/** The server speaks of its own right in its own words; who reads them wants to know whose right it is. */
async function withRights<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    if (code === NOT_ALLOWED)
      throw new HubError('FORBIDDEN', `the hub's own user of the database may not do this: ${message}`, { cause: error });
    throw error;
  }
}

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

/** @throws HubError NOT_FOUND: no role of ours that can log in, or could */
async function needRole(tx: Transaction, name: string): Promise<RoleRow> {
  const [role] = await roleByName(tx, name);
  if (role && role.kind !== null && (role.login || !DATABASE_ROLES.includes(name))) return role;
  throw new HubError('NOT_FOUND', `there is no reader ${name}: vestnik billing readers list shows them`);
}

/** Connections that a role has: they outlive its password and its right to log in. */
const sessions = async (tx: Transaction, name: string): Promise<number[]> => (await sessionsOf(tx, name)).map(({ pid }) => pid);

/** Gives a role a new password. @returns its connections, for `endRoleSessions` after the commit @throws HubError NOT_FOUND, FORBIDDEN */
export const changeRolePassword = (tx: Transaction, caller: Caller, name: string, verifier: string): Promise<number[]> =>
  withRights(async () => {
    await lockRoles(tx);
    const { kind } = await needRole(tx, name);
    await setRolePassword(tx, name, verifier);
    await audit(tx, caller, { action: 'billing.reader.password', object: name, after: { kind } });
    return sessions(tx, name);
  });

/**
 * Removes a role; of the two that hold the grants only the login, for the sake of their members.
 * @returns its connections, for `endRoleSessions` after the commit
 * @throws HubError NOT_FOUND, FORBIDDEN, CONFLICT: it owns something, or has rights in another database of the server
 */
export const removeDatabaseRole = (tx: Transaction, caller: Caller, name: string): Promise<number[]> =>
  withRights(async () => {
    await lockRoles(tx);
    const { kind } = await needRole(tx, name);
    const open = await sessions(tx, name);
    await audit(tx, caller, { action: 'billing.reader.remove', object: name, before: { kind } });
    if (DATABASE_ROLES.includes(name)) {
      await forbidLogin(tx, name);
      return open;
    }
    try {
      await dropRole(tx, name);
      return open;
    } catch (error) {
      const { code, detail } = error as { code?: unknown; detail?: string };
      if (code !== STILL_USED) throw error;
      throw new HubError('CONFLICT', `the role ${name} cannot be removed while the server knows it elsewhere: ${detail ?? ''}`, {
        cause: error,
      });
    }
  });

/**
 * Ends connections of a role.
 * @returns false: the hub's user may not end them; they last until their programs close them
 */
export async function endRoleSessions(database: Pick<Database, 'work'>, name: string, pids: readonly number[]): Promise<boolean> {
  if (pids.length === 0) return true;
  try {
    await endSessions(database.work, pids, name);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === NOT_ALLOWED) return false;
    throw error;
  }
}

/** Roles that can read the views, in the order of their names. */
export const listDatabaseRoles = (db: Queryable): Promise<RoleRow[]> => roleRows(db);
