import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { DATABASE_ROLES } from './database-roles.ts';
import { type RoleRow, roleByName, sessionsOf } from './sql/database-roles.ts';

const NOT_ALLOWED = '42501';

/** The server refused what the hub's own user may not do. */
export const isNotAllowed = (error: unknown): boolean => (error as { code?: unknown }).code === NOT_ALLOWED;

/** The server speaks of its own right in its own words; who reads them wants to know whose right it is. */
export async function withRights<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isNotAllowed(error)) throw error;
    throw new HubError('FORBIDDEN', `the hub's own user of the database may not do this: ${(error as Error).message}`, { cause: error });
  }
}

/** A role of ours that can log in, or could. @throws HubError NOT_FOUND */
export async function findDatabaseRole(tx: Transaction, name: string): Promise<RoleRow> {
  const [role] = await roleByName(tx, name);
  if (role && role.kind !== null && (role.login || !DATABASE_ROLES.includes(name))) return role;
  throw new HubError('NOT_FOUND', `there is no reader ${name}: vestnik billing readers list shows them`);
}

/** Connections that a role has: they outlive its password and its right to log in. */
export const openSessions = async (tx: Transaction, name: string): Promise<number[]> => (await sessionsOf(tx, name)).map(({ pid }) => pid);
