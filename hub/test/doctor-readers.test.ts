import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { removeDatabaseRole } from '../billing/remove-database-role.ts';
import { addDatabaseRole } from '../billing/save-database-role.ts';
import { readerFindings } from '../commands/doctor/readers.ts';
import { translator } from '../commands/language.ts';
import { loadConfiguration } from '../config.ts';
import { run } from '../core/database/statement.ts';
import { newFolder } from './support/command.ts';

/** What `vestnik doctor` says of the roles that read the database past the server. */
let db: TestDatabase;
const name = `test_${randomBytes(5).toString('hex')}`;
const ROOT = { login: 'cli:root', rights: ['*'], face: 'cli', address: undefined, requestId: undefined } as const;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.database.transaction((tx) => removeDatabaseRole(tx, ROOT, name)).catch(() => undefined);
  await db.drop();
});

const look = (environment: Record<string, string> = {}) =>
  readerFindings(db.database, loadConfiguration({ environment, cwd: newFolder() }), { t: translator('en') });
const add = () =>
  db.database.transaction((tx) =>
    addDatabaseRole(tx, ROOT, { name, kind: 'writer', limits: { connections: 3, seconds: 9 }, verifier: 'x' }),
  );

test('none, some, some without limits, and views that they may not read', async () => {
  expect(await look()).toEqual([{ level: 'ok', name: 'database readers', text: 'none; `vestnik billing readers add` makes one' }]);
  await add();
  const [fine] = await look();
  expect(fine).toMatchObject({ level: 'ok', text: expect.stringMatching(/^[1-9]\d* roles, [1-9]\d* of them write quietly$/) });

  await run(db.database.work, `ALTER ROLE ${name} CONNECTION LIMIT -1`);
  expect(await look()).toMatchObject([
    {
      level: 'warn',
      text: expect.stringContaining(`without limits: ${name}`),
      next: '`vestnik billing readers add NAME` gives them theirs',
    },
  ]);
  await add();
  await run(db.database.work, 'REVOKE SELECT ON billing_read.payment FROM billing_reader');
  expect(await look()).toMatchObject([
    {
      level: 'warn',
      text: expect.stringContaining('they may not read: billing_read.payment'),
      next: '`vestnik billing readers add` renews the grants',
    },
  ]);
  await add();
  expect((await look())[0]?.level).toBe('ok');
});

test('a port that the configuration opens and the running database has not', async () => {
  const [, port, ...more] = await look({ VESTNIK_DATABASE__READER_PORT: '6543' });
  expect(more).toEqual([]);
  expect(port).toEqual({
    level: 'warn',
    name: 'database.readerPort 6543',
    text: 'the database that runs does not listen there',
    next: 'restart the hub',
  });
});
