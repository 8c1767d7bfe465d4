import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedTargets } from '../sql/feed.ts';
import { type AlertsBench, alertsBench } from './support/alerts-bench.ts';

// Two hubs take up the same people at the same moment, in different orders.

let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
});
afterAll(() => bench.end());

const FIRST = '+79164000001';
const SECOND = '+79164000002';

/** A run that reaches these numbers in this order. */
async function begun(phones: readonly string[]): Promise<number> {
  const list = await bench.list(phones.map((phone, place) => ({ name: `Somebody ${place}`, phones: [phone] })));
  const { run } = await bench.start(await bench.task(list));
  return run?.id ?? 0;
}
const GROUP = 1;
const AFTER = 1;

test('neither waits for the other, and nobody is told twice at once', async () => {
  const [there, back] = [await begun([FIRST, SECOND]), await begun([SECOND, FIRST])];
  const { database } = bench.db;
  const bothHaveOne = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const feeding = (own: 0 | 1, run: number) =>
    database.queueTransaction(async (tx) => {
      const one = await feedTargets(tx, run, GROUP, 1, false, false, AFTER);
      bothHaveOne[own].resolve();
      await bothHaveOne[own === 0 ? 1 : 0].promise;
      return [...one, ...(await feedTargets(tx, run, GROUP, 1, false, false, AFTER))];
    });
  const fed = await Promise.all([feeding(0, there), feeding(1, back)]);
  const told = fed.map((rows) => rows.map(({ address, attempt }) => [address, attempt !== null]));
  expect(told).toEqual([
    [
      [FIRST, true],
      [SECOND, false],
    ],
    [
      [SECOND, true],
      [FIRST, false],
    ],
  ]);
  // Who was engaged is taken up soon after.
  expect(
    await bench.rows(`SELECT state::text, due_at > now() AS soon FROM alerts_target WHERE run_id IN ($1, $2) AND state = 'l'`, there, back),
  ).toEqual([
    { state: 'l', soon: true },
    { state: 'l', soon: true },
  ]);
});

test('a call claims the person as well as the number', async () => {
  const [one, other] = [await begun(['+79164000011']), await begun(['+79164000012'])];
  await bench.rows('UPDATE alerts_target SET person_id = (SELECT max(person_id) FROM alerts_person) WHERE run_id IN ($1, $2)', one, other);
  const { database } = bench.db;
  await database.queueTransaction(async (tx) => {
    expect(await feedTargets(tx, one, GROUP, 1, true, false, AFTER)).toMatchObject([
      { address: '+79164000011', attempt: expect.any(Number) },
    ]);
    const [row] = await database.queueTransaction((second) => feedTargets(second, other, GROUP, 1, true, false, AFTER));
    expect(row).toMatchObject({ address: '+79164000012', attempt: null });
  });
});
