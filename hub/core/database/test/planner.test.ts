import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type Queryable, run } from '../statement.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  // Without statistics in the beginning, as a queue is that has just been empty.
  await run(
    db.database.work,
    'CREATE TABLE queue (owner bigint, seq bigint, body text, PRIMARY KEY (owner, seq)) WITH (autovacuum_enabled = false); CREATE TABLE owner (id bigint PRIMARY KEY, title text)',
  );
  await run(db.database.work, 'VACUUM (ANALYZE) queue');
});
afterAll(() => db.drop());

const READ = `SELECT q.seq, q.body, o.title FROM queue q JOIN owner o ON o.id = q.owner WHERE q.owner = 7 AND q.seq > 5 ORDER BY q.seq LIMIT 100`;

async function plan(db: Queryable, text: string): Promise<string> {
  const { rows } = await run<{ 'QUERY PLAN': string }>(db, `EXPLAIN (COSTS OFF) ${text}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test('on an empty table the queue plans by index where the ordinary pool reads everything', async () => {
  expect(await plan(db.database.work, READ)).toContain('Seq Scan on queue');
  const queue = await plan(db.database.queue, READ);
  expect(queue).toContain('Index Scan using queue_pkey');
  expect(queue).toContain('Index Scan using owner_pkey');
  expect(queue).not.toMatch(/Seq Scan|Bitmap|Hash|Merge|Sort/);
});

test('and keeps to it on a large one, in the same prepared plan', async () => {
  await db.database.queueTransaction(async (tx) => {
    await run(tx, `PREPARE read (bigint) AS ${READ.replace('= 7', '= $1')}`);
    for (let time = 0; time < 7; time += 1) await run(tx, 'EXECUTE read (7)');
    await run(tx, 'INSERT INTO queue SELECT at % 10, at, repeat(md5(at::text), 10) FROM generate_series(1, 20000) AS at');
    await run(tx, "INSERT INTO owner SELECT at, 'title' FROM generate_series(0, 9) AS at");
    const { rows } = await run<{ 'QUERY PLAN': string }>(tx, 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE read (7)');
    const text = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('$1');
    expect(text).toContain('Index Scan using queue_pkey');
    expect(text).not.toMatch(/Seq Scan|Sort|Removed by Filter/);
    expect(text).toMatch(/rows=100/);
  });
});

test('the settings are those of the queue alone', async () => {
  const settings = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'plan_cache_mode'];
  const show = async (on: Queryable) =>
    (await run<{ value: string }>(on, 'SELECT current_setting(name) AS value FROM unnest($1::text[]) AS name', [settings])).rows.map(
      ({ value }) => value,
    );
  expect(await show(db.database.queue)).toEqual(['off', 'off', 'off', 'off', 'force_generic_plan']);
  expect(await show(db.database.work)).toEqual(['on', 'on', 'on', 'on', 'auto']);
});
