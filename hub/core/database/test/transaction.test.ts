import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { HubError, toHubError } from '../../errors.ts';
import { type Database, openDatabase, waitForDatabase } from '../database.ts';
import { run, statement, type Transaction } from '../statement.ts';
import { askOnce, terminate } from './support/sql.ts';
import { startTcpProxy } from './support/tcp-proxy.ts';
import { until } from './support/until.ts';

let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  db = await createTestDatabase();
  database = db.database;
  await run(database.work, 'CREATE TABLE note (text text)');
});
afterAll(() => db.drop());

const texts = async (): Promise<string[]> =>
  (await run<{ text: string }>(database.work, 'SELECT text FROM note ORDER BY text')).rows.map(({ text }) => text);
const write = (tx: Transaction, text: string) => run(tx, 'INSERT INTO note VALUES ($1)', [text]);
const backend = statement<{ pid: number }>('test.backend', 'SELECT pg_backend_pid() AS pid');

describe('a transaction', () => {
  test('commits when its body resolves, and answers its value', async () => {
    const value = await database.transaction(async (tx) => {
      await write(tx, 'committed');
      return 17;
    });
    expect(value).toBe(17);
    expect(await texts()).toContain('committed');
  });

  test('rolls back when its body throws, and throws the same', async () => {
    const failure = new Error('no');
    await expect(
      database.transaction(async (tx) => {
        await write(tx, 'rolled back');
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(await texts()).not.toContain('rolled back');
  });

  test('is not seen from outside before its end', async () => {
    await database.transaction(async (tx) => {
      await write(tx, 'hidden');
      expect(await texts()).not.toContain('hidden');
    });
    expect(await texts()).toContain('hidden');
  });

  test('does not pass for committed when the error of a statement was swallowed', async () => {
    const attempt = database.transaction(async (tx) => {
      await write(tx, 'swallowed');
      await run(tx, 'SELECT 1/0').catch(() => undefined);
      return 'fine';
    });
    await expect(attempt).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('nothing was stored') });
    expect(await texts()).not.toContain('swallowed');
  });

  test('leaves the connection usable after a failed statement', async () => {
    const small = openDatabase({ url: db.url, poolSize: 1, queuePoolSize: 1, name: 'small' });
    await expect(small.transaction((tx) => run(tx, 'SELECT 1/0'))).rejects.toMatchObject({ code: '22012' });
    await small.transaction((tx) => write(tx, 'after a failure'));
    expect(await texts()).toContain('after a failure');
    await small.close();
  });

  test('of the queue and the patient one behave alike', async () => {
    await database.queueTransaction((tx) => write(tx, 'queue'));
    await database.patientTransaction((tx) => write(tx, 'patient'));
    for (const open of [database.queueTransaction, database.patientTransaction]) {
      await expect(
        open(async (tx) => {
          await write(tx, 'never');
          throw new Error('back');
        }),
      ).rejects.toThrow('back');
    }
    expect(await texts()).toEqual(expect.arrayContaining(['patient', 'queue']));
    expect(await texts()).not.toContain('never');
  });
});

describe('a connection that breaks', () => {
  test('in mid-transaction is thrown away; nothing is stored; the next one works', async () => {
    const small = openDatabase({ url: db.url, poolSize: 1, queuePoolSize: 1, name: 'breaking' });
    let first = 0;
    const attempt = small.transaction(async (tx) => {
      first = (await backend(tx))[0]?.pid ?? 0;
      await write(tx, 'broken');
      await askOnce(db.url, 'SELECT pg_terminate_backend($1)', [first]);
      await write(tx, 'broken too');
    });
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect(toHubError(error)).toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfter: 1 });
    const [second] = await backend(small.work);
    expect(second?.pid).not.toBe(first);
    expect(await texts()).not.toContain('broken');
    await small.close();
  });

  test('between two statements, with nobody waiting, ends neither the process nor the pool', async () => {
    const small = openDatabase({ url: db.url, poolSize: 1, queuePoolSize: 1, name: 'lonely' });
    const attempt = small.transaction(async (tx) => {
      await write(tx, 'lonely');
      const [{ pid } = { pid: 0 }] = await backend(tx);
      await askOnce(db.url, 'SELECT pg_terminate_backend($1)', [pid]);
      await until(async () => expect(await askOnce(db.url, 'SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).toEqual([]));
      // The client hears of the end here, in no statement.
      await new Promise((resolve) => setImmediate(resolve));
    });
    expect(toHubError(await attempt.catch((thrown: unknown) => thrown)).code).toBe('STORE_UNAVAILABLE');
    await small.ping();
    expect(await texts()).not.toContain('lonely');
    await small.close();
  });

  test('while idle is replaced', async () => {
    const small = openDatabase({ url: db.url, poolSize: 3, queuePoolSize: 1, name: 'idle' });
    await Promise.all([1, 2, 3].map(() => small.ping()));
    expect(await terminate(db.url, 'idle work')).toBeGreaterThan(0);
    await until(() => small.ping());
    await small.close();
  });

  test('half open: ping gives up after 5 s, close does not hang', async () => {
    const proxy = await startTcpProxy(db.url);
    const small = openDatabase({ url: proxy.url, poolSize: 2, queuePoolSize: 1, name: 'half open' });
    await small.ping();
    proxy.swallow();
    const begun = performance.now();
    const error = await small.ping().catch((thrown: unknown) => thrown);
    expect(toHubError(error).code).toBe('STORE_UNAVAILABLE');
    expect(performance.now() - begun).toBeLessThan(7_000);
    await small.ping();
    await small.close();
    await proxy.close();
  });
});

describe('limits of time', () => {
  test('no free connection for 5 s: STORE_UNAVAILABLE', async () => {
    const small = openDatabase({ url: db.url, poolSize: 1, queuePoolSize: 1, name: 'crowded' });
    const { promise, resolve } = Promise.withResolvers<void>();
    const holder = small.transaction(() => promise);
    const error = await small.ping().catch((thrown: unknown) => thrown);
    expect(toHubError(error)).toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfter: 1 });
    resolve();
    await holder;
    await small.ping();
    await small.close();
  }, 15_000);

  test('every connection of the pools has limits; the patient one has none', async () => {
    const settings = statement<{ statement: string; idle: string; zone: string; jit: string }>(
      'test.settings',
      `SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle,
         current_setting('TimeZone') AS zone, current_setting('jit') AS jit`,
    );
    const limited = { statement: '1min', idle: '1min', zone: 'UTC', jit: 'off' };
    expect(await settings(database.work)).toEqual([limited]);
    expect(await settings(database.queue)).toEqual([limited]);
    expect(await database.patientTransaction((tx) => settings(tx))).toEqual([{ statement: '0', idle: '0', zone: 'UTC', jit: 'off' }]);
  });

  test('a statement over its limit is cancelled and its transaction rolled back; the connection goes on', async () => {
    const small = openDatabase({ url: db.url, poolSize: 1, queuePoolSize: 1, name: 'slow' });
    const [before] = await backend(small.work);
    const attempt = small.transaction(async (tx) => {
      await write(tx, 'too slow');
      await run(tx, 'SET LOCAL statement_timeout = 50');
      await run(tx, 'SELECT pg_sleep(30)');
    });
    await expect(attempt).rejects.toMatchObject({ code: '57014' });
    expect(await texts()).not.toContain('too slow');
    expect(await backend(small.work)).toEqual([before]);
    await small.close();
  });

  test('a transaction that nobody continues is ended by the server', async () => {
    const attempt = database.transaction(async (tx) => {
      await run(tx, "SET LOCAL idle_in_transaction_session_timeout = '50ms'");
      const [{ pid } = { pid: 0 }] = await backend(tx);
      await until(async () => expect(await askOnce(db.url, 'SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).toEqual([]));
    });
    expect(toHubError(await attempt.catch((thrown: unknown) => thrown)).code).toBe('STORE_UNAVAILABLE');
  });
});

describe('opening', () => {
  test('options of the URL are kept beside ours', async () => {
    await askOnce(db.url, 'CREATE SCHEMA own');
    const url = `${db.url}?options=-c%20search_path%3Down%20-c%20enable_seqscan%3Don`;
    const own = openDatabase({ url, poolSize: 1, queuePoolSize: 1, name: 'own' });
    const show = (name: string) =>
      run<Record<string, string>>(own.queue, `SHOW ${name}`).then(({ rows }) => Object.values(rows[0] ?? {})[0]);
    expect(await show('search_path')).toBe('own');
    expect(await show('enable_seqscan')).toBe('off');
    expect(await show('TimeZone')).toBe('UTC');
    await own.close();
  });

  test('waitForDatabase waits for a database that comes, and says why when it does not', async () => {
    const url = db.url.replace(/\/test_\w+$/, '/not_yet');
    const late = openDatabase({ url, poolSize: 1, queuePoolSize: 1, name: 'late' });
    await expect(waitForDatabase(late, 150)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('"not_yet" does not exist'),
    });
    const waiting = waitForDatabase(late, 10_000);
    await askOnce(db.url, 'CREATE DATABASE not_yet');
    await waiting;
    await late.close();
    await askOnce(db.url, 'DROP DATABASE not_yet WITH (FORCE)');
  });

  test('close may be called twice; afterwards nothing is connected', async () => {
    const brief = openDatabase({ url: db.url, poolSize: 2, queuePoolSize: 2, name: 'brief' });
    await Promise.all([
      brief.ping(),
      brief.queueTransaction((tx) => run(tx, 'SELECT 1')),
      brief.patientTransaction((tx) => run(tx, 'SELECT 1')),
    ]);
    await Promise.all([brief.close(), brief.close()]);
    await until(async () =>
      expect(await askOnce(db.url, "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'brief %'")).toEqual([]),
    );
    await expect(brief.ping()).rejects.toThrow();
  });

  test('an error of the table passes through a transaction as it is', async () => {
    const refusal = new HubError('CONFLICT', 'not now');
    await expect(database.transaction(() => Promise.reject(refusal))).rejects.toBe(refusal);
  });
});
