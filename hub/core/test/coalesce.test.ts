import { expect, test } from 'vitest';
import { coalesce } from '../coalesce.ts';

/** Work that ends when the test says so. */
function steeredWork() {
  const begun: PromiseWithResolvers<void>[] = [];
  let under = 0;
  let mostAtOnce = 0;
  const work = async (): Promise<void> => {
    const one = Promise.withResolvers<void>();
    begun.push(one);
    under += 1;
    mostAtOnce = Math.max(mostAtOnce, under);
    try {
      await one.promise;
    } finally {
      under -= 1;
    }
  };
  const end = async (at: number, error?: Error): Promise<void> => {
    await expect.poll(() => begun.length).toBeGreaterThan(at);
    if (error) begun[at]?.reject(error);
    else begun[at]?.resolve();
  };
  return { work, end, runs: () => begun.length, mostAtOnce: () => mostAtOnce };
}

test('a call begins at once when nothing runs, each time anew', async () => {
  const steered = steeredWork();
  const run = coalesce(steered.work);
  for (const at of [0, 1, 2]) {
    const done = run();
    expect(steered.runs()).toBe(at + 1);
    await steered.end(at);
    await done;
  }
});

test('calls that come during a run share one that begins after it', async () => {
  const steered = steeredWork();
  const run = coalesce(steered.work);
  const first = run();
  const ended: string[] = [];
  const others = ['a', 'b', 'c'].map((name) => run().then(() => ended.push(name)));
  expect(steered.runs()).toBe(1);
  await steered.end(0);
  await first;
  await expect.poll(steered.runs).toBe(2);
  expect(ended).toEqual([]);
  await steered.end(1);
  await Promise.all(others);
  expect([steered.runs(), steered.mostAtOnce()]).toEqual([2, 1]);
});

test('a call during the run once more is served by neither of the two', async () => {
  const steered = steeredWork();
  const run = coalesce(steered.work);
  const calls = [run(), run()];
  await steered.end(0);
  await expect.poll(steered.runs).toBe(2);
  const late = run();
  let served = false;
  void late.then(() => {
    served = true;
  });
  await steered.end(1);
  await Promise.all(calls);
  await expect.poll(steered.runs).toBe(3);
  expect(served).toBe(false);
  await steered.end(2);
  await late;
  expect(steered.mostAtOnce()).toBe(1);
});

test('a failure is told to those it served; who comes next is served all the same', async () => {
  const steered = steeredWork();
  const run = coalesce(steered.work);
  const first = run();
  const second = run();
  const third = run();
  await steered.end(0, new Error('the database is away'));
  await expect(first).rejects.toThrow('the database is away');
  await steered.end(1, new Error('still away'));
  for (const call of [second, third]) await expect(call).rejects.toThrow('still away');
  const fourth = run();
  await steered.end(2);
  await expect(fourth).resolves.toBeUndefined();
});
