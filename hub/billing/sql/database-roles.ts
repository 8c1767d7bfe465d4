import { run, statement, type Transaction } from '../../core/database/statement.ts';
import { ROLE_OF, type RoleKind } from '../database-roles.ts';

/** One after the other: two that grant at once would meet in the catalogue. Of one database only. */
export const lockRoles = statement('billing.lockRoles', "SELECT pg_advisory_xact_lock(hashtext('billing database roles'))");

/** Whether the hub's own user may make roles. */
export const ownUser = statement<{ name: string; mayMake: boolean }>(
  'billing.ownUser',
  'SELECT rolname AS name, rolsuper OR rolcreaterole AS "mayMake" FROM pg_roles WHERE rolname = current_user',
);

export type RoleRow = {
  name: string;
  login: boolean;
  /** Null: neither of our two roles nor a member of one. */
  kind: RoleKind | null;
  /** That it may have at once; -1 any number. */
  connections: number;
  open: number;
  /** `statement_timeout=60s` and others. */
  settings: string[];
};

/** A role that can do more than one of ours is a stranger, whatever it is a member of. */
const ROLES = `SELECT r.rolname AS name, r.rolcanlogin AS login, r.rolconnlimit AS connections, COALESCE(r.rolconfig, '{}') AS settings,
    CASE WHEN r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls THEN NULL
      WHEN r.rolname = '${ROLE_OF.writer}' OR w.member IS NOT NULL THEN 'writer' WHEN r.rolname = '${ROLE_OF.reader}' OR m.member IS NOT NULL THEN 'reader' END AS kind,
    (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usename = r.rolname) AS open
  FROM pg_roles r
    LEFT JOIN pg_auth_members w ON w.member = r.oid AND w.roleid = (SELECT oid FROM pg_roles WHERE rolname = '${ROLE_OF.writer}')
    LEFT JOIN pg_auth_members m ON m.member = r.oid AND m.roleid = (SELECT oid FROM pg_roles WHERE rolname = '${ROLE_OF.reader}')`;

export const roleByName = statement<RoleRow>('billing.roleByName', `${ROLES} WHERE r.rolname = $1 LIMIT 1`);

/** Roles that can log in and read or write our views, in the order of their names. */
export const roleRows = statement<RoleRow>(
  'billing.roles',
  `SELECT DISTINCT ON (name) * FROM (${ROLES}) AS found WHERE kind IS NOT NULL AND (login OR name <> ALL (ARRAY['${ROLE_OF.reader}', '${ROLE_OF.writer}'])) ORDER BY name`,
);

/** Whether the roles were made for this database. */
export const rolesGranted = statement<{ granted: boolean }>(
  'billing.rolesGranted',
  `SELECT EXISTS (SELECT FROM pg_roles r JOIN pg_namespace n ON n.nspname = 'billing_read'
     WHERE r.rolname = '${ROLE_OF.reader}' AND has_schema_privilege(r.oid, n.oid, 'USAGE')) AS granted`,
);

/** What one of the two roles should be allowed and is not: views that came after its grants. */
export const missingGrants = statement<{ view: string }>(
  'billing.missingGrants',
  `SELECT n.nspname || '.' || c.relname AS view FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'v' AND ((n.nspname = 'billing_read' AND NOT has_table_privilege('${ROLE_OF.reader}', c.oid, 'SELECT'))
     OR (n.nspname = 'billing_quiet' AND EXISTS (SELECT FROM pg_roles WHERE rolname = '${ROLE_OF.writer}') AND NOT has_table_privilege('${ROLE_OF.writer}', c.oid, 'SELECT')))
   ORDER BY 1`,
);

export const sessionsOf = statement<{ pid: number }>('billing.sessionsOfRole', 'SELECT pid FROM pg_stat_activity WHERE usename = $1');

/** Ends the connections `$1` of the role `$2`, which may be gone by now. */
export const endSessions = statement<{ ended: boolean }>(
  'billing.endSessionsOfRole',
  `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
   WHERE pid = ANY ($1::int[]) AND backend_type = 'client backend' AND (usename IS NULL OR usename = $2)`,
);

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const createRole = (tx: Transaction, role: string): Promise<unknown> => run(tx, `CREATE ROLE ${name(role)} NOLOGIN`);
export const dropRole = (tx: Transaction, role: string): Promise<unknown> => run(tx, `DROP ROLE ${name(role)}`);
export const forbidLogin = (tx: Transaction, role: string): Promise<unknown> => run(tx, `ALTER ROLE ${name(role)} NOLOGIN PASSWORD NULL`);

/** @param verifier of its password (scram-verifier.ts) */
export const setRolePassword = (tx: Transaction, role: string, verifier: string): Promise<unknown> =>
  run(tx, `ALTER ROLE ${name(role)} LOGIN PASSWORD ${literal(verifier)}`);

export async function setRoleSettings(
  tx: Transaction,
  role: string,
  connections: number,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await run(tx, `ALTER ROLE ${name(role)} CONNECTION LIMIT ${connections}`);
  for (const [key, value] of Object.entries(settings)) await run(tx, `ALTER ROLE ${name(role)} SET ${key} = ${literal(value)}`);
}

/** Makes a role a member of one of our two, and of the other no longer. */
export async function setMembership(tx: Transaction, role: string, kind: RoleKind): Promise<void> {
  await run(tx, `GRANT ${ROLE_OF[kind]} TO ${name(role)}`);
  await run(tx, `REVOKE ${ROLE_OF[kind === 'reader' ? 'writer' : 'reader']} FROM ${name(role)}`);
}

const PARAMETER_VIEWS = ['text', 'flag', 'date'].map((kind) => `billing_quiet.contract_parameter_${kind}`).join(', ');

/** What the two roles may do, said anew; it is the same however often it is said. */
export async function grantViews(tx: Transaction): Promise<void> {
  const { reader, writer } = ROLE_OF;
  const [database] = (await run<{ name: string }>(tx, 'SELECT current_database() AS name')).rows;
  for (const text of [
    `GRANT CONNECT ON DATABASE ${name(database?.name ?? '')} TO ${reader}`,
    `GRANT USAGE ON SCHEMA billing_read TO ${reader}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA billing_read TO ${reader}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA billing_read GRANT SELECT ON TABLES TO ${reader}`,
    `GRANT ${reader} TO ${writer}`,
    `GRANT USAGE ON SCHEMA billing_quiet TO ${writer}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA billing_quiet TO ${writer}`,
    `GRANT UPDATE (comment) ON billing_quiet.contract TO ${writer}`,
    `GRANT INSERT (contract_id, subject, text, visible), UPDATE (subject, text, visible), DELETE ON billing_quiet.contract_note TO ${writer}`,
    `GRANT INSERT (contract_id, parameter_id, value), UPDATE (value), DELETE ON ${PARAMETER_VIEWS} TO ${writer}`,
  ])
    await run(tx, text);
}
