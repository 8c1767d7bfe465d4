import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run, type Transaction } from '../../database/statement.ts';
import { askOnce, terminate } from '../../database/test/support/sql.ts';
import { until } from '../../database/test/support/until.ts';
import type { StoredEvent } from '../subscribe.ts';
import { type EventHub, numbersOf, openTransaction, startHub, tell } from './support/hub.ts';

/** Subscriptions that pass what they do not want in memory: whatever happens meanwhile, nothing is missed and nothing handled again. */
let db: TestDatabase;
const hubs: EventHub[] = [];
beforeAll(async () => {
  db = await createTestDatabase({ poolSize: 4 });
  await run(db.database.work, 'CREATE TABLE seen (subscriber text, number int, place bigint GENERATED ALWAYS AS IDENTITY)');
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.stop()));
});
afterAll(() => db.drop());

/** A hub that hears notifications, without which nothing is passed in memory. */
async function hub(name: string): Promise<EventHub> {
  const started = await startHub(db.url, name);
  hubs.push(started);
  await until(() => expect(started.database.listener.listening).toBe(true));
  return started;
}

async function leave(gone: EventHub): Promise<void> {
  hubs.splice(hubs.indexOf(gone), 1);
  await gone.stop();
}

const tellOne = (number: number, noun: string) => db.database.transaction((tx) => tell(tx, number, noun));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

const write = (noun: string) => async (tx: Transaction, list: readonly StoredEvent[]) => {
  for (const number of numbersOf(list)) await run(tx, 'INSERT INTO seen VALUES ($1, $2)', [noun, number]);
};
const want = ({ events }: EventHub, noun: string) => events.subscribe(noun, [`vestnik.test.${noun}.`], write(noun));
const seen = async (noun: string): Promise<number[]> =>
  (await run<{ number: number }>(db.database.work, 'SELECT number FROM seen WHERE subscriber = $1 ORDER BY place', [noun])).rows.map(
    ({ number }) => number,
  );
const placeOf = async (name: string): Promise<string | undefined> =>
  (await run<{ place: string }>(db.database.work, "SELECT txid || '-' || id AS place FROM event_cursor WHERE subscriber = $1", [name]))
    .rows[0]?.place;

/** Publishes what `noun` does not want, and waits until a hub has surely looked at it: a second subscription of the same hub has been told of it twice. */
async function passNoise(at: EventHub, noun: string): Promise<void> {
  const [other, before] = [`${noun}-witness`, await placeOf(noun)];
  const got: number[] = [];
  await at.events.subscribe(other, [`vestnik.test.${other}.`], async (_, list) => void got.push(...numbersOf(list)));
  for (const number of [1, 2]) {
    const begun = performance.now();
    await tellOne(number, other);
    await until(() => expect(got).toContain(number));
    // Unwanted events are looked at within 500 ms.
    await until(() => expect(performance.now() - begun).toBeGreaterThan(800));
  }
  expect(await placeOf(noun)).toBe(before);
}

describe('with its place ahead in memory', () => {
  test('a hub handles what comes, once; a second hub with the older stored place does not handle it again', async () => {
    const first = await hub('first');
    await want(first, 'heir');
    await passNoise(first, 'heir');
    await tellOne(1, 'heir');
    await until(async () => expect(await seen('heir')).toEqual([1]));
    const second = await hub('second');
    await want(second, 'heir');
    await tellOne(2, 'heir');
    await until(async () => expect(await seen('heir')).toEqual([1, 2]));
    await leave(first);
    await tellOne(3, 'heir');
    await until(async () => expect(await seen('heir')).toEqual([1, 2, 3]), { timeout: 10_000 });
  });

  test('a hub that another has overtaken goes on behind the other', async () => {
    const [left, right] = [await hub('left'), await hub('right')];
    await want(left, 'overtaken');
    await passNoise(left, 'overtaken');
    await want(right, 'overtaken');
    for (let number = 1; number <= 30; number += 1) {
      await tellOne(number, 'overtaken');
      await tellOne(number, 'noise');
    }
    await until(async () => expect(await seen('overtaken')).toHaveLength(30));
    await leave(right);
    await tellOne(31, 'overtaken');
    await until(async () => expect(await seen('overtaken')).toEqual(range(1, 31)), { timeout: 10_000 });
  });

  test('stop() and a start forget nothing', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const brief = await hub('brief');
      await want(brief, 'brief');
      await tellOne(round * 10, 'noise');
      await leave(brief);
      await tellOne(round, 'brief');
    }
    await want(await hub('last'), 'brief');
    await until(async () => expect(await seen('brief')).toEqual([1, 2, 3]));
  });

  test('a server that takes over without the last commits gives their places to other events: they are handled', async () => {
    const hubOf = await hub('failover');
    await want(hubOf, 'failover');
    await passNoise(hubOf, 'failover');
    // What the hub has read is gone; in its place, between the stored cursor and the place in memory, stands another event.
    await askOnce(
      db.url,
      `WITH gone AS (DELETE FROM event e USING event_cursor c WHERE c.subscriber = 'failover' AND (e.txid, e.id) > (c.txid, c.id)
                     RETURNING e.txid, e.id, e.time)
       INSERT INTO event (txid, id, time, type, source, data) OVERRIDING SYSTEM VALUE
         SELECT txid, id, time, 'vestnik.test.failover.done', '/vestnik/test', '{"number": 1}' FROM gone ORDER BY txid, id LIMIT 1`,
    );
    await terminate(db.url, 'failover');
    await until(async () => expect(await seen('failover')).toEqual([1]), { timeout: 10_000 });
  });

  test('a hub that hears no notifications stores its place with every batch', async () => {
    const deaf = await hub('deaf');
    await want(deaf, 'deaf');
    await deaf.database.listener.stop();
    const before = await placeOf('deaf');
    await tellOne(1, 'noise');
    await until(async () => expect(await placeOf('deaf')).not.toBe(before), { timeout: 10_000 });
    await tellOne(1, 'deaf');
    await until(async () => expect(await seen('deaf')).toEqual([1]), { timeout: 10_000 });
  });
});

