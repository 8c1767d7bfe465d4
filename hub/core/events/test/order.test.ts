import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { until } from '../../database/test/support/until.ts';
import type { StoredEvent } from '../subscribe.ts';
import { type EventHub, numbersOf, openTransaction, startHub, tell } from './support/hub.ts';

let db: TestDatabase;
let hub: EventHub;
beforeAll(async () => {
  db = await createTestDatabase();
  hub = await startHub(db.url, 'order');
});
afterAll(async () => {
  await hub.stop();
  await db.drop();
});

let start: string | undefined;
beforeEach(async () => {
  const before = await hub.events.read(undefined, [], 100_000);
  start = before.at(-1)?.position;
});
const read = async (): Promise<number[]> => numbersOf(await hub.events.read(start, [], 1_000));

describe('one order for all readers', () => {
  test('within a transaction events are read as they were published', async () => {
    await hub.database.transaction(async (tx) => {
      for (let number = 1; number <= 5; number += 1) await tell(tx, number);
    });
    await until(async () => expect(await read()).toEqual([1, 2, 3, 4, 5]));
  });

  test('an event of a transaction that commits late is not passed by: those after it wait', async () => {
    const late = await openTransaction(hub.database);
    await tell(late.tx, 1);
    await hub.database.transaction((tx) => tell(tx, 2));
    expect(await read()).toEqual([]);
    await late.commit();
    await until(async () => expect(await read()).toEqual([1, 2]));
  });

  test('a long-open transaction that publishes nothing holds back what came after it, and loses nothing', async () => {
    const idle = await openTransaction(hub.database);
    await run(idle.tx, 'SELECT pg_current_xact_id()');
    const tailed: number[] = [];
    const end = hub.events.tail({ ...(start !== undefined && { after: start }), types: [] }, (event) =>
      tailed.push(event.data['number'] as number),
    );
    for (let number = 1; number <= 20; number += 1) await hub.database.transaction((tx) => tell(tx, number));
    expect(await read()).toEqual([]);
    expect(tailed).toEqual([]);
    await idle.rollback();
    const all = Array.from({ length: 20 }, (_, at) => at + 1);
    await until(() => expect(tailed).toEqual(all), { timeout: 3_000 });
    expect(await read()).toEqual(all);
    end();
  });

  test('who publishes after having seen a change comes after it, although his transaction began earlier', async () => {
    const earlier = await openTransaction(hub.database);
    // Its number in the server's order is the lower one.
    await run(earlier.tx, 'SELECT pg_current_xact_id()');
    await hub.database.transaction((tx) => tell(tx, 1));
    await tell(earlier.tx, 2);
    await earlier.commit();
    await until(async () => expect(await read()).toEqual([1, 2]));
  });

  test('so changes of one row, made under its lock, are read in the order in which they were made', async () => {
    await run(hub.database.work, 'CREATE TABLE IF NOT EXISTS counter (value int)');
    await run(hub.database.work, 'TRUNCATE counter');
    await run(hub.database.work, 'INSERT INTO counter VALUES (0)');
    const change = () =>
      hub.database.transaction(async (tx) => {
        await run(tx, 'SELECT pg_current_xact_id()');
        const { rows } = await run<{ value: number }>(tx, 'UPDATE counter SET value = value + 1 RETURNING value');
        await tell(tx, rows[0]?.value ?? 0);
      });
    await Promise.all(Array.from({ length: 60 }, change));
    await until(async () => expect(await read()).toEqual(Array.from({ length: 60 }, (_, at) => at + 1)));
  });

  test('events that were rolled back are never seen', async () => {
    const gone = await openTransaction(hub.database);
    await tell(gone.tx, 1);
    await hub.database.transaction((tx) => tell(tx, 2));
    await gone.rollback();
    await hub.database.transaction((tx) => tell(tx, 3));
    await until(async () => expect(await read()).toEqual([2, 3]));
  });
});

test('positions are ordered as numbers, also where they get one digit more', async () => {
  const own = await createTestDatabase();
  await run(
    own.database.work,
    `INSERT INTO event (txid, id, type, source, data) OVERRIDING SYSTEM VALUE
       SELECT at::text::xid8, at, 'vestnik.test.digits.done', '/vestnik/test', jsonb_build_object('number', at) FROM generate_series(3, 120) AS at`,
  );
  const reading = await startHub(own.url, 'digits');
  const expected = Array.from({ length: 118 }, (_, at) => at + 3);
  expect(numbersOf(await reading.events.read(undefined, [], 1_000))).toEqual(expected);
  expect(numbersOf(await reading.events.read(undefined, ['vestnik.test.digits.'], 1_000))).toEqual(expected);
  const paged: StoredEvent[] = [];
  for (;;) {
    const page = await reading.events.read(paged.at(-1)?.position, [], 7);
    if (page.length === 0) break;
    paged.push(...page);
  }
  expect(numbersOf(paged)).toEqual(expected);
  await reading.stop();
  await own.drop();
});

test('any interleaving of several connections: every committed event once, in one order, by cursor, tail and read', async () => {
  const CONNECTIONS = 4;
  const action = fc.record({
    who: fc.nat(CONNECTIONS - 1),
    what: fc.constantFrom('tell', 'tell', 'tell', 'commit', 'commit', 'rollback', 'read', 'touch'),
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      round += 1;
      const noun = `round${round}`;
      const types = [`vestnik.test.${noun}.`];
      const bySubscription: number[] = [];
      await hub.events.subscribe(noun, types, async (_, events) => void bySubscription.push(...numbersOf(events)));
      const byTail: number[] = [];
      const endTail = hub.events.tail({ ...(start !== undefined && { after: start }), types }, (event) =>
        byTail.push(...numbersOf([event])),
      );
      const byRead: StoredEvent[] = [];
      const readOn = async (): Promise<void> =>
        void byRead.push(...(await hub.events.read(byRead.at(-1)?.position ?? start, types, 1_000)));

      const open = new Map<number, { transaction: Awaited<ReturnType<typeof openTransaction>>; told: number[] }>();
      const committed: number[] = [];
      let number = 0;
      for (const { who, what } of actions) {
        const present = open.get(who);
        if (what === 'read') await readOn();
        else if (what === 'tell' || what === 'touch') {
          const mine = present ?? { transaction: await openTransaction(hub.database), told: [] };
          open.set(who, mine);
          if (what === 'touch') await run(mine.transaction.tx, 'SELECT pg_current_xact_id()');
          else {
            number += 1;
            mine.told.push(number);
            await tell(mine.transaction.tx, number, noun);
          }
        } else if (present) {
          open.delete(who);
          if (what === 'commit') committed.push(...present.told);
          await present.transaction[what]();
        }
      }
      for (const { transaction } of open.values()) await transaction.rollback();
      await until(
        async () => {
          await readOn();
          expect(byRead).toHaveLength(committed.length);
          expect(bySubscription).toHaveLength(committed.length);
          expect(byTail).toHaveLength(committed.length);
        },
        { timeout: 5_000 },
      );
      const order = numbersOf(byRead);
      expect([...order].sort((a, b) => a - b)).toEqual([...committed].sort((a, b) => a - b));
      expect(bySubscription).toEqual(order);
      expect(byTail).toEqual(order);
      expect(numbersOf(await hub.events.read(start, types, 1_000))).toEqual(order);
      endTail();
    }),
    { numRuns: 25 },
  );
}, 60_000);
