import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { DATABASE_ROLES } from './database-roles.ts';
import { findDatabaseRole, isNotAllowed, openSessions, withRights } from './find-database-role.ts';
import { dropRole, endSessions, forbidLogin, lockRoles } from './sql/database-roles.ts';

const STILL_USED = '2BP01';

/**
 * Removes a role; of the two that hold the grants only the login, for the sake of their members.
 * @returns its connections, for `endRoleSessions` after the commit
 * @throws HubError NOT_FOUND, FORBIDDEN, CONFLICT: it owns something, or has rights in another database of the server
 */
export const removeDatabaseRole = (tx: Transaction, caller: Caller, name: string): Promise<number[]> =>
  withRights(async () => {
    await lockRoles(tx);
    const { kind } = await findDatabaseRole(tx, name);
    const open = await openSessions(tx, name);
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
    if (isNotAllowed(error)) return false;
    throw error;
  }
}
