import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type Database, openDatabase } from '../database.ts';
import { type MigrationSource, migrate, migrationStatus } from '../migrate.ts';
import { run } from '../statement.ts';
import { askOnce } from './support/sql.ts';
import { until } from './support/until.ts';

let db: TestDatabase;
let database: Database;
let folder: string;
let source: MigrationSource;
beforeEach(async () => {
  db = await createTestDatabase();
  database = db.database;
  // The template is migrated; these tests begin on bare ground.
  await run(database.work, 'DROP TABLE migration');
  folder = await mkdtemp(join(tmpdir(), 'migrations '));
  source = { module: 'shop', folder: pathToFileURL(`${folder}/`) };
});
afterEach(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const file = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);
const tables = async (): Promise<string[]> =>
  (await run<{ name: string }>(database.work, "SELECT relname AS name FROM pg_class WHERE relname LIKE 'shop%' ORDER BY 1")).rows.map(
    ({ name }) => name,
  );

describe('applying', () => {
  test('in order, once, each with what it holds; a later start adds only what is new', async () => {
    await file('0002-second.sql', 'ALTER TABLE shop ADD COLUMN price numeric; CREATE INDEX shop_price ON shop (price);');
    await file('0001-first.sql', 'CREATE TABLE shop (id int PRIMARY KEY);');
    await file('README.md', 'not a migration');
    expect(await migrate(database, [source])).toEqual(['shop/0001-first.sql', 'shop/0002-second.sql']);
    expect(await migrate(database, [source])).toEqual([]);
    await file('0003-third.sql', 'CREATE TABLE shop_more ();');
    expect(await migrate(database, [source])).toEqual(['shop/0003-third.sql']);
    expect(await tables()).toEqual(['shop', 'shop_more', 'shop_pkey', 'shop_price']);
  });

  test('the order of the sources counts, and a module does not know the migrations of another', async () => {
    await file('0001-first.sql', 'CREATE TABLE shop_order (); INSERT INTO shop_log VALUES (2);');
    const before = await mkdtemp(join(tmpdir(), 'migrations-'));
    await writeFile(join(before, '0001-first.sql'), 'CREATE TABLE shop_log (at int);');
    const base: MigrationSource = { module: 'base', folder: pathToFileURL(`${before}/`) };
    expect(await migrate(database, [base, source])).toEqual(['base/0001-first.sql', 'shop/0001-first.sql']);
    expect(await migrate(database, [source])).toEqual([]);
    await rm(before, { recursive: true });
  });

  test('of four hubs that start at once each migration is applied by one; the others wait and go on', async () => {
    await file('0001-first.sql', 'CREATE TABLE shop (id int PRIMARY KEY); SELECT pg_sleep(0.2);');
    await file('0002-second.sql', 'INSERT INTO shop SELECT count(*) FROM shop; SELECT pg_sleep(0.1);');
    const hubs = [1, 2, 3, 4].map((hub) => openDatabase({ url: db.url, poolSize: 1, queuePoolSize: 1, name: `hub ${hub}` }));
    const applied = await Promise.all(hubs.map((hub) => migrate(hub, [source])));
    expect(applied.flat().sort()).toEqual(['shop/0001-first.sql', 'shop/0002-second.sql']);
    expect((await run(database.work, 'SELECT id FROM shop')).rows).toEqual([{ id: 0 }]);
    await Promise.all(hubs.map((hub) => hub.close()));
  });

  test('a migration may take longer than any other statement', async () => {
    await file('0001-first.sql', "CREATE TABLE shop AS SELECT current_setting('statement_timeout') AS timeout;");
    await migrate(database, [source]);
    expect((await run(database.work, 'SELECT timeout FROM shop')).rows).toEqual([{ timeout: '0' }]);
  });
});

