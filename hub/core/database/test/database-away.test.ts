import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { HubError, isDatabaseAway, toHubError } from '../../errors.ts';
import { openDatabase } from '../database.ts';
import { run } from '../statement.ts';
import { askOnce } from './support/sql.ts';
import { startTcpProxy } from './support/tcp-proxy.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const errorOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

/** The error of a ping over a URL. */
async function pingError(url: string): Promise<unknown> {
  const database = openDatabase({ url, poolSize: 1, queuePoolSize: 1, name: 'away' });
  const error = await errorOf(database.ping());
  await database.close();
  return error;
}

const expectAway = (error: unknown): void => {
  expect(error).toBeInstanceOf(Error);
  expect(toHubError(error)).toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503, retryAfter: 1, cause: error });
};

describe('the database is away', () => {
  test('nobody listens on the port', async () => {
    const proxy = await startTcpProxy(db.url);
    await proxy.close();
    expectAway(await pingError(proxy.url));
  });

  test('nobody listens on either address of a name', async () => {
    const proxy = await startTcpProxy(db.url);
    await proxy.close();
    expectAway(await pingError(proxy.url.replace('127.0.0.1', 'localhost')));
  });

  test('there is no socket', async () => {
    expectAway(await pingError('postgresql://vestnik:x@%2Fnot%2Fthere/vestnik'));
  });

  test('there is no such host', async () => {
    expectAway(await pingError('postgresql://vestnik:x@no-such-host.invalid/vestnik'));
  });

  test('the connection is cut in the middle of a statement', async () => {
    const proxy = await startTcpProxy(db.url);
    const database = openDatabase({ url: proxy.url, poolSize: 1, queuePoolSize: 1, name: 'cut' });
    const { promise, resolve } = Promise.withResolvers<void>();
    const attempt = errorOf(
      database.transaction(async (tx) => {
        resolve();
        await run(tx, 'SELECT pg_sleep(30)');
      }),
    );
    await promise;
    await proxy.close();
    expectAway(await attempt);
    await database.close();
  });

  test('an administrator ends the connection (57P01)', async () => {
    const error = await errorOf(run(db.database.work, 'SELECT pg_terminate_backend(pg_backend_pid())'));
    expect(error).toMatchObject({ code: '57P01' });
    expectAway(error);
  });

  test('there are too many connections (53300)', async () => {
    await askOnce(db.url, "CREATE ROLE crowd LOGIN PASSWORD 'crowd' CONNECTION LIMIT 0");
    const error = await pingError(db.url.replace(/\/\/[^@]+@/, '//crowd:crowd@'));
    expect(error).toMatchObject({ code: '53300' });
    expectAway(error);
    await askOnce(db.url, 'DROP ROLE crowd');
  });

  test.each([
    ['53100', 'the disk is full'],
    ['53200', 'there is no memory'],
    ['58030', 'the disk has a fault'],
    ['57P03', 'the server is starting'],
  ])('%s: %s', async (code) => {
    const error = await errorOf(
      run(db.database.work, `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = 'injected'; END $$`),
    );
    expect(error).toMatchObject({ code });
    expectAway(error);
  });

  test('the server has become a replica (25006)', async () => {
    const error = await errorOf(
      db.database.transaction(async (tx) => {
        await run(tx, 'SET TRANSACTION READ ONLY');
        await run(tx, 'CREATE TABLE never ()');
      }),
    );
    expect(error).toMatchObject({ code: '25006' });
    expectAway(error);
  });
});

describe('it is not the database', () => {
  test.each([
    ['a wrong statement', 'SELEC 1'],
    ['a broken rule', 'INSERT INTO event_cursor (subscriber, txid, id) VALUES (NULL, NULL, 0)'],
    ['a division by zero', 'SELECT 1/0'],
  ])('%s', async (_, text) => {
    const error = await errorOf(run(db.database.work, text));
    expect(isDatabaseAway(error)).toBe(false);
    expect(toHubError(error)).toMatchObject({ code: 'INTERNAL', cause: error });
  });

  test('a file that is not there', async () => {
    const error = await errorOf(readFile('/not/there'));
    expect(error).toMatchObject({ code: 'ENOENT' });
    expect(isDatabaseAway(error)).toBe(false);
  });

  test('an error of the table stays what it is; other things are defects', () => {
    const refusal = new HubError('CONFLICT', 'no');
    expect(toHubError(refusal)).toBe(refusal);
    for (const thrown of ['text', undefined, null, 42, { code: '57P01' }])
      expect(toHubError(thrown)).toMatchObject({ code: 'INTERNAL', cause: thrown });
  });
});