test('what it wants is looked for at once behind an open transaction, however much else waits there', { timeout: 30_000 }, async () => {
  const at = await hub('held');
  await want(at, 'held');
  const idle = await openTransaction(db.database);
  await run(idle.tx, 'SELECT pg_current_xact_id()');
  await db.database.transaction(async (tx) => {
    for (let number = 1; number <= 700; number += 1) await tell(tx, number, 'noise');
  });
  await tellOne(1, 'held');
  expect(await seen('held')).toEqual([]);
  await idle.rollback();
  // No notification comes any more, and the poll only every five seconds.
  await until(async () => expect(await seen('held')).toEqual([1]), { timeout: 2_500 });
});

test('thousands of unwanted events before one that is wanted are passed without a rest', async () => {
  const at = await hub('flooded');
  await want(at, 'flooded');
  await db.database.transaction(async (tx) => {
    await run(
      tx,
      `INSERT INTO event (txid, type, source, data) SELECT pg_current_xact_id(), 'vestnik.test.noise.done', '/vestnik/test', '{"number": 0}'
       FROM generate_series(1, 20000)`,
    );
    await tell(tx, 1, 'flooded');
  });
  await until(async () => expect(await seen('flooded')).toEqual([1]), { timeout: 10_000 });
});

type Deed = { readonly kind: 'wanted' | 'noise' | 'both' } | { readonly kind: 'cut' | 'restart'; readonly which: number };

test('two hubs, wanted and unwanted events in any order, connections cut and hubs started anew: exactly once, in order', {
  timeout: 120_000,
}, async () => {
  const deeds = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom<Deed>({ kind: 'wanted' }) },
      { weight: 6, arbitrary: fc.constantFrom<Deed>({ kind: 'noise' }, { kind: 'both' }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'restart' as const), which: fc.nat(1) }) },
    ),
    { minLength: 20, maxLength: 60 },
  );
  let round = 0;
  await fc.assert(
    fc.asyncProperty(deeds, async (list) => {
      round += 1;
      const noun = `any${round}`;
      const names = [`${noun}-a`, `${noun}-b`];
      const pair = await Promise.all(names.map(hub));
      for (const one of pair) await want(one, noun);
      let number = 0;
      for (const deed of list) {
        if (deed.kind === 'cut') await terminate(db.url, names[deed.which] as string);
        else if (deed.kind === 'restart') {
          await leave(pair[deed.which] as EventHub);
          pair[deed.which] = await hub(names[deed.which] as string);
          await want(pair[deed.which] as EventHub, noun);
        } else {
          if (deed.kind !== 'noise') number += 1;
          await db.database.transaction(async (tx) => {
            if (deed.kind !== 'wanted') await tell(tx, number, 'noise');
            if (deed.kind !== 'noise') await tell(tx, number, noun);
          });
        }
      }
      number += 1;
      await tellOne(number, noun);
      await until(async () => expect(await seen(noun)).toHaveLength(number), { timeout: 20_000 });
      for (const one of pair) await leave(one);
      expect(await seen(noun)).toEqual(range(1, number));
    }),
    { numRuns: 8 },
  );
});
