import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Smsc } from '../smsc/smsc.ts';
import { PATIENCE } from './support/alerts-bench.ts';
import { openProviders, type Providers } from './support/providers.ts';

// Two providers of SMS, as they are in life: one of them goes away in the middle of a run, or was never there.

const PEOPLE = 200;

let providers: Providers;
beforeAll(async () => {
  providers = await openProviders(2, { window: 5, tps: 100, respTimeout: 2 });
});
afterAll(() => providers?.stop());

const working = () => providers.working();
const people = (from: number) =>
  Array.from({ length: PEOPLE }, (_, at) => ({ name: `P${at}`, phones: [`+7915${String(from + at).padStart(7, '0')}`] }));
const ended = (task: number) => providers.ended(task);
const told = (centre: Smsc): number => new Set(centre.messages().map(({ to }) => to)).size;

test('two providers share a run; when one goes away, the other tells the rest', async () => {
  const { bench, centres } = providers;
  const [first, second] = centres as [Smsc, Smsc];
  const task = await bench.task(await bench.list(people(0)), { settings: { rounds: 2, pause: 0, gap: 0, dup: 0, receipt: 3 } });
  await bench.start(task);
  await vi.waitUntil(() => first.taken() > 20 && second.taken() > 20, PATIENCE);
  await first.stop();
  await ended(task);
  expect(told(first)).toBeGreaterThan(0);
  expect(told(second)).toBeGreaterThan(PEOPLE / 2);
  const targets = await bench.targets(task);
  // Whose receipt went down with the first centre was told once more by the second, or is in doubt; nobody was given up.
  expect(targets.filter(({ result }) => ![2, 14, 15].includes(result))).toEqual([]);
  expect(targets.filter(({ result }) => result === 2).length).toBeGreaterThan(PEOPLE / 2);
  const reached = new Set([...first.messages(), ...second.messages()].map(({ to }) => to.slice(-7)));
  expect(reached.size).toBe(PEOPLE);
  await vi.waitFor(async () => expect(await working()).toEqual([4]), PATIENCE);

  const alone = await bench.task(await bench.list(people(1_000)), { settings: { rounds: 1 } });
  const before = second.taken();
  await bench.start(alone);
  await ended(alone);
  expect((await bench.targets(alone)).every(({ result, attempts }) => result === 2 && attempts === 1)).toBe(true);
  expect(second.taken() - before).toBe(PEOPLE);
}, 60_000);

test('a task whose mask names the channel that is away waits for it, and goes on when it is back', async () => {
  const { bench, centres } = providers;
  const [first] = centres as [Smsc, Smsc];
  const task = await bench.task(await bench.list([{ name: 'Waits', phones: ['+79159999999'] }]), {
    channels: '0011',
    settings: { rounds: 1 },
  });
  await bench.start(task);
  await ended(task);
  const only = await bench.task(await bench.list([{ name: 'Only', phones: ['+79159999998'] }]), {
    channels: '0010',
    settings: { rounds: 1 },
  });
  await expect(bench.start(only)).rejects.toMatchObject({ reason: 'no_channel' });
  await first.start();
  await vi.waitFor(async () => expect(await working()).toEqual([3, 4]), PATIENCE);
  await bench.start(only);
  await ended(only);
  expect((await bench.targets(only)).map(({ result }) => result)).toEqual([2]);
  expect(first.messages().some(({ to }) => to.endsWith('9999998'))).toBe(true);
}, 60_000);
