import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { run } from '../../core/database/statement.ts';
import { listDatabaseRoles, listUnreadableViews } from '../list-database-roles.ts';
import { endRoleSessions, removeDatabaseRole } from '../remove-database-role.ts';
import { addDatabaseRole, changeRolePassword } from '../save-database-role.ts';
import { scramVerifier } from '../scram-verifier.ts';
import { connectReader, LIMITS, placeOf, ROOT, roleName, type TestReader } from './support/reader.ts';

/** What the two roles can and cannot (spec billing 8), and how they are made, renewed and removed. */
let db: TestDatabase;
let reader: TestReader;
let writer: TestReader;

const ask = async <R extends Record<string, unknown>>(text: string): Promise<R[]> => (await run<R>(db.database.work, text)).rows;

beforeAll(async () => {
  db = await createTestDatabase();
  reader = await connectReader(db, 'reader');
  writer = await connectReader(db, 'writer');
});
afterAll(async () => {
  await reader?.stop();
  await writer?.stop();
  await db.drop();
});

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Everything with columns that is the hub's: tables, views, sequences, in whatever schema. */
const relations = () =>
  ask<{ schema: string; name: string; columns: string[] }>(
    `SELECT n.nspname AS schema, c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
     GROUP BY 1, 2 ORDER BY 1, 2`,
  );

describe.each(['reader', 'writer'] as const)('a %s', (kind) => {
  const role = (): TestReader => (kind === 'reader' ? reader : writer);
  const open = kind === 'reader' ? ['billing_read'] : ['billing_read', 'billing_quiet'];

  test('begins with its limits', async () => {
    const { rows } = await role().client.query(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle,
         current_setting('default_transaction_read_only') AS "readOnly"`,
    );
    expect(rows).toEqual([{ statement: '1min', idle: '1min', readOnly: kind === 'reader' ? 'on' : 'off' }]);
  });

  test('can read every column of its views and none of anything else', async () => {
    // That it may only read is a setting that a session can change; its rights are what counts.
    await role().client.query('SET default_transaction_read_only = off');
    const all = await relations();
    const closed = all.filter(({ schema }) => !open.includes(schema));
    expect(closed.filter(({ schema }) => schema === 'public').length).toBeGreaterThan(60);
    let columns = 0;
    for (const { schema, name, columns: names } of closed) {
      const table = `${quoted(schema)}.${quoted(name)}`;
      for (const column of names) {
        columns += 1;
        expect((await role().refusal(`SELECT ${quoted(column)} FROM ${table} LIMIT 0`)).code, `${table}.${column}`).toBe('42501');
      }
      for (const text of [`SELECT count(*) FROM ${table}`, `TABLE ${table}`, `DELETE FROM ${table}`, `COPY ${table} TO STDOUT`])
        expect((await role().refusal(text)).code, text).toMatch(/^42501$|^42809$|^0A000$/);
    }
    expect(columns).toBeGreaterThan(400);
    const seen = all.filter(({ schema }) => open.includes(schema));
    expect(seen.length).toBeGreaterThan(30);
    for (const { schema, name, columns: names } of seen)
      for (const column of names) await role().client.query(`SELECT ${quoted(column)} FROM ${quoted(schema)}.${quoted(name)} LIMIT 0`);
  });

  test('can write nothing but what the quiet views take', async () => {
    const { rows } = await role().client.query(
      `SELECT table_schema || '.' || table_name AS view, privilege_type AS may FROM information_schema.role_column_grants
       WHERE privilege_type IN ('INSERT', 'UPDATE') AND table_schema NOT LIKE 'pg\\_%' UNION
       SELECT table_schema || '.' || table_name, privilege_type FROM information_schema.role_table_grants
       WHERE privilege_type NOT IN ('SELECT') AND table_schema NOT LIKE 'pg\\_%'`,
    );
    const views = [...new Set(rows.map(({ view }) => view as string))].sort();
    expect(views).toEqual(
      kind === 'reader'
        ? []
        : ['contract', 'contract_note', 'contract_parameter_date', 'contract_parameter_flag', 'contract_parameter_text'].map(
            (name) => `billing_quiet.${name}`,
          ),
    );
    for (const text of [
      'CREATE TABLE mine (a int)',
      'CREATE TABLE billing_read.mine (a int)',
      'CREATE SCHEMA mine',
      'CREATE ROLE mine',
      'SET ROLE vestnik',
    ])
      expect((await role().refusal(text)).code, text).toBe('42501');
  });

  test('runs no function of the hub with the rights of the hub', async () => {
    const { rows } = await role().client.query(
      `SELECT p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')`,
    );
    expect(rows).toEqual([]);
    expect((await role().refusal('SELECT audit_expire(1, 10)')).code).toBe('42501');
  });
});

describe('columns that no view may have', () => {
  test('secrets of contracts, services, operators and settings', async () => {
    const all = (await relations()).filter(({ schema }) => schema.startsWith('billing_'));
    const names = all.flatMap(({ schema, name, columns }) => columns.map((column) => `${schema}.${name}.${column}`));
    expect(names.filter((name) => /password|secret|hash|token|settings|config|rights|record/i.test(name))).toEqual([]);
  });

  test('every view and each of its schemas says what it is', async () => {
    const views = await ask<{ name: string; comment: string | null; options: string[] | null }>(
      `SELECT n.nspname || '.' || c.relname AS name, obj_description(c.oid, 'pg_class') AS comment, c.reloptions AS options
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('billing_read', 'billing_quiet')`,
    );
    for (const { name, comment, options } of views) {
      expect(comment, name).toMatch(/\S/);
      expect(options, name).toEqual(['security_barrier=true']);
    }
  });
});

