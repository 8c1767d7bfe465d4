import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AlertEngine, startAlertEngine } from '../engine/alert-engine.ts';
import { type AlertsBench, alertsBench, kindOf, outcome, PATIENCE } from './support/alerts-bench.ts';

// A channel group goes to another hub while attempts of it are written down here and have not begun.

const BUSY = 8;
const PEOPLE = 3;
let bench: AlertsBench;
let crowded: AlertEngine;
beforeAll(async () => {
  bench = await alertsBench();
  const kinds = new Map([kindOf(3, bench.sms), kindOf(4, bench.mail)].map((kind) => [kind.number, kind]));
  crowded = await startAlertEngine({
    database: bench.db.database,
    events: bench.events,
    secretKey: bench.act.secretKey,
    hubId: randomUUID(),
    kinds,
    settings: () => ({ ...bench.act.settings, slots: 2, leaseSeconds: 5 }),
    confirmUrlOf: () => undefined,
  });
  await vi.waitFor(() => expect(bench.sms.running + bench.mail.running).toBe(2), PATIENCE);
});
afterAll(async () => {
  await crowded?.stop();
  await bench?.end();
});

test('the other hub makes them, and this one keeps nothing of them in mind', async () => {
  const gate = Promise.withResolvers<void>();
  bench.sms.answer = async () => {
    await gate.promise;
    return outcome('done');
  };
  // The only slot for first attempts is taken: all the others wait. The group with less in hand is the one that goes.
  const busy = Array.from({ length: BUSY }, (_, at) => ({ name: `S${at}`, phones: [`+7916700000${at}`] }));
  const slow = await bench.task(await bench.list(busy));
  await bench.start(slow);
  await vi.waitFor(() => expect([bench.sms.orders.length, crowded.prepared]).toEqual([1, BUSY - 1]), PATIENCE);
  const people = Array.from({ length: PEOPLE }, (_, at) => ({ name: `M${at}`, emails: [`m${at}@example.org`] }));
  const task = await bench.task(await bench.list(people), { type: 3 });
  await bench.start(task);
  await vi.waitFor(() => expect(crowded.prepared).toBe(BUSY - 1 + PEOPLE), PATIENCE);
  expect(bench.mail.orders).toEqual([]);
  await bench.hub();
  await vi.waitFor(
    async () => expect((await bench.targets(task)).map(({ result, attempts }) => [result, attempts])).toEqual(people.map(() => [2, 1])),
    PATIENCE,
  );
  expect(bench.mail.orders).toHaveLength(PEOPLE);
  await vi.waitFor(() => expect(crowded.prepared).toBe(BUSY - 1), PATIENCE);
  gate.resolve();
  await vi.waitFor(async () => expect((await bench.targets(slow)).every(({ result }) => result === 2)).toBe(true), PATIENCE);
  expect(crowded.prepared).toBe(0);
});
