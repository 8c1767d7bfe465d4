import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SetupFailure } from '../setup/failure.mjs';
import { takeLock } from '../setup/lock.mjs';
import { start } from './process.ts';

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestnik-lock-'));
  lock = join(folder, '.setup-lock');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const take = (deadline = 10_000, onWait: (seconds: number) => void = () => undefined): Promise<() => void> =>
  takeLock(lock, { deadline, onWait });

/** A lock as another process would have left it. */
function leave(owner: string): void {
  mkdirSync(lock);
  writeFileSync(join(lock, 'owner.json'), owner);
}

const deadProcess = (): number => spawnSync(process.execPath, ['--version']).pid;

test('taken, released, and nothing is left behind', async () => {
  const release = await take();
  expect(readdirSync(lock)).toEqual(['owner.json']);
  release();
  expect(readdirSync(folder)).toEqual([]);
});

test('the second waits until the first releases', async () => {
  const release = await take();
  const order: string[] = [];
  // Another process has another name for what it prepares; one process would trip over itself.
  const second = spawnLockTaker();
  await second.waits;
  order.push('released');
  release();
  await second.got;
  order.push('taken');
  expect(order).toEqual(['released', 'taken']);
  await second.ended;
  expect(existsSync(lock)).toBe(false);
});

test('a lock whose owner is dead is taken over at once', async () => {
  leave(JSON.stringify({ pid: deadProcess(), host: hostname() }));
  const release = await take(0);
  release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock with a damaged owner, and one without any, are taken over', async () => {
  leave('{"pid":');
  (await take(0))();
  mkdirSync(lock);
  (await take(0))();
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock of another machine holds while it is touched, and is taken over when it has been silent for long', async () => {
  leave(JSON.stringify({ pid: deadProcess(), host: 'another-machine' }));
  await expect(take(0)).rejects.toThrow(SetupFailure);
  const longAgo = new Date(Date.now() - 61_000);
  utimesSync(lock, longAgo, longAgo);
  (await take(0))();
});

test('a lock that stays taken is an error with the next step, and the waiting is told', async () => {
  leave(JSON.stringify({ pid: process.pid, host: hostname() }));
  const told: number[] = [];
  const failure = await take(500, (seconds) => told.push(seconds)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SetupFailure);
  expect(failure).toMatchObject({ message: expect.stringContaining(lock), nextStep: expect.stringContaining('remove that folder') });
  expect(told.length).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual(['.setup-lock']);
});

test('a folder that cannot be written is an error with the next step', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(takeLock(join(file, '.setup-lock'), { deadline: 0, onWait: () => undefined })).rejects.toMatchObject({
    message: expect.stringContaining('cannot write'),
    nextStep: expect.stringContaining('clone it anew'),
  });
});

/** Another process that takes the lock, and releases it at once. */
function spawnLockTaker(): { waits: Promise<void>; got: Promise<void>; ended: Promise<unknown> } {
  const program = join(folder, 'taker.mjs');
  writeFileSync(
    program,
    `import { takeLock } from ${JSON.stringify(new URL('../setup/lock.mjs', import.meta.url).href)};
const release = await takeLock(${JSON.stringify(lock)}, { deadline: 20000, onWait: () => console.log('waits') });
console.log('got');
release();`,
  );
  const run = start(program, []);
  return { waits: run.printed('waits'), got: run.printed('got'), ended: run.ended.then(() => rmSync(program)) };
}