describe('a role', () => {
  const add = (name: string, verifier: string, more = {}) =>
    db.database.transaction((tx) => addDatabaseRole(tx, ROOT, { name, kind: 'reader', limits: LIMITS, verifier, ...more }));
  const connect = async (name: string, password: string): Promise<pg.Client> => {
    const client = new pg.Client({ ...placeOf(db.url), user: name, password });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  test('is made, renewed with its password, turned into a writer and back, given a new password, and removed', async () => {
    const name = roleName();
    expect(await add(name, await scramVerifier('first-password'))).toBe(true);
    const first = await connect(name, 'first-password');
    expect(await add(name, await scramVerifier('not-taken'), { limits: { connections: 2, seconds: 7 } })).toBe(false);
    const again = await connect(name, 'first-password');
    expect((await again.query("SELECT current_setting('statement_timeout') AS time")).rows).toEqual([{ time: '7s' }]);
    await expect(connect(name, 'first-password')).rejects.toMatchObject({ code: '53300' });
    const listed = async () => (await listDatabaseRoles(db.database.work)).find((role) => role.name === name);
    expect(await listed()).toMatchObject({ kind: 'reader', login: true, connections: 2, open: 2 });

    await add(name, '', { kind: 'writer' });
    expect(await listed()).toMatchObject({ kind: 'writer', connections: 5 });
    await first.query('SELECT FROM billing_quiet.contract');
    await add(name, '');
    expect(await listed()).toMatchObject({ kind: 'reader' });
    await expect(first.query('SELECT FROM billing_quiet.contract')).rejects.toMatchObject({ code: '42501' });

    const ended = Promise.all([first, again].map((client) => new Promise((resolve) => client.once('end', resolve))));
    const verifier = await scramVerifier('second-password');
    const pids = await db.database.transaction((tx) => changeRolePassword(tx, ROOT, name, verifier));
    expect(pids).toHaveLength(2);
    expect(await endRoleSessions(db.database, name, pids)).toBe(true);
    await ended;
    await expect(connect(name, 'first-password')).rejects.toMatchObject({ code: '28P01' });
    await (await connect(name, 'second-password')).end();

    await db.database.transaction((tx) => removeDatabaseRole(tx, ROOT, name));
    await expect(connect(name, 'second-password')).rejects.toMatchObject({ code: '28P01' });
    expect(await listed()).toBeUndefined();
    const rows = await ask<{ action: string }>(`SELECT action FROM audit WHERE object = '${name}' ORDER BY id`);
    expect(rows.map(({ action }) => action.replace('billing.reader.', ''))).toEqual([
      'add',
      'renew',
      'renew',
      'renew',
      'password',
      'remove',
    ]);
  });

  test('that the hub did not make is left alone', async () => {
    const name = roleName();
    await ask(`CREATE ROLE ${name} LOGIN`);
    try {
      await expect(add(name, '')).rejects.toMatchObject({ code: 'CONFLICT' });
      const change = (tx: Parameters<typeof changeRolePassword>[0]) => changeRolePassword(tx, ROOT, name, '');
      await expect(db.database.transaction(change)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(db.database.transaction((tx) => removeDatabaseRole(tx, ROOT, name))).rejects.toMatchObject({ code: 'NOT_FOUND' });
      // Also when somebody made it a member but it can do more than read.
      await ask(`ALTER ROLE ${name} CREATEDB`);
      await ask(`GRANT billing_reader TO ${name}`);
      await expect(add(name, '')).rejects.toMatchObject({ code: 'CONFLICT' });
    } finally {
      await ask(`DROP ROLE ${name}`);
    }
  });

  test.each([
    '',
    'Crm',
    '1c',
    'pg_reader',
    'public',
    'vestnik',
    'a"b',
    "a'; DROP TABLE contract; --",
    'x'.repeat(64),
    'billing_quiet_writer',
  ])('is not called %j', async (name) => {
    await expect(add(name, '')).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  test('is not made by a hub whose user may not, which is told what to do', async () => {
    const name = roleName();
    await ask(`CREATE ROLE ${name}`);
    try {
      const attempt = db.database.transaction(async (tx) => {
        await run(tx, `SET LOCAL ROLE ${name}`);
        await addDatabaseRole(tx, ROOT, { name: roleName(), kind: 'reader', limits: LIMITS, verifier: '' });
      });
      await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining(`ALTER ROLE ${name} CREATEROLE`) });
    } finally {
      await ask(`DROP ROLE ${name}`);
    }
  });

  test('sees views that came later, without being renewed', async () => {
    await ask('CREATE VIEW billing_read.later AS SELECT 1 AS one');
    try {
      expect((await reader.client.query('SELECT one FROM billing_read.later')).rows).toEqual([{ one: 1 }]);
      await ask('REVOKE SELECT ON billing_read.later FROM billing_reader');
      expect(await listUnreadableViews(db.database.work)).toEqual(['billing_read.later']);
    } finally {
      await ask('DROP VIEW billing_read.later');
    }
    expect(await listUnreadableViews(db.database.work)).toEqual([]);
  });
});
