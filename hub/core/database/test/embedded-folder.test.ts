import { execFileSync, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, readlink, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discardEmbedded } from '../discard-embedded.ts';
import { startEmbedded } from '../embedded.ts';
import { prepareHome } from '../embedded-home.ts';
import { lockFile } from '../folder-lock.ts';
import { cleanUpEmbedded, dataFolder, dataFolderWithCluster, RUN_AS, serverProcesses, start } from './support/embedded.ts';
import { askOnce } from './support/sql.ts';
import { until } from './support/until.ts';

cleanUpEmbedded();

const refusal = async (folder: string): Promise<string> => {
  const error = await startEmbedded({ dataFolder: folder, runAs: RUN_AS }).then(
    () => new Error('it started'),
    (thrown: Error) => thrown,
  );
  // Whoever comes after a refused start finds the folder free.
  const lock = lockFile(join(folder, 'postgres.lock'));
  expect(lock).toBeDefined();
  lock?.release();
  return error.message;
};

describe('a folder that cannot serve is refused with what would help', () => {
  test('another major version', async () => {
    const folder = await dataFolder();
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '17\n');
    expect(await refusal(folder)).toMatch(/is a data folder of PostgreSQL 17, this hub carries 18: dump it/);
  });

  test('something else in the place of the cluster', async () => {
    const folder = await dataFolder();
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres', 'thesis.txt'), 'precious');
    expect(await refusal(folder)).toMatch(/is not empty and no data folder/);
    expect(await readFile(join(folder, 'postgres', 'thesis.txt'), 'utf8')).toBe('precious');
  });

  test('a cluster without its password, with another password, or damaged', async () => {
    const folder = await dataFolderWithCluster();
    const { home, url, stop } = await start(folder);
    await askOnce(url, 'CREATE TABLE kept ()');
    await stop();
    const password = await readFile(home.password, 'utf8');
    await unlink(home.password);
    expect(await refusal(folder)).toMatch(/postgres\.password, which is missing/);
    await writeFile(home.password, 'wrong');
    expect(await refusal(folder)).toMatch(/refuses the hub: password authentication failed .*postgres\.password/);
    expect(await serverProcesses(home.data)).toEqual([]);
    await writeFile(home.password, password);
    await rename(join(home.data, 'global'), join(home.data, 'elsewhere'));
    expect(await refusal(folder)).toMatch(/did not start \(exit code \d\).*pg_control/);
    await rename(join(home.data, 'elsewhere'), join(home.data, 'global'));
    expect(await askOnce((await start(folder)).url, 'SELECT FROM kept')).toEqual([]);
  });
});

