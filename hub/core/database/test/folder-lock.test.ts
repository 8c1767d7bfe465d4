import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { lockFile, lockFolder } from '../folder-lock.ts';
import { until } from './support/until.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock '));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function inChild(kind: string, path: string): Promise<{ answer: string; child: ChildProcess }> {
  const program = fileURLToPath(new URL('support/hold-lock.ts', import.meta.url));
  const child = spawn(process.execPath, [program, kind, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const answer = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  return { answer, child };
}

describe.each([
  ['file', async (path: string) => lockFile(path)],
  ['folder', lockFolder],
] as const)('the lock of a %s', (kind, take) => {
  test('has one holder in a process, and again after its release', async () => {
    const path = join(folder, 'a');
    const first = await take(path);
    expect(first).toBeDefined();
    expect(await take(path)).toBeUndefined();
    first?.release();
    const second = await take(path);
    expect(second).toBeDefined();
    // A second release of the first changes nothing.
    first?.release();
    expect(await take(path)).toBeUndefined();
    second?.release();
  });

  test('is independent of others', async () => {
    const locks = [await take(join(folder, 'one')), await take(join(folder, 'two'))];
    expect(locks.map((lock) => lock !== undefined)).toEqual([true, true]);
    for (const lock of locks) lock?.release();
  });

  test('goes to exactly one of many processes that ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => inChild(kind, join(folder, 'a'))));
    expect(answers.map(({ answer }) => answer).sort()).toEqual(['held', ...Array(4).fill('refused')]);
  });

  test('is freed by kill -9 of its holder', async () => {
    const path = join(folder, 'a');
    const { answer, child } = await inChild(kind, path);
    expect(answer).toBe('held');
    expect(await take(path)).toBeUndefined();
    child.kill('SIGKILL');
    const lock = await until(async () => {
      const taken = await take(path);
      expect(taken).toBeDefined();
      return taken;
    });
    lock?.release();
  });
});

test('the lock of a folder leaves no trace and needs no folder', async () => {
  const lock = await lockFolder(join(folder, 'not there'));
  expect(lock).toBeDefined();
  expect(await readdir(folder)).toEqual([]);
  lock?.release();
});

test('the lock of a file counts also by way of a link', async () => {
  await mkdir(join(folder, 'real'));
  await symlink(join(folder, 'real'), join(folder, 'link'));
  const lock = lockFile(join(folder, 'real', 'a'));
  expect((await inChild('file', join(folder, 'link', 'a'))).answer).toBe('refused');
  lock?.release();
  expect((await inChild('file', join(folder, 'link', 'a'))).answer).toBe('held');
});

describe('what cannot be locked is named', () => {
  test('something that is no file', async () => {
    await mkdir(join(folder, 'a.lock'));
    expect(() => lockFile(join(folder, 'a.lock'))).toThrow('a.lock cannot be locked');
  });

  requires('ordinary user').test('a folder that cannot be written', async () => {
    await chmod(folder, 0o500);
    expect(() => lockFile(join(folder, 'a.lock'))).toThrow('a.lock cannot be locked');
    await chmod(folder, 0o700);
  });
});
