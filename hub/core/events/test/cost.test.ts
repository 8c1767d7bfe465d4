import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import type { Queryable } from '../../database/statement.ts';
import { run } from '../../database/statement.ts';
import {
  addCursor,
  deleteOldEvents,
  eventsAfter,
  eventsOfTypesAfter,
  lookFromCursor,
  lookFromPlace,
  positionsAhead,
} from '../sql/events.ts';

const EVENTS = 200_000;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase({ queuePoolSize: 1 });
  // Plans are made while the table is empty, as in a hub that has just been installed.
  await addCursor(db.database.work, 'costly');
  await run(db.database.work, 'VACUUM (ANALYZE) event');
  for (let time = 0; time < 7; time += 1) await everyStatement(db.database.queue);
  await run(
    db.database.work,
    `INSERT INTO event (txid, type, source, data)
       SELECT (3 + at / 1000)::text::xid8, 'vestnik.test.thing' || at % 10 || '.done', '/vestnik/test', jsonb_build_object('number', at, 'text', repeat('x', 100))
       FROM generate_series(1, ${EVENTS}) AS at`,
  );
});
afterAll(() => db.drop());

async function everyStatement(on: Queryable): Promise<void> {
  await eventsAfter(on, '0', 0, 500);
  await eventsOfTypesAfter(on, '0', 0, 500, ['vestnik.']);
  await lookFromPlace(on, '0', 0, ['vestnik.'], 2_000, 500);
  await lookFromCursor(on, 'costly', '0', 0, '0', 0, ['vestnik.'], 2_000, 500);
  await positionsAhead(on);
  await deleteOldEvents(on, Temporal.Instant.from('1970-01-01T00:00:00Z'), 500);
}

/** What a statement would do with these values, by the plan that its connection has kept. */
async function explain(call: (on: Queryable) => Promise<unknown>): Promise<string> {
  let name = '';
  let values: readonly unknown[] = [];
  await call({
    query: async (query) => {
      name = query.name ?? '';
      values = query.values ?? [];
      return { rows: [] } as never;
    },
  });
  const literal = (value: unknown): string =>
    Array.isArray(value) ? `'{${value.join(',')}}'` : typeof value === 'number' ? String(value) : `'${value}'`;
  const { rows } = await run<{ 'QUERY PLAN': string }>(
    db.database.queue,
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE "${name}" ${values.length > 0 ? `(${values.map(literal).join(', ')})` : ''}`,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const buffers = (plan: string): number => Number(/Buffers: shared hit=(\d+)/.exec(plan)?.[1] ?? Number.NaN);

test.each([
  ['the beginning', '0', 0],
  ['the middle', '103', EVENTS / 2],
  ['the end', '203', EVENTS],
])('a batch at %s reads by the primary key and touches what it answers', async (_, txid, id) => {
  const plan = await explain((on) => eventsAfter(on, txid, id, 500));
  expect(plan).toContain('Index Scan using event_pkey');
  expect(plan).not.toMatch(/Seq Scan|Sort|Bitmap/);
  expect(buffers(plan)).toBeLessThan(600);
});

test('a batch of some types does not sort either', async () => {
  const plan = await explain((on) => eventsOfTypesAfter(on, '103', EVENTS / 2, 100, ['vestnik.test.thing3', 'vestnik.test.thing4']));
  expect(plan).toContain('Index Scan using event_pkey');
  expect(plan).not.toMatch(/Seq Scan|Sort|Bitmap/);
});

test.each([
  ['nothing', ['vestnik.other.'], 600],
  ['a tenth', ['vestnik.test.thing3'], 1_600],
  ['everything', [], 3_000],
])('a look that wants %s of what it looks at reads by the primary key', async (_, types, most) => {
  const plan = await explain((on) => lookFromPlace(on, '103', EVENTS / 2, types, 2_000, 500));
  expect(plan).toContain('Index Scan using event_pkey');
  expect(plan).not.toMatch(/Seq Scan on event |Bitmap/);
  expect(buffers(plan)).toBeLessThan(most);
});

test('to know that nothing waits, and that nothing lies ahead, costs a few pages', async () => {
  for (const plan of [
    await explain((on) => lookFromPlace(on, '203', EVENTS, ['vestnik.'], 2_000, 500)),
    await explain((on) => lookFromCursor(on, 'costly', '203', EVENTS, '203', EVENTS, ['vestnik.'], 2_000, 500)),
    await explain((on) => positionsAhead(on)),
  ]) {
    expect(plan).not.toMatch(/Seq Scan on event /);
    expect(buffers(plan)).toBeLessThan(20);
  }
});

test('looking for old events where there are none reads one batch', async () => {
  const plan = await explain((on) => deleteOldEvents(on, Temporal.Instant.from('1970-01-01T00:00:00Z'), 500));
  expect(plan).not.toContain('Seq Scan on event');
  expect(buffers(plan)).toBeLessThan(200);
});
