import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addChannelGroup } from '../add-channel-group.ts';
import { type AlertEngine, startAlertEngine } from '../alert-engine.ts';
import { channelKinds } from '../channels/kinds.ts';
import { createSmsc, type Smsc } from '../smsc/smsc.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

// Two providers of SMS, as they are in life: one of them goes away in the middle of a run, or was never there.

const PEOPLE = 200;
const ACCOUNT = { systemId: 'two', password: 'secret' };

let bench: AlertsBench;
let engine: AlertEngine;
let centres: readonly [Smsc, Smsc];
beforeAll(async () => {
  bench = await alertsBench();
  const kinds = channelKinds(Buffer.alloc(32, 7));
  // The bench's own groups have no driver here.
  await bench.rows('UPDATE alerts_channel_group SET enabled = false');
  centres = [createSmsc({ accounts: [ACCOUNT] }), createSmsc({ accounts: [ACCOUNT] })];
  for (const [at, centre] of centres.entries()) {
    await centre.start();
    const settings = { host: '127.0.0.1', port: centre.port, ...ACCOUNT, window: 5, tps: 100, respTimeout: 2 };
    await bench.db.database.transaction((tx) => addChannelGroup(tx, bench.act, kinds, { kind: 3, name: `Provider ${at + 1}`, settings }));
  }
  engine = await startAlertEngine({
    database: bench.db.database,
    events: bench.events,
    secretKey: bench.act.secretKey,
    hubId: randomUUID(),
    kinds,
    settings: () => ({ ...bench.act.settings, leaseSeconds: 5 }),
    confirmUrlOf: () => undefined,
  });
  await vi.waitFor(async () => expect(await working()).toEqual([3, 4]), PATIENCE);
});
afterAll(async () => {
  await engine?.stop();
  for (const centre of centres ?? []) await centre.stop();
  await bench?.end();
});

const working = async (): Promise<number[]> =>
  (await bench.rows<{ number: number }>('SELECT number FROM alerts_channel WHERE state IN (1, 5) AND group_id > 2 ORDER BY number')).map(
    ({ number }) => number,
  );
const people = (from: number) =>
  Array.from({ length: PEOPLE }, (_, at) => ({ name: `P${at}`, phones: [`+7915${String(from + at).padStart(7, '0')}`] }));
const ended = (task: number) =>
  vi.waitFor(
    async () => expect(await bench.rows('SELECT status FROM alerts_run WHERE task_id = $1', task)).toEqual([{ status: 4 }]),
    PATIENCE,
  );
const told = (centre: Smsc): number => new Set(centre.messages().map(({ to }) => to)).size;

test('two providers share a run; when one goes away, the other tells the rest', async () => {
  const [first, second] = centres;
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
  const [first] = centres;
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