describe('what an interrupted start left is no obstacle', () => {
  test('a half-made cluster, with its initdb still at work', async () => {
    const folder = await dataFolder();
    const { data, bin, runAs } = prepareHome(folder, RUN_AS);
    const half = `${data}.new-0badcafe`;
    await mkdir(half, { mode: 0o700 });
    if (runAs) execFileSync('chown', [`${runAs.uid}:${runAs.gid}`, half]);
    const initdb = spawn(join(bin, 'initdb'), ['-D', half, '-U', 'somebody'], { ...(runAs ?? {}), cwd: '/', stdio: 'ignore', env: {} });
    const ended = new Promise((resolve) => initdb.once('exit', resolve));
    await until(() => lstat(join(half, 'PG_VERSION')));
    const { url, stop } = await start(folder);
    expect(await askOnce(url, 'SELECT current_user AS name')).toEqual([{ name: 'vestnik' }]);
    await ended;
    await stop();
    // Also what the old initdb still wrote is gone after the next start that creates; here the cluster stands, and nothing is created.
    await (await start(folder)).stop();
    expect(await lstat(data)).toMatchObject({});
  });

  test('an empty cluster folder, as a mount point would be', async () => {
    const folder = await dataFolder();
    await mkdir(join(folder, 'postgres'));
    expect(await askOnce((await start(folder)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a pid file whose number belongs to a living stranger: the server starts and the stranger lives', async () => {
    const folder = await dataFolderWithCluster();
    const first = await start(folder);
    await askOnce(first.url, 'CREATE TABLE kept ()');
    await first.stop();
    const { runAs, data } = first.home;
    const stranger = spawn('sleep', ['60'], { ...(runAs ?? {}), stdio: 'ignore' });
    const lines = [stranger.pid, data, Math.floor(Date.now() / 1000), 5432, first.home.socket, '', '  5432001         0', 'ready   ', ''];
    await writeFile(join(data, 'postmaster.pid'), lines.join('\n'));
    if (runAs) execFileSync('chown', [`${runAs.uid}:${runAs.gid}`, join(data, 'postmaster.pid')]);
    const second = await start(folder);
    expect(await askOnce(second.url, 'SELECT FROM kept')).toEqual([]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
  });

  test('a pid file of rubbish or of nobody', async () => {
    const folder = await dataFolderWithCluster();
    const { home, stop } = await start(folder);
    await stop();
    for (const text of [`999999999\n${home.data}\n1\n5432\n${home.socket}\n\n`, '2147483647\n']) {
      await writeFile(join(home.data, 'postmaster.pid'), text);
      if (home.runAs) execFileSync('chown', [`${home.runAs.uid}:${home.runAs.gid}`, join(home.data, 'postmaster.pid')]);
      const next = await start(folder);
      expect(await askOnce(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await next.stop();
    }
  });
});

describe('any path serves', () => {
  test.each([
    ['with spaces, quotes, commas and per cent', `vestnik a, "b" 'c' %41 #? `],
    ['in Cyrillic', 'вестник-данные-'],
    ['longer than a socket may have', `vestnik-${'long-'.repeat(30)}`],
  ])('%s', async (_, prefix) => {
    const folder = await dataFolderWithCluster(prefix);
    const { url, home, stop } = await start(folder);
    expect(await askOnce(url, "SELECT current_setting('data_directory') AS data")).toEqual([{ data: home.data }]);
    expect(Buffer.byteLength(join(home.socket, '.s.PGSQL.5432'))).toBeLessThanOrEqual(103);
    await stop();
    expect(await serverProcesses(home.data)).toEqual([]);
  });

  test('a folder that does not exist yet, several levels deep', async () => {
    const folder = join(await dataFolder(), 'a', 'b', 'c');
    const { url, stop } = await start(folder);
    expect(await askOnce(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await stop();
  });

  test('a link to the cluster on another disk decides, and only what is ours is discarded there', async () => {
    const folder = await dataFolder();
    const other = await dataFolder('other-disk-');
    await writeFile(join(other, 'thesis.txt'), 'precious');
    await symlink(join(other, 'postgres'), join(folder, 'postgres'));
    const { home, stop } = await start(folder);
    expect(home.data).toBe(join(other, 'postgres'));
    await stop();
    expect(await discardEmbedded({ dataFolder: folder, runAs: RUN_AS })).toBe(true);
    expect(await readFile(join(other, 'thesis.txt'), 'utf8')).toBe('precious');
    await expect(lstat(home.data)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a link into nowhere is refused: an empty database would hide the lost one', async () => {
    const folder = await dataFolder();
    await symlink('/mnt/unplugged/postgres', join(folder, 'postgres'));
    await expect(startEmbedded({ dataFolder: folder, runAs: RUN_AS })).rejects.toThrow('/mnt/unplugged/postgres, which is not there');
    await unlink(join(folder, 'postgres'));
  });
});

describe('the folder of the socket', () => {
  test('in a shared place is refused when it is a link or not ours', async () => {
    const folder = await dataFolder(`vestnik-${'long-'.repeat(30)}`);
    const { socket } = prepareHome(folder, RUN_AS);
    expect(dirname(socket)).toBe(tmpdir());
    await rm(socket, { recursive: true });
    const victim = await dataFolder('victim-', 0o750);
    await symlink(victim, socket);
    await expect(startEmbedded({ dataFolder: folder, runAs: RUN_AS })).rejects.toThrow('belongs to somebody else');
    expect((await lstat(victim)).uid).toBe(process.getuid?.());
    await unlink(socket);
  });

  test('that others could enter is closed', async () => {
    const folder = await dataFolder();
    const { socket } = prepareHome(folder, RUN_AS);
    await chmod(socket, 0o777);
    prepareHome(folder, RUN_AS);
    expect((await lstat(socket)).mode & 0o777).toBe(0o700);
  });
});

test('links of the data folder itself do not matter: one owner', async () => {
  const folder = await dataFolderWithCluster();
  const link = `${folder}-link`;
  await symlink(folder, link);
  const owner = await start(folder);
  const guest = await start(link);
  expect([owner.owner, guest.owner]).toEqual([true, false]);
  expect(guest.url).toBe(owner.url);
  await unlink(link);
  expect(await readlink(link).catch(() => 'gone')).toBe('gone');
});
