import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { run } from '../../core/database/statement.ts';

/** The views that other programs read (spec billing 8): their names and columns stay, and nothing else can be read through them. */
let db: TestDatabase;
let reader: pg.Client;
const role = `reader_${randomBytes(4).toString('hex')}`;

const ask = async <R extends Record<string, unknown>>(text: string): Promise<R[]> => (await run<R>(db.database.work, text)).rows;

beforeAll(async () => {
  db = await createTestDatabase();
  await ask(`CREATE ROLE ${role} LOGIN PASSWORD 'reads'`);
  await ask(`GRANT USAGE ON SCHEMA billing_read TO ${role}`);
  await ask(`GRANT SELECT ON ALL TABLES IN SCHEMA billing_read TO ${role}`);
  await ask(
    `INSERT INTO contract (contract_id, title, comment, groups, date_from, mode, super_id, balance_limit, password, domain_id)
     VALUES (1, 'Ф-1', 'Иванов', 5, '2026-01-01', 1, 0, -100, '\\x00', 0), (2, 'Ф-2', '', 0, '2026-02-01', 0, -1, 0, NULL, 0), (3, 'Ф-2/1', '', 0, '2026-02-01', 0, 2, 0, NULL, 0)`,
  );
  await ask(`INSERT INTO billing_group (group_id, title) VALUES (0, 'ноль'), (1, 'один'), (2, 'два')`);
  await ask(
    `INSERT INTO contract_balance (contract_id, month, incoming, payments, accounts, charges) VALUES (1, '2026-03-01', 10, 100.50, 20.25, 5)`,
  );
  await ask(`INSERT INTO payment_type (type_id, parent_id, title, is_class) VALUES (1, NULL, 'Банк', true), (2, 1, 'Перевод', false)`);
  reader = new pg.Client({ ...(await connection()), user: role, password: 'reads' });
  await reader.connect();
});
afterAll(async () => {
  await reader?.end();
  await ask(`DROP OWNED BY ${role}`);
  await ask(`DROP ROLE ${role}`);
  await db.drop();
});

/** Where the test's database is, without its user. */
async function connection(): Promise<pg.ClientConfig> {
  const client = new pg.Client(db.url);
  const { host, port, database } = client;
  return { host, port, ...(database !== undefined && { database }) };
}

describe('a reader', () => {
  test('reads contracts, groups, balances and types as they are documented', async () => {
    const { rows: contracts } = await reader.query('SELECT * FROM billing_read.contract ORDER BY contract_id');
    expect(contracts).toMatchObject([
      {
        contract_id: 1,
        title: 'Ф-1',
        balance_mode: 'debit',
        balance_limit: '-100.00',
        super_contract_id: null,
        is_super: false,
        is_dependent: false,
      },
      { contract_id: 2, is_super: true, super_contract_id: null },
      { contract_id: 3, super_contract_id: 2, is_dependent: true },
    ]);
    expect(Object.keys(contracts[0])).not.toContain('password');
    const { rows: groups } = await reader.query('SELECT contract_id, group_id FROM billing_read.contract_group ORDER BY 1, 2');
    expect(groups).toEqual([
      { contract_id: 1, group_id: 0 },
      { contract_id: 1, group_id: 2 },
    ]);
    const { rows: balances } = await reader.query('SELECT * FROM billing_read.contract_balance');
    expect(balances).toEqual([
      {
        contract_id: 1,
        year: 2026,
        month: 3,
        incoming: '10.00',
        payments: '100.50',
        accounts: '20.25',
        charges: '5.00',
        outgoing: '85.25',
      },
    ]);
    const { rows: types } = await reader.query('SELECT type_id, class_path FROM billing_read.payment_type ORDER BY 1');
    expect(types).toEqual([
      { type_id: 1, class_path: 'Банк' },
      { type_id: 2, class_path: 'Банк / Перевод' },
    ]);
  });

  test('can read every view, each of which says what it is', async () => {
    const views = await ask<{ name: string; comment: string | null }>(
      `SELECT relname AS name, obj_description(oid, 'pg_class') AS comment FROM pg_class WHERE relnamespace = 'billing_read'::regnamespace ORDER BY 1`,
    );
    expect(views.length).toBeGreaterThan(25);
    for (const { name, comment } of views) {
      expect(comment, name).toMatch(/\S/);
      await expect(reader.query(`SELECT * FROM billing_read.${name} LIMIT 1`), name).resolves.toBeDefined();
    }
  });

  test('can read and write nothing else: no table of the hub, and not through the views', async () => {
    const tables = await ask<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
    expect(tables.length).toBeGreaterThan(50);
    for (const { name } of tables) {
      await expect(reader.query(`SELECT * FROM public.${name} LIMIT 1`), name).rejects.toThrow(/permission denied/);
      await expect(reader.query(`DELETE FROM public.${name}`), name).rejects.toThrow(/permission denied/);
    }
    await expect(reader.query(`UPDATE billing_read.contract SET comment = 'x'`)).rejects.toThrow(/permission denied|cannot update view/);
    await expect(reader.query('CREATE TABLE billing_read.mine (a int)')).rejects.toThrow(/permission denied/);
  });

  test('sees no column that is named like a secret', async () => {
    const columns = await ask<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'billing_read'`,
    );
    expect(columns.filter(({ name }) => /password|secret|hash|token|settings|config/i.test(name))).toEqual([]);
  });
});
