import { existsSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../database.ts';
import { discardEmbedded } from '../discard-embedded.ts';
import { prepareHome } from '../embedded-home.ts';
import { run } from '../statement.ts';
import { cleanUpEmbedded, dataFolder, dataFolderWithCluster, RUN_AS, serverProcesses, start, startChild } from './support/embedded.ts';
import { askOnce } from './support/sql.ts';
import { until } from './support/until.ts';

cleanUpEmbedded();

describe('an owner', () => {
  test('creates, serves, stops promptly without leaving a process, and finds its data again', async () => {
    const folder = await dataFolder();
    const first = await start(folder);
    expect(first.owner).toBe(true);
    expect(await askOnce(first.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await askOnce(first.url, 'SELECT current_database() AS name, current_user AS user')).toEqual([
      { name: 'vestnik', user: 'vestnik' },
    ]);
    await askOnce(first.url, 'CREATE TABLE kept (text text)');
    await askOnce(first.url, "INSERT INTO kept VALUES ('ёж')");
    // Somebody still connected does not delay the end.
    const pools = openDatabase({ url: first.url, poolSize: 2, queuePoolSize: 2, name: 'lingering' });
    await pools.ping();
    const begun = performance.now();
    await first.stop();
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(first.pid).toBeUndefined();
    expect(await serverProcesses(first.home.data)).toEqual([]);
    await first.stop();

    const second = await start(folder);
    expect(second.url).toBe(first.url);
    expect(await askOnce(second.url, 'SELECT text FROM kept')).toEqual([{ text: 'ёж' }]);
    // Pools opened on the first server go on with the second.
    await until(() => pools.ping());
    await pools.close();
  });

  test('keeps its secrets: password for the owner alone, private socket, no TCP, a password is asked', async () => {
    const { home, url } = await start(await dataFolderWithCluster());
    expect(statSync(home.password).mode & 0o777).toBe(0o600);
    expect(statSync(home.socket).mode & 0o777).toBe(0o700);
    expect(statSync(home.data).mode & 0o777).toBe(0o700);
    expect(statSync(home.log).mode & 0o777).toBe(0o600);
    expect(await askOnce(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
    const wrong = url.replace(/:[^:@]+@/, ':wrong@');
    expect(wrong).not.toBe(url);
    await expect(askOnce(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await expect(askOnce(url, 'SELECT 1 / 0 AS "secret of a passenger"')).rejects.toThrow();
    const log = await readFile(home.log, 'utf8');
    expect(log).toContain('division by zero');
    expect(log).not.toContain('secret of a passenger');
  });

  test('takes the connections of large pools, with some to spare for commands', async () => {
    const { url } = await start(await dataFolderWithCluster(), 400);
    expect(await askOnce(url, "SELECT current_setting('max_connections')::int AS most")).toEqual([{ most: 450 }]);
  });
});

describe('a guest', () => {
  test('uses the running server and leaves it running', async () => {
    const folder = await dataFolderWithCluster();
    const owner = await startChild(folder);
    const guest = await start(folder);
    expect(guest).toMatchObject({ owner: false, pid: undefined, url: owner.said.url });
    expect(await askOnce(guest.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await guest.stop();
    expect(await askOnce(owner.said.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    owner.process.kill('SIGTERM');
    expect(await owner.ended).toBe(0);
    expect(await serverProcesses(owner.said.home.data)).toEqual([]);
  });

  test('inherits the server when the owner stops, at the same address', async () => {
    const folder = await dataFolderWithCluster();
    const owner = await startChild(folder);
    const guest = await start(folder);
    const pools = openDatabase({ url: guest.url, poolSize: 2, queuePoolSize: 1, name: 'guest' });
    await run(pools.work, 'CREATE TABLE kept ()');
    owner.process.kill('SIGTERM');
    expect(await owner.ended).toBe(0);
    await until(() => expect(guest.owner).toBe(true), { timeout: 10_000 });
    expect(guest.pid).toBeGreaterThan(0);
    await until(() => run(pools.work, 'SELECT FROM kept'));
    await pools.close();
    await guest.stop();
    expect(await serverProcesses(guest.home.data)).toEqual([]);
  });

  test('of a first start under way waits for it: two start at once on an empty folder', async () => {
    const folder = await dataFolder();
    const two = await Promise.all([startChild(folder), startChild(folder)]);
    expect(two.map(({ said }) => said.owner).sort()).toEqual([false, true]);
    expect(two[0]?.said.url).toBe(two[1]?.said.url);
    await until(async () => expect(await askOnce(two[0]?.said.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]), {
      timeout: 10_000,
    });
  });
});

describe('discarding', () => {
  test('removes everything, and nothing while somebody uses it', async () => {
    const folder = await dataFolderWithCluster();
    const embedded = await start(folder);
    expect(await discardEmbedded({ dataFolder: folder, runAs: RUN_AS })).toBe(false);
    expect(await askOnce(embedded.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await embedded.stop();
    expect(await discardEmbedded({ dataFolder: folder, runAs: RUN_AS })).toBe(true);
    for (const path of [folder, embedded.home.base, embedded.home.socket]) expect(existsSync(path)).toBe(false);
    expect(await discardEmbedded({ dataFolder: folder, runAs: RUN_AS })).toBe(true);
  });

  test('ends the server that a killed hub left', async () => {
    const folder = await dataFolderWithCluster();
    const { process: hub, said, ended } = await startChild(folder);
    hub.kill('SIGKILL');
    await ended;
    expect(await serverProcesses(said.home.data)).not.toEqual([]);
    await until(async () => expect(await discardEmbedded({ dataFolder: folder, runAs: RUN_AS })).toBe(true));
    expect(await serverProcesses(said.home.data)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});

test('preparing the home twice changes nothing', async () => {
  const folder = await dataFolderWithCluster();
  const first = prepareHome(folder, RUN_AS);
  const before = await stat(first.socket);
  expect(prepareHome(folder, RUN_AS)).toEqual(first);
  expect((await stat(first.socket)).ctimeMs).toBe(before.ctimeMs);
});
