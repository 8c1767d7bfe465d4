import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { run } from '../../core/database/statement.ts';
import { publish } from '../../core/events/publish.ts';
import { createEventMemory } from '../event-memory.ts';

let db: TestDatabase;
let positions: string[];
beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.transaction((tx) =>
    publish(tx, ...Array.from({ length: 50 }, (_, n) => ({ type: 'vestnik.travel.ReserveCreated', subject: `order/${n}`, data: { n } }))),
  );
  await db.database.transaction((tx) => publish(tx, { type: 'vestnik.tickets.other', data: {} }));
  const { rows } = await run<{ position: string }>(
    db.database.work,
    "SELECT txid::text || '-' || id AS position FROM event ORDER BY txid, id",
  );
  positions = rows.map(({ position }) => position);
});
afterAll(() => db.drop());

/** Counts the statements that reach the database. */
function counted() {
  let queries = 0;
  const memory = createEventMemory({
    query: (query) => {
      queries += 1;
      return db.database.work.query(query);
    },
  });
  return { memory, queries: () => queries };
}

test('all that are wanted at once are read at once, and then known', async () => {
  const { memory, queries } = counted();
  const wanted = positions.slice(0, 50);
  const found = await Promise.all([...wanted, wanted[0] as string].map((position) => memory.find(position)));
  expect(found.map((event) => event?.data['n'])).toEqual([...Array(50).keys(), 0]);
  expect(queries()).toBe(1);
  expect((await memory.find(wanted[7] as string))?.data).toEqual({ n: 7 });
  expect(queries()).toBe(1);
  memory.clear();
  expect((await memory.find(wanted[7] as string))?.data).toEqual({ n: 7 });
  expect(queries()).toBe(2);
});

test('what is not kept, or is no event of travel, is not found; a malformed position is refused', async () => {
  const { memory } = counted();
  expect(
    await Promise.all(['1-999', positions[50] as string, positions[3] as string].map((position) => memory.find(position))),
  ).toMatchObject([undefined, undefined, { data: { n: 3 } }]);
  await expect(memory.find('nonsense')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('a database that is away is told to everyone who waits, and asked again the next time', async () => {
  let away = true;
  const memory = createEventMemory({
    query: (query) => (away ? Promise.reject(new Error('away')) : db.database.work.query(query)),
  });
  const both = await Promise.allSettled([memory.find(positions[0] as string), memory.find(positions[1] as string)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away = false;
  expect((await memory.find(positions[0] as string))?.data).toEqual({ n: 0 });
});
