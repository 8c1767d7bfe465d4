import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { toHubError } from '../../errors.ts';
import { openDatabase } from '../database.ts';
import { run } from '../statement.ts';
import { cleanUpEmbedded, dataFolderWithCluster, serverProcesses, start, startChild } from './support/embedded.ts';
import { startLoad } from './support/load.ts';
import { askOnce } from './support/sql.ts';
import { until } from './support/until.ts';

/** Rounds of kill -9 under load; more by hand: KILL_ROUNDS=50 npx vitest run hub/core/database/test/embedded-crash */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 3);

cleanUpEmbedded();

const isThere = (url: string) =>
  until(async () => expect(await askOnce(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]), { timeout: 15_000 });

describe('kill -9 of the server', () => {
  test('it is started again; pools and listener go on by themselves; requests meanwhile are STORE_UNAVAILABLE', async () => {
    const embedded = await start(await dataFolderWithCluster());
    const pools = openDatabase({ url: embedded.url, poolSize: 3, queuePoolSize: 1, name: 'going on' });
    const heard: string[] = [];
    pools.listener.subscribe('news', { notify: (payload) => heard.push(payload), resync: () => heard.push('(resync)') });
    await until(() => expect(heard).toEqual(['(resync)']));
    await run(pools.work, 'CREATE TABLE kept ()');
    const codes = new Set<string>();
    let asking = true;
    const asker = (async () => {
      while (asking) {
        await pools.transaction((tx) => run(tx, 'SELECT pg_sleep(0.002)')).catch((error) => codes.add(toHubError(error).code));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const before = embedded.pid as number;
    process.kill(before, 'SIGKILL');
    await until(
      () => {
        expect(embedded.pid).toBeGreaterThan(0);
        expect(embedded.pid).not.toBe(before);
      },
      { timeout: 15_000 },
    );
    await until(() => expect(heard).toEqual(['(resync)', '(resync)']), { timeout: 5_000 });
    await until(() => run(pools.work, 'SELECT FROM kept'));
    asking = false;
    await asker;
    expect([...codes]).toEqual(['STORE_UNAVAILABLE']);
    await run(pools.queue, "SELECT pg_notify('news', 'after')");
    await until(() => expect(heard.at(-1)).toBe('after'));
    await pools.close();
  });

  test('of one of its processes: the others end with 57P02, and the server recovers without our doing', async () => {
    const embedded = await start(await dataFolderWithCluster());
    const before = embedded.pid;
    const victim = new pg.Client({ connectionString: embedded.url });
    const witness = new pg.Client({ connectionString: embedded.url });
    for (const client of [victim, witness]) {
      client.on('error', () => undefined);
      await client.connect();
    }
    const { rows } = await victim.query('SELECT pg_backend_pid() AS pid');
    const sleeping = [victim, witness].map((client) => client.query('SELECT pg_sleep(30)').catch((error: unknown) => toHubError(error)));
    process.kill(rows[0].pid, 'SIGKILL');
    for (const error of await Promise.all(sleeping)) expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await isThere(embedded.url);
    expect(embedded.pid).toBe(before);
  });

  test('a statement that outlives its server cannot write beside the next one', async () => {
    const embedded = await start(await dataFolderWithCluster());
    const busy = new pg.Client({ connectionString: embedded.url });
    busy.on('error', () => undefined);
    await busy.connect();
    const { rows } = await busy.query('SELECT pg_backend_pid() AS pid');
    // Busy in the processor, where it does not look whether the server lives.
    const statement = busy.query('SELECT count(*) FROM generate_series(1, 2000000000)').catch(() => undefined);
    await until(async () =>
      expect(
        await askOnce(embedded.url, "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%2000000000%' AND pid = $1", [
          rows[0].pid,
        ]),
      ).toHaveLength(1),
    );
    process.kill(embedded.pid as number, 'SIGKILL');
    await isThere(embedded.url);
    await statement;
    expect(await serverProcesses(embedded.home.data)).not.toContain(rows[0].pid);
  });

  test(
    `loses no acknowledged write (${ROUNDS} rounds under load)`,
    async () => {
      const embedded = await start(await dataFolderWithCluster());
      const load = await startLoad(embedded.url);
      for (let round = 1; round <= ROUNDS; round += 1) {
        const target = load.acknowledged.size + 300;
        await until(() => expect(load.acknowledged.size).toBeGreaterThan(target), { timeout: 20_000 });
        const pid = await until(() => {
          expect(embedded.pid).toBeGreaterThan(0);
          return embedded.pid as number;
        });
        process.kill(pid, 'SIGKILL');
      }
      const target = load.acknowledged.size + 300;
      await until(() => expect(load.acknowledged.size).toBeGreaterThan(target), { timeout: 20_000 });
      const refused = load.refused;
      const { lost, stored } = await load.stop();
      expect(lost).toEqual([]);
      expect(stored).toBeGreaterThanOrEqual(load.acknowledged.size);
      expect(refused).toBeGreaterThan(0);
    },
    ROUNDS * 20_000 + 30_000,
  );
});

describe('kill -9 of the hub', () => {
  test('leaves a server; the next owner takes it over in order and loses nothing', async () => {
    const folder = await dataFolderWithCluster();
    const hub = await startChild(folder);
    const load = await startLoad(hub.said.url);
    await until(() => expect(load.acknowledged.size).toBeGreaterThan(300), { timeout: 10_000 });
    hub.process.kill('SIGKILL');
    await hub.ended;
    expect(await askOnce(hub.said.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const next = await start(folder);
    expect(next).toMatchObject({ owner: true, url: hub.said.url });
    expect(next.pid).not.toBe(hub.said.pid);
    const target = load.acknowledged.size + 300;
    await until(() => expect(load.acknowledged.size).toBeGreaterThan(target), { timeout: 10_000 });
    expect((await load.stop()).lost).toEqual([]);
    expect(await readFile(next.home.log, 'utf8')).toContain('received fast shutdown request');
  });

  test('a guest takes over what the killed owner left', async () => {
    const folder = await dataFolderWithCluster();
    const hub = await startChild(folder);
    const guest = await start(folder);
    hub.process.kill('SIGKILL');
    await until(() => expect(guest.owner).toBe(true), { timeout: 10_000 });
    await isThere(guest.url);
    await guest.stop();
    expect(await serverProcesses(guest.home.data)).toEqual([]);
  });

  test('and of its server at once: recovery, then as before', async () => {
    const folder = await dataFolderWithCluster();
    const hub = await startChild(folder);
    await askOnce(hub.said.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    hub.process.kill('SIGKILL');
    process.kill(hub.said.pid, 'SIGKILL');
    await hub.ended;
    expect(await readFile(join(hub.said.home.data, 'postmaster.pid'), 'utf8')).toContain(String(hub.said.pid));
    const next = await start(folder);
    expect(await askOnce(next.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });
});

test('stop while the server is being restarted is prompt and leaves no process; the next start works', async () => {
  const folder = await dataFolderWithCluster();
  const embedded = await start(folder);
  process.kill(embedded.pid as number, 'SIGKILL');
  await until(() => expect(embedded.pid).toBeUndefined(), { interval: 1 });
  const begun = performance.now();
  await embedded.stop();
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(await serverProcesses(embedded.home.data)).toEqual([]);
  // It also takes away the shared memory that the killed server left: nothing else could find it.
  await isThere((await start(folder)).url);
});
