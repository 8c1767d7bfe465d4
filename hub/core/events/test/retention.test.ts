import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { until } from '../../database/test/support/until.ts';
import { deleteOldEvents } from '../sql/events.ts';
import { createEventStore } from '../subscribe.ts';
import { numbersOf, startHub, tell } from './support/hub.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Events of `count` transactions that lie so many days back. */
async function tellThen(days: number, from: number, count: number): Promise<void> {
  await db.database.transaction(async (tx) => {
    for (let number = from; number < from + count; number += 1) await tell(tx, number);
    await run(tx, "UPDATE event SET time = now() - make_interval(days => $1) WHERE (data->>'number')::int BETWEEN $2 AND $3", [
      days,
      from,
      from + count - 1,
    ]);
  });
}

const kept = async (): Promise<number[]> =>
  (await run<{ number: number }>(db.database.work, "SELECT (data->>'number')::int AS number FROM event ORDER BY txid, id")).rows.map(
    ({ number }) => number,
  );

describe('retention', () => {
  test('deletes what is older than it is kept, soon after the start, and nothing else', async () => {
    await tellThen(30, 1, 40);
    await tellThen(8, 41, 10);
    await tellThen(6, 51, 10);
    await tellThen(0, 61, 5);
    const hub = await startHub(db.url, 'retention', 7);
    await until(async () => expect(await kept()).toEqual(Array.from({ length: 15 }, (_, at) => at + 51)));
    await hub.stop();
  });

  test('goes on batch by batch as long as the first events are old', async () => {
    await run(db.database.work, 'TRUNCATE event');
    await tellThen(20, 1, 25);
    await tellThen(0, 26, 5);
    const before = Temporal.Now.instant().subtract({ hours: 7 * 24 });
    const deleted: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) deleted.push((await deleteOldEvents(db.database.queue, before, 10))[0]?.deleted ?? -1);
    expect(deleted).toEqual([10, 10, 5, 0]);
    expect(await kept()).toEqual([26, 27, 28, 29, 30]);
  });

  test('of two hubs at once deletes each event once', async () => {
    await run(db.database.work, 'TRUNCATE event');
    await tellThen(20, 1, 100);
    await tellThen(0, 101, 1);
    const hubs = await Promise.all(['one', 'two'].map((name) => startHub(db.url, name, 7)));
    await until(async () => expect(await kept()).toEqual([101]));
    await Promise.all(hubs.map((hub) => hub.stop()));
  });

  test('a reader whose position was deleted goes on with the first event that is kept', async () => {
    await run(db.database.work, 'TRUNCATE event');
    await tellThen(20, 1, 3);
    const store = createEventStore({ database: db.database, keepDays: 7 });
    const [first] = await until(async () => {
      const events = await store.read(undefined, [], 10);
      expect(events).toHaveLength(3);
      return events;
    });
    await tellThen(0, 4, 2);
    await deleteOldEvents(db.database.queue, Temporal.Now.instant().subtract({ hours: 24 }), 100);
    await until(async () => expect(numbersOf(await store.read(first?.position, [], 10))).toEqual([4, 5]));
    await store.stop();
  });
});
