import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { storeHealth } from '../sql/settle.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const OWNER = randomUUID();
const MINUTE = 60_000;
const BEGIN = Date.parse('2026-11-22T00:00:00Z');

/** What is stored of a target that had failed 30 times since `BEGIN` when a hub that knows nothing of it writes this. */
async function after(
  target: number,
  succeeded: number | null,
  failing: number | null,
  failures: number,
): Promise<{ since: string | null; failures: number }> {
  await run(
    db.database.work,
    `INSERT INTO delivery_target (engine, target, owner, failing_since, failures) VALUES (1, $1, $2, to_timestamp($3::float8 / 1000), 30)`,
    [target, OWNER, BEGIN],
  );
  await storeHealth(db.database.work, 1, OWNER, [target], [succeeded], [failing], [failures], ['status'], ['closed'], [null], [0]);
  const { rows } = await run<{ since: Temporal.Instant | null; failures: number }>(
    db.database.work,
    'SELECT failing_since AS since, failures FROM delivery_target WHERE target = $1',
    [target],
  );
  const [row] = rows;
  return { since: row?.since?.toString() ?? null, failures: row?.failures ?? -1 };
}

test('failures that another hub saw begin go on when the target changes hands', async () => {
  expect(await after(1, null, BEGIN + MINUTE, 2)).toEqual({ since: '2026-11-22T00:00:00Z', failures: 30 });
});

test('they are over when something succeeded since, and begin anew with the next failure', async () => {
  expect(await after(2, BEGIN + MINUTE, null, 0)).toEqual({ since: null, failures: 0 });
  expect(await after(3, BEGIN + MINUTE, BEGIN + 2 * MINUTE, 1)).toEqual({ since: '2026-11-22T00:02:00Z', failures: 1 });
});
