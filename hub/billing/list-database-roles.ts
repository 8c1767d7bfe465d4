import type { Queryable } from '../core/database/statement.ts';
import type { RoleKind } from './database-roles.ts';
import { missingGrants, roleRows, rolesGranted } from './sql/database-roles.ts';

/** A role that reads the database past the server. */
export interface DatabaseRole {
  readonly name: string;
  readonly kind: RoleKind;
  /** Whether it may log in. */
  readonly login: boolean;
  /** Connections that it has, and may have at once; null: any number. */
  readonly open: number;
  readonly connections: number | null;
  /** As PostgreSQL writes it: `60s`. Null: no bound. */
  readonly statementTimeout: string | null;
}

const TIMEOUT = 'statement_timeout=';

/** Roles that can read the views, in the order of their names. */
export async function listDatabaseRoles(db: Queryable): Promise<DatabaseRole[]> {
  const rows = await roleRows(db);
  return rows.map(({ name, kind, login, open, connections, settings }) => ({
    name,
    kind: kind ?? 'reader',
    login,
    open,
    connections: connections < 0 ? null : connections,
    statementTimeout: settings.find((setting) => setting.startsWith(TIMEOUT))?.slice(TIMEOUT.length) ?? null,
  }));
}

/**
 * Views that the roles may not read: they came after the grants and under another owner.
 * @returns undefined: no role was ever made for this database. Roles belong to the server, grants to the database: another hub's on the same server say
 * nothing about this one
 */
export async function listUnreadableViews(db: Queryable): Promise<string[] | undefined> {
  const [row] = await rolesGranted(db);
  return row?.granted ? (await missingGrants(db)).map(({ view }) => view) : undefined;
}
