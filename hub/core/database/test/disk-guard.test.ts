import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Note, noteChannel } from '../../telemetry/channels.ts';
import { type DiskGuard, startDiskGuard } from '../disk-guard.ts';
import { until } from './support/until.ts';

const GIB = 1024 ** 3;
const LIMITS = { minFreeBytes: 2 * GIB, minFreePercent: 5 };
const disk = (freeGib: number, sizeGib = 100) => ({ bavail: freeGib * 1024 ** 2, blocks: sizeGib * 1024 ** 2, bsize: 1024 });

let said: Note[];
let guard: DiskGuard | undefined;
const remember = (note: unknown): void => void said.push(note as Note);
beforeEach(() => {
  said = [];
  noteChannel.subscribe(remember);
});
afterEach(() => {
  guard?.stop();
  noteChannel.unsubscribe(remember);
});

/** A guard over a disk that the test fills and empties. */
async function over(first: ReturnType<typeof disk>, limits = LIMITS) {
  const state = { measure: async () => first as ReturnType<typeof disk>, looks: 0 };
  guard = await startDiskGuard('/the/folder', limits, {
    measure(folder) {
      expect(folder).toBe('/the/folder');
      state.looks += 1;
      return state.measure();
    },
    every: 5,
  });
  const looked = async (): Promise<void> => {
    const target = state.looks + 2;
    await until(() => expect(state.looks).toBeGreaterThanOrEqual(target), { interval: 1 });
  };
  return { state, looked, refusal: () => guard?.refusal };
}

describe('limits', () => {
  test.each([
    ['enough of both', disk(50), LIMITS, undefined],
    ['exactly at both', disk(5), LIMITS, undefined],
    ['below the percentage', disk(4.9), LIMITS, /4\.9 GiB \(4\.9 %\) free; the limits are 2\.0 GiB and 5 %/],
    ['below the bytes', disk(1.9, 10), LIMITS, /1\.9 GiB \(19\.0 %\) free/],
    ['nothing free', disk(0), LIMITS, /0\.0 GiB \(0\.0 %\)/],
    ['the percentage turned off', disk(3), { ...LIMITS, minFreePercent: 0 }, undefined],
    ['the bytes turned off', disk(1, 10), { ...LIMITS, minFreeBytes: 0 }, undefined],
    ['both turned off', disk(0), { minFreeBytes: 0, minFreePercent: 0 }, undefined],
  ])('%s', async (_, space, limits, expected) => {
    const { refusal } = await over(space, limits);
    if (expected) expect(refusal()).toMatch(expected);
    else expect(refusal()).toBeUndefined();
  });

  test('a disk of any real size is reckoned without overflow', async () => {
    const { refusal } = await over(disk(900_000, 1_000_000));
    expect(refusal()).toBeUndefined();
  });
});

test('a disk that fills up refuses and recovers; each is said once', async () => {
  const { state, looked, refusal } = await over(disk(50));
  state.measure = async () => disk(1);
  await looked();
  await looked();
  expect(refusal()).toMatch(/1\.0 GiB/);
  state.measure = async () => disk(50);
  await looked();
  await looked();
  expect(refusal()).toBeUndefined();
  expect(said.map(({ level }) => level)).toEqual(['error', 'info']);
});

test('a disk that cannot be asked keeps the last answer, says so once, and is asked again', async () => {
  const { state, looked, refusal } = await over(disk(1));
  state.measure = () => Promise.reject(new Error('stale handle'));
  await looked();
  await looked();
  expect(refusal()).toMatch(/1\.0 GiB/);
  expect(said.map(({ level, text }) => [level, text])).toEqual([
    ['error', 'nothing new is taken in: free some space'],
    ['warn', 'the free space cannot be read'],
  ]);
  state.measure = async () => disk(50);
  await looked();
  expect(refusal()).toBeUndefined();
});

test('a disk that hangs is not asked again meanwhile', async () => {
  const { state, looked } = await over(disk(50));
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof disk>>();
  state.measure = () => promise;
  const before = state.looks;
  await until(() => expect(state.looks).toBe(before + 1), { interval: 1 });
  const end = performance.now() + 60;
  await until(() => expect(performance.now()).toBeGreaterThan(end), { interval: 10 });
  expect(state.looks).toBe(before + 1);
  state.measure = async () => disk(1);
  resolve(disk(50));
  await looked();
  expect(guard?.refusal).toMatch(/1\.0 GiB/);
});

test('the real disk answers; a folder that is not there is a warning, not a failure', async () => {
  guard = await startDiskGuard(tmpdir(), { minFreeBytes: 1, minFreePercent: 0 });
  expect(guard.refusal).toBeUndefined();
  guard.stop();
  guard = await startDiskGuard(tmpdir(), { minFreeBytes: 2 ** 62, minFreePercent: 0 });
  expect(guard.refusal).toMatch(/GiB/);
  guard.stop();
  guard = await startDiskGuard('/not/there', LIMITS);
  expect(guard.refusal).toBeUndefined();
  expect(said.at(-1)).toMatchObject({ level: 'warn', about: { folder: '/not/there' } });
});
