import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type Queryable, run } from '../../../core/database/statement.ts';
import { createListMembers } from '../list-members.ts';

let there: TestDatabase;
let reads = 0;
let db: Queryable;
const sql = async (text: string): Promise<void> => void (await run(there.database.work, text));
beforeAll(async () => {
  there = await createTestDatabase();
  db = {
    query(query) {
      if (query.name === 'alerts.idsInList') reads += 1;
      return there.database.work.query(query);
    },
  };
  await sql(`INSERT INTO alerts_group (name) VALUES ('Все')`);
  await sql(`INSERT INTO alerts_list (name) VALUES ('А'), ('Б')`);
  await sql(`INSERT INTO alerts_person (group_id, name) SELECT 1, 'Иванов ' || n FROM generate_series(1, 1000) n`);
});
afterAll(() => there.drop());
beforeEach(async () => {
  await sql('DELETE FROM alerts_list_person');
  await sql('INSERT INTO alerts_list_person SELECT 1 + n % 2, n FROM generate_series(1, 200) n');
  reads = 0;
});
const even = Array.from({ length: 100 }, (_, at) => 2 * at + 2);

test('members come in their order, are read once, and again after each change', async () => {
  const membersOf = createListMembers();
  for (let turn = 0; turn < 3; turn += 1) expect([...(await membersOf(db, 1))]).toEqual(even);
  expect(reads).toBe(1);
  await sql('INSERT INTO alerts_list_person VALUES (1, 999)');
  expect([...(await membersOf(db, 1))]).toEqual([...even, 999]);
  await sql('DELETE FROM alerts_list_person WHERE list_id = 1 AND person_id = 999');
  expect([...(await membersOf(db, 1))]).toEqual(even);
  // As many as before, but others.
  await sql('UPDATE alerts_list_person SET person_id = 301 WHERE list_id = 1 AND person_id = 2');
  expect([...(await membersOf(db, 1))]).toEqual([...even.slice(1), 301]);
  await sql('DELETE FROM alerts_list_person WHERE list_id = 1');
  expect([...(await membersOf(db, 1))]).toEqual([]);
  expect([...(await membersOf(db, 77))]).toEqual([]);
});

test('what is kept is bounded: the list that was read first makes room, one that is too long is read each time', async () => {
  const membersOf = createListMembers(150);
  await membersOf(db, 1);
  await membersOf(db, 2);
  await membersOf(db, 2);
  expect(reads).toBe(2);
  await membersOf(db, 1);
  expect(reads).toBe(3);
  const narrow = createListMembers(99);
  for (let turn = 0; turn < 2; turn += 1) expect(await narrow(db, 1)).toHaveLength(100);
  expect(reads).toBe(5);
});
