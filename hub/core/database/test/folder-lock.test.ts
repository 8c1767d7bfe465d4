import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { lockFolder } from '../folder-lock.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock '));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function inChild(path: string, ...file: string[]): Promise<{ answer: string; child: ChildProcess }> {
  const program = fileURLToPath(new URL('support/hold-lock.ts', import.meta.url));
  const child = spawn(process.execPath, [program, path, ...file], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const answer = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  return { answer, child };
}

test('one holder in a process, and again after its release', async () => {
  const first = await lockFolder(folder);
  expect(first).toBeDefined();
  expect(await lockFolder(folder)).toBeUndefined();
  first?.release();
  const second = await lockFolder(folder);
  expect(second).toBeDefined();
  // A second release of the first changes nothing.
  first?.release();
  expect(await lockFolder(folder)).toBeUndefined();
  second?.release();
});

test('locks of other folders and other names are independent', async () => {
  const locks = [
    await lockFolder(join(folder, 'one')),
    await lockFolder(join(folder, 'two')),
    await lockFolder(join(folder, 'one'), 'other.lock'),
  ];
  expect(locks.map((lock) => lock !== undefined)).toEqual([true, true, true]);
  for (const lock of locks) lock?.release();
});

test('one holder among processes, also by way of a link', async () => {
  await mkdir(join(folder, 'real'));
  await symlink(join(folder, 'real'), join(folder, 'link'));
  const lock = await lockFolder(join(folder, 'real'), 'a.lock');
  expect((await inChild(join(folder, 'link'), 'a.lock')).answer).toBe('refused');
  lock?.release();
  expect((await inChild(join(folder, 'link'), 'a.lock')).answer).toBe('held');
  expect(await lockFolder(join(folder, 'real'), 'a.lock')).toBeUndefined();
});

test('of many processes that ask at once exactly one gets it', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => inChild(folder, 'a.lock')));
  expect(answers.map(({ answer }) => answer).sort()).toEqual(['held', ...Array(5).fill('refused')]);
});

test('kill -9 of the holder frees it', async () => {
  const { answer, child } = await inChild(folder);
  expect(answer).toBe('held');
  expect(await lockFolder(folder)).toBeUndefined();
  child.kill('SIGKILL');
  const lock = await vi.waitFor(async () => {
    const taken = await lockFolder(folder);
    expect(taken).toBeDefined();
    return taken;
  });
  lock?.release();
});

requires('ordinary user').test('a folder that cannot be written says which', async () => {
  await chmod(folder, 0o500);
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining(folder) });
  await chmod(folder, 0o700);
});

test('something that is no lock says what cannot be locked', async () => {
  await mkdir(join(folder, 'a.lock'));
  await expect(lockFolder(folder, 'a.lock')).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('a.lock') });
});
