import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { until } from '../../database/test/support/until.ts';
import { type EventHub, numbersOf, startHub, tell } from './support/hub.ts';

let db: TestDatabase;
const hubs: EventHub[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.stop()));
  await run(db.database.work, 'TRUNCATE event, event_cursor');
});
afterAll(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.stop()));
  await db.drop();
});

async function hub(name: string): Promise<EventHub> {
  const started = await startHub(db.url, name);
  hubs.push(started);
  return started;
}

/** Rows as a dump of another, older server leaves them: positions far ahead of this one's counter. */
async function restore(
  events: readonly { txid: number; id: number }[],
  cursors: readonly { name: string; txid: number; id: number }[],
): Promise<void> {
  const far = '9000000000000000';
  await run(
    db.database.work,
    `INSERT INTO event (txid, id, type, source, data) OVERRIDING SYSTEM VALUE
       SELECT ($1::bigint + txid)::text::xid8, id, 'vestnik.test.thing.done', '/vestnik/test', jsonb_build_object('number', place)
       FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS e (txid, id, place)`,
    [far, events.map(({ txid }) => txid), events.map(({ id }) => id)],
  );
  await run(
    db.database.work,
    `INSERT INTO event_cursor (subscriber, txid, id) SELECT name, ($1::bigint + txid)::text::xid8, id
       FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS c (name, txid, id)`,
    [far, cursors.map(({ name }) => name), cursors.map(({ txid }) => txid), cursors.map(({ id }) => id)],
  );
}

test('after a restore order and cursors are kept, and new events come after the old ones', async () => {
  await restore(
    [
      { txid: 1, id: 7 },
      { txid: 1, id: 9 },
      { txid: 2, id: 3 },
      { txid: 5, id: 8 },
    ],
    [
      { name: 'done', txid: 5, id: 8 },
      { name: 'middle', txid: 1, id: 9 },
      { name: 'between', txid: 3, id: 0 },
      { name: 'nothing yet', txid: 0, id: 0 },
    ],
  );
  const { events, database } = await hub('restored');
  expect(numbersOf(await events.read(undefined, [], 10))).toEqual([1, 2, 3, 4]);
  const got: Record<string, number[]> = {};
  for (const name of ['done', 'middle', 'between', 'nothing yet', 'new one']) {
    got[name] = [];
    await events.subscribe(name, [], async (_, list) => void got[name]?.push(...numbersOf(list)));
  }
  await database.transaction((tx) => tell(tx, 5));
  await until(() => expect(got).toEqual({ done: [5], middle: [3, 4, 5], between: [4, 5], 'nothing yet': [1, 2, 3, 4, 5], 'new one': [5] }));
  expect(numbersOf(await events.read(undefined, [], 10))).toEqual([1, 2, 3, 4, 5]);
});

test('two hubs that start at once number once', async () => {
  await restore(
    Array.from({ length: 300 }, (_, at) => ({ txid: Math.floor(at / 3), id: 1_000 - at })).sort((a, b) => a.txid - b.txid || a.id - b.id),
    [{ name: 'middle', txid: 49, id: 999_999 }],
  );
  const [one, two] = await Promise.all([hub('one'), hub('two')]);
  const positions = (await one!.events.read(undefined, [], 1_000)).map(({ position }) => position);
  expect(positions).toEqual(Array.from({ length: 300 }, (_, at) => `3-${at + 1}`));
  expect(await two!.events.read('3-150', [], 1)).toMatchObject([{ position: '3-151' }]);
  expect((await run(db.database.work, "SELECT txid::text, id FROM event_cursor WHERE subscriber = 'middle'")).rows).toEqual([
    { txid: '3', id: 150 },
  ]);
});

test('in an ordinary start nothing is numbered again', async () => {
  const first = await hub('first');
  await first.database.transaction((tx) => tell(tx, 1));
  const before = await until(async () => {
    const events = await first.events.read(undefined, [], 10);
    expect(events).toHaveLength(1);
    return events;
  });
  expect(await (await hub('second')).events.read(undefined, [], 10)).toEqual(before);
});

test('any events and any cursors: what lay before and after each cursor stays there', async () => {
  const place = fc.record({ txid: fc.nat(12), id: fc.nat(30) });
  const eventPlaces = fc.uniqueArray(place, { maxLength: 25, selector: ({ txid, id }) => `${txid}-${id}` });
  const behind = (one: { txid: number; id: number }, other: { txid: number; id: number }): number =>
    one.txid - other.txid || one.id - other.id;
  await fc.assert(
    fc.asyncProperty(eventPlaces, fc.array(place, { maxLength: 6 }), async (places, cursors) => {
      await Promise.all(hubs.splice(0).map((started) => started.stop()));
      await run(db.database.work, 'TRUNCATE event, event_cursor');
      const events = [...places].sort(behind);
      await restore(
        events,
        cursors.map((cursor, at) => ({ name: String(at), ...cursor })),
      );
      const { events: store } = await hub('any');
      const left = async (position: string) => numbersOf(await store.read(position, [], 100));
      expect(await left('0-0')).toEqual(events.map((_, at) => at + 1));
      const { rows } = await run<{ subscriber: string; position: string }>(
        db.database.work,
        "SELECT subscriber, txid::text || '-' || id AS position FROM event_cursor",
      );
      for (const { subscriber, position } of rows) {
        const cursor = cursors[Number(subscriber)] ?? { txid: 0, id: 0 };
        const expected = events.flatMap((event, at) => (behind(event, cursor) > 0 ? [at + 1] : []));
        expect(await left(position)).toEqual(expected);
      }
    }),
    { numRuns: 20 },
  );
});
