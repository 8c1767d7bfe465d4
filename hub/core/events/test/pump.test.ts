import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPump } from '../pump.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const at = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test('what may wait is done in its time, once however often it was said', async () => {
  const step = vi.fn(async () => undefined);
  const pump = createPump('patient', step);
  for (let time = 0; time < 40; time += 10) {
    pump.wakeWithin(50);
    await at(10);
  }
  expect(step).not.toHaveBeenCalled();
  await at(10);
  expect(step).toHaveBeenCalledTimes(1);
  await at(1_000);
  expect(step).toHaveBeenCalledTimes(1);
});

test('a wake does not wait for what may wait, and does it too', async () => {
  const step = vi.fn(async () => undefined);
  const pump = createPump('hurried', step);
  pump.wakeWithin(50);
  pump.wake();
  await at(0);
  expect(step).toHaveBeenCalledTimes(1);
  await at(1_000);
  expect(step).toHaveBeenCalledTimes(1);
});

test('what is said during a step has a step of its own', async () => {
  const { promise: go, resolve } = Promise.withResolvers<undefined>();
  const step = vi.fn(() => go);
  const pump = createPump('busy', step);
  pump.wake();
  pump.wakeWithin(50);
  await at(10);
  resolve(undefined);
  await at(30);
  expect(step).toHaveBeenCalledTimes(1);
  await at(10);
  expect(step).toHaveBeenCalledTimes(2);
});

test('what failed is not hurried by it', async () => {
  const step = vi.fn<() => Promise<undefined>>().mockRejectedValueOnce(new Error('once')).mockResolvedValue(undefined);
  const pump = createPump('failing', step);
  pump.wake();
  await at(0);
  pump.wakeWithin(50);
  await at(199);
  expect(step).toHaveBeenCalledTimes(1);
  await at(1);
  expect(step).toHaveBeenCalledTimes(2);
});

test('does not shorten or lose a longer pause that the step asked for', async () => {
  const step = vi.fn<() => Promise<number | undefined>>().mockResolvedValueOnce(20).mockResolvedValue(undefined);
  const pump = createPump('pausing', step);
  pump.wake();
  await at(0);
  pump.wakeWithin(50);
  await at(20);
  expect(step).toHaveBeenCalledTimes(2);
  await at(1_000);
  expect(step).toHaveBeenCalledTimes(2);
});

test('nothing happens after stop()', async () => {
  const step = vi.fn(async () => undefined);
  const pump = createPump('stopped', step);
  pump.wakeWithin(50);
  await pump.stop();
  pump.wakeWithin(50);
  await at(1_000);
  expect(step).not.toHaveBeenCalled();
});
