import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { run } from '../../core/database/statement.ts';
import type { DueItem, Outcome } from '../../core/deliveries/outcome.ts';
import type { Settled } from '../../core/deliveries/settle.ts';
import type { AttemptRecord } from '../deliver-callback.ts';
import type { LiveEndpoint } from '../live-endpoint.ts';
import { reportTroubles } from '../report-troubles.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** An attempt of endpoint `target` that came to this. */
const came = (target: number, code: string | null, state: Settled<AttemptRecord>['state']): Settled<AttemptRecord> => ({
  item: { id: 1, target } as DueItem,
  outcome: {
    result: state ?? 'again',
    status: null,
    code,
    health: 'unknown',
    record: { endpoint: { name: 'SAP', organizationId: 5 } as LiveEndpoint, exchange: undefined, facts: {}, gone: false },
  } satisfies Outcome<AttemptRecord>,
  begunAt: 0,
  endedAt: 0,
  state,
  again: undefined,
  counts: true,
  holder: '',
});
const told = async (target: number): Promise<string[]> =>
  (
    await run<{ what: string }>(
      db.database.work,
      `SELECT type || ' ' || (data ->> 'error') AS what FROM event WHERE subject = $1 ORDER BY id`,
      [`endpoint/${target}`],
    )
  ).rows.map(({ what }) => what);

test('a rejected template and a name that resolves inward are told at once, and not again for ten minutes', async () => {
  let now = 0;
  const report = reportTroubles(() => now);
  const tell = (...settled: Settled<AttemptRecord>[]) => db.database.transaction((tx) => report(tx, settled));
  await tell(came(1, 'url_too_long', 'rejected'), came(1, 'url_too_long', 'rejected'), came(2, 'address_refused', undefined));
  now = 599_999;
  await tell(came(1, 'path_dots', 'rejected'));
  expect(await told(1)).toEqual(['vestnik.callbacks.template.rejected url_too_long']);
  expect(await told(2)).toEqual(['vestnik.callbacks.guard.refused address_refused']);
  now = 600_000;
  await tell(came(1, 'path_dots', 'rejected'));
  expect(await told(1)).toHaveLength(2);
});

test('refusals of the allow-list are told when there are three without anything else between', async () => {
  const report = reportTroubles(() => 0);
  const tell = (...settled: Settled<AttemptRecord>[]) => db.database.transaction((tx) => report(tx, settled));
  const blocked = came(3, 'address_not_allowed', 'blocked');
  await tell(blocked, blocked, came(3, null, 'delivered'), blocked, blocked);
  expect(await told(3)).toEqual([]);
  await tell(blocked);
  expect(await told(3)).toEqual(['vestnik.callbacks.guard.refused address_not_allowed']);
});

test('ordinary failures are not told of here', async () => {
  const report = reportTroubles(() => 0);
  await db.database.transaction((tx) => report(tx, [came(4, 'timeout', undefined), came(4, 'status', 'failed')]));
  expect(await told(4)).toEqual([]);
});
