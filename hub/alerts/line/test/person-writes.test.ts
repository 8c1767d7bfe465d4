import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../../core/database/statement.ts';
import { peopleWrittenSince, presentSnapshot } from '../../sql/person-writes.ts';

let there: TestDatabase;
const sql = async <R extends Record<string, unknown>>(text: string): Promise<R[]> => (await run<R>(there.database.work, text)).rows;
const snapshot = async (): Promise<string> => (await presentSnapshot(there.database.work))[0]?.snapshot ?? '';
const writtenSince = async (before: string): Promise<boolean | undefined> =>
  (await peopleWrittenSince(there.database.work, before))[0]?.written;

beforeAll(async () => {
  there = await createTestDatabase();
  await sql(`INSERT INTO alerts_group (name) VALUES ('Все')`);
});
afterAll(() => there.drop());

test.each([
  `INSERT INTO alerts_person (group_id, name) SELECT 1, 'Иванов ' || n FROM generate_series(1, 10) n`,
  `UPDATE alerts_person SET name = 'Петров' WHERE name = 'Иванов 3'`,
  `DELETE FROM alerts_person WHERE name = 'Петров'`,
  `MERGE INTO alerts_person USING (VALUES ('Иванов 4')) AS v (name) ON alerts_person.name = v.name WHEN MATCHED THEN DELETE`,
  'TRUNCATE alerts_person CASCADE',
])('a transaction that writes people leaves a mark: %s', async (change) => {
  const before = await snapshot();
  expect(await writtenSince(before)).toBe(false);
  await sql(`UPDATE alerts_group SET description = description || '.'`);
  expect(await writtenSince(before)).toBe(false);
  await sql(change);
  expect(await writtenSince(before)).toBe(true);
  expect(await writtenSince(await snapshot())).toBe(false);
});

test('a change counts from its commit on, and one that is rolled back never does', async () => {
  const before = await snapshot();
  await there.database
    .transaction(async (tx) => {
      await run(tx, `INSERT INTO alerts_person (group_id, name) VALUES (1, 'Никто')`);
      expect(await writtenSince(before)).toBe(false);
      throw new Error('back');
    })
    .catch(() => undefined);
  expect(await writtenSince(before)).toBe(false);
  const during = await there.database.transaction(async (tx) => {
    await run(tx, `INSERT INTO alerts_person (group_id, name) VALUES (1, 'Кто-то')`);
    await run(tx, `UPDATE alerts_person SET name = 'Кто-то другой'`);
    return snapshot();
  });
  expect(await writtenSince(during)).toBe(true);
});

test('marks of another server whose numbers were higher are no reason to believe anything', async () => {
  await sql(`INSERT INTO alerts_person_write VALUES ('1000000000000', now())`);
  expect(await writtenSince(await snapshot())).toBe(true);
  await sql(`DELETE FROM alerts_person_write WHERE xid = '1000000000000'`);
  expect(await writtenSince(await snapshot())).toBe(false);
});

test('marks that are older than a day go by themselves', async () => {
  await sql(`UPDATE alerts_person_write SET written_at = now() - interval '25 hours'`);
  const [old] = await sql<{ most: string }>('SELECT max(xid::text::bigint)::text AS most FROM alerts_person_write');
  const left = () => sql(`SELECT FROM alerts_person_write WHERE xid::text::bigint <= ${old?.most}`);
  expect((await left()).length).toBeGreaterThan(0);
  // Every transaction has a number; one of 256 clears away.
  for (let turn = 0; turn < 1_000 && (await left()).length > 0; turn += 1) await sql(`UPDATE alerts_person SET name = 'Имя ${turn}'`);
  expect(await left()).toEqual([]);
  const [marks] = await sql<{ count: number }>('SELECT count(*)::int AS count FROM alerts_person_write');
  expect(marks?.count).toBeGreaterThan(0);
}, 60_000);