describe('failing', () => {
  test('leaves nothing of the migration and keeps those before it; corrected, it goes on', async () => {
    await file('0001-first.sql', 'CREATE TABLE shop (id int);');
    await file('0002-second.sql', 'CREATE TABLE shop_half (); INSERT INTO shop VALUES (1); SELECT 1/0;');
    await expect(migrate(database, [source])).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'migration shop/0002-second.sql failed: division by zero',
    });
    expect(await tables()).toEqual(['shop']);
    expect((await run(database.work, 'SELECT FROM shop')).rowCount).toBe(0);
    expect(await migrationStatus(database, [source])).toMatchObject([
      { file: '0001-first.sql', appliedAt: expect.any(Temporal.Instant) },
      { file: '0002-second.sql', appliedAt: undefined },
    ]);
    await file('0002-second.sql', 'CREATE TABLE shop_whole ();');
    expect(await migrate(database, [source])).toEqual(['shop/0002-second.sql']);
  });

  test('by a killed server connection is an absent database, not a defect', async () => {
    await file('0001-first.sql', 'CREATE TABLE shop (); SELECT pg_sleep(20);');
    const attempt = migrate(database, [source]);
    const refused = expect(attempt).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('shop/0001-first.sql'),
    });
    await until(async () => {
      const cut = await askOnce(
        db.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test patient' AND query LIKE '%pg_sleep%' AND datname = current_database()",
      );
      expect(cut).toHaveLength(1);
    });
    await refused;
    expect(await tables()).toEqual([]);
  });

  test('an edited migration is refused, by name, and nothing after it is applied', async () => {
    await file('0001-first.sql', 'CREATE TABLE shop ();');
    await migrate(database, [source]);
    await file('0001-first.sql', 'CREATE TABLE shop (id int);');
    await file('0002-second.sql', 'CREATE TABLE shop_more ();');
    await expect(migrate(database, [source])).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('shop/0001-first.sql was edited'),
    });
    expect(await tables()).toEqual(['shop']);
  });

  test('other line ends are no edit', async () => {
    await file('0001-first.sql', 'CREATE TABLE shop (\n  id int\n);\n');
    await migrate(database, [source]);
    await file('0001-first.sql', 'CREATE TABLE shop (\r\n  id int\r\n);\r\n');
    expect(await migrate(database, [source])).toEqual([]);
  });

  test('a database of a newer version is refused', async () => {
    await file('0001-first.sql', 'CREATE TABLE shop ();');
    await file('0002-second.sql', 'CREATE TABLE shop_more ();');
    await migrate(database, [source]);
    await rm(join(folder, '0002-second.sql'));
    await expect(migrate(database, [source])).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('shop/0002-second.sql, which this version does not know'),
    });
  });

  test.each(['1-first.sql', '0001_first.sql', '0001-First.sql', 'first.sql'])(
    'a file that would be passed over is refused: %s',
    async (name) => {
      await file(name, 'CREATE TABLE shop ();');
      await expect(migrate(database, [source])).rejects.toThrow(`shop/${name} would never be applied`);
    },
  );
});

test('the status tells of each migration when it was applied and whether it was edited, and writes nothing', async () => {
  await file('0001-first.sql', 'CREATE TABLE shop ();');
  expect(await migrationStatus(database, [source])).toEqual([
    { module: 'shop', file: '0001-first.sql', appliedAt: undefined, changed: false },
  ]);
  expect((await run(database.work, "SELECT to_regclass('migration') AS present")).rows).toEqual([{ present: null }]);
  const before = Temporal.Now.instant();
  await migrate(database, [source]);
  await file('0001-first.sql', 'CREATE TABLE shop (id int);');
  await file('0002-second.sql', 'CREATE TABLE shop_more ();');
  const [first, second] = await migrationStatus(database, [source]);
  expect(first).toMatchObject({ file: '0001-first.sql', changed: true });
  expect(Temporal.Duration.compare(before.until(first?.appliedAt ?? before).abs(), { seconds: 60 })).toBe(-1);
  expect(second).toEqual({ module: 'shop', file: '0002-second.sql', appliedAt: undefined, changed: false });
});
