import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock, findHolder, type Lock, type LockHolder } from '../lock.ts';
import { temporaryFolder, until } from './kit.ts';

let folder: string;
let lockFile: string;
const held: Lock[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  lockFile = join(folder, 'lock');
});
afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
  rmSync(folder, { recursive: true, force: true });
});

async function acquire(change: Partial<Parameters<typeof acquireLock>[0]> = {}) {
  const taken = await acquireLock({ target: folder, lockFile, onLost: () => undefined, ...change });
  if ('lock' in taken) held.push(taken.lock);
  return taken;
}

function foreignLock(ageSeconds: number): LockHolder {
  writeFileSync(lockFile, JSON.stringify({ host: 'another-host', pid: 77, token: 'x' }));
  const at = Date.now() / 1000 - ageSeconds;
  utimesSync(lockFile, at, at);
  return { host: 'another-host', pid: 77 };
}

describe('on one computer', () => {
  test('held by one, refused to the next with pid and host, free after release', async () => {
    expect(await acquire()).toHaveProperty('lock');
    expect(await acquire()).toMatchObject({ holder: { pid: process.pid, host: hostname() } });
    expect(await findHolder(folder, lockFile)).toMatchObject({ pid: process.pid });
    await held.splice(0)[0]!.release();
    expect(existsSync(lockFile)).toBe(false);
    expect(await findHolder(folder, lockFile)).toBeUndefined();
    expect(await acquire()).toHaveProperty('lock');
  });

  test('two folders do not disturb each other', async () => {
    expect(await acquire()).toHaveProperty('lock');
    expect(await acquire({ target: `${folder}/other`, lockFile: `${lockFile}2` })).toHaveProperty('lock');
  });

  test('the file of a killed program holds nobody up', async ({ skip }) => {
    skip(process.platform === 'darwin', 'macOS has neither abstract sockets nor named pipes');
    writeFileSync(lockFile, JSON.stringify({ host: hostname(), pid: 1, token: 'x' }));
    expect(await acquire()).toHaveProperty('lock');
    expect(JSON.parse(readFileSync(lockFile, 'utf8')).pid).toBe(process.pid);
  });

  test.each(['', 'rubbish', '[]', 'null', '{"host":1}', '{"host":"x","pid":"y","token":"z"}', 'x'.repeat(10_000)])(
    'a lock file with other content is overwritten: %j',
    async (content) => {
      writeFileSync(lockFile, content);
      expect(await acquire()).toHaveProperty('lock');
    },
  );

  test('a lock file that cannot be written does not matter: the socket holds', async () => {
    const nowhere = join(folder, 'no', 'lock');
    expect(await acquire({ lockFile: nowhere })).toHaveProperty('lock');
    expect(await acquire({ lockFile: nowhere })).toEqual({ holder: { pid: 0, host: '' } });
  });
});

describe('on a shared folder', () => {
  test("another host's lock younger than 60 s is obeyed, an older one is void", async () => {
    const holder = foreignLock(50);
    expect(await acquire()).toMatchObject({ holder });
    expect(await findHolder(folder, lockFile)).toMatchObject(holder);
    expect(readFileSync(lockFile, 'utf8')).toContain('another-host');
    foreignLock(70);
    expect(await findHolder(folder, lockFile)).toBeUndefined();
    expect(await acquire()).toHaveProperty('lock');
    expect(readFileSync(lockFile, 'utf8')).toContain(hostname());
  });

  test('after a refusal the name is free again on this computer', async () => {
    foreignLock(10);
    await acquire();
    rmSync(lockFile);
    expect(await acquire()).toHaveProperty('lock');
  });

  test('the heartbeat keeps the file young, and writes it anew when it is gone', async () => {
    await acquire({ heartbeatMs: 20 });
    const old = Date.now() / 1000 - 300;
    utimesSync(lockFile, old, old);
    const { statSync } = await import('node:fs');
    await until(() => Date.now() - statSync(lockFile).mtimeMs < 10_000, 'heartbeat');
    rmSync(lockFile);
    await until(() => existsSync(lockFile) && readFileSync(lockFile, 'utf8').length > 0, 'lock file written anew');
  });

  test('a lock that another host has taken over is reported once, and its file is left alone', async () => {
    const losses: LockHolder[] = [];
    await acquire({ heartbeatMs: 20, onLost: (holder) => losses.push(holder) });
    foreignLock(0);
    await until(() => losses.length > 0, 'loss seen');
    expect(losses).toMatchObject([{ host: 'another-host', pid: 77 }]);
    await held.splice(0)[0]!.release();
    expect(readFileSync(lockFile, 'utf8')).toContain('another-host');
    expect(losses.length).toBe(1);
  });
});
