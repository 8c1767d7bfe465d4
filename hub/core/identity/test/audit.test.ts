import { beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { audit } from '../audit.ts';
import { type AuditFilter, expireAudit, searchAudit } from '../search-audit.ts';
import { callerOf, testHub } from './support/hub.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase({ poolSize: 2, queuePoolSize: 1 });
  return () => db.drop();
});

const expiry = async (body: string): Promise<void> => {
  await db.database.transaction(async (tx) => {
    await run(tx, `SET LOCAL vestnik.audit_expiry = 'on'`);
    await run(tx, body);
  });
};

const write = (login: string, action: string, object: string, more: Record<string, unknown> = {}) =>
  db.database.transaction((tx) => audit(tx, callerOf(login), { action, object, ...more }));
const found = async (filter: AuditFilter) => (await searchAudit(db.database.work, filter)).items.map(({ object }) => object);
const age = (object: string, days: number) =>
  run(
    db.database.work,
    `INSERT INTO audit (time, login, face, action, object) VALUES (now() - make_interval(days => $2), 'old', 'cli', 'x.y.z', $1)`,
    [object, days],
  );

test('a row says who, from where, through which face, what, before and after', async () => {
  await write('anna', 'tickets.client.hold', 'agency-17', {
    before: { state: 'active' },
    after: { state: 'held' },
    reason: 'letter of 22.11.',
  });
  const { items } = await searchAudit(db.database.work, {});
  expect(items).toEqual([
    {
      id: expect.any(Number),
      time: expect.any(Temporal.Instant),
      login: 'anna',
      face: 'rest',
      address: '192.0.2.1',
      requestId: 'r-1',
      action: 'tickets.client.hold',
      object: 'agency-17',
      before: { state: 'active' },
      after: { state: 'held' },
      reason: 'letter of 22.11.',
    },
  ]);
});

describe('searching', () => {
  test('by login, object, action and beginning of the action, all together', async () => {
    await write('anna', 'tickets.client.hold', 'one');
    await write('anna', 'tickets.client.release', 'one');
    await write('boris', 'tickets.client.hold', 'two');
    await write('boris', 'identity.operator.add', 'three');
    expect(await found({ login: 'boris' })).toEqual(['three', 'two']);
    expect(await found({ object: 'one' })).toEqual(['one', 'one']);
    expect(await found({ action: 'tickets.client.hold' })).toEqual(['two', 'one']);
    expect(await found({ action: 'tickets.*' })).toEqual(['two', 'one', 'one']);
    expect(await found({ action: 'tickets.*', login: 'anna', object: 'one' })).toEqual(['one', 'one']);
    expect(await found({ action: 'tick%' })).toEqual([]);
    expect(await found({ action: '*' })).toHaveLength(4);
    expect(await found({ login: `' OR 1=1 --` })).toEqual([]);
  });

  test('by time, the end not included', async () => {
    await age('week', 7);
    await age('month', 30);
    await write('anna', 'a.b.c', 'now');
    const day = (days: number) => Temporal.Now.instant().subtract({ hours: days * 24 });
    expect(await found({ from: day(8) })).toEqual(['now', 'week']);
    expect(await found({ to: day(8) })).toEqual(['month']);
    expect(await found({ from: day(31), to: day(6) })).toEqual(['month', 'week']);
    const { items } = await searchAudit(db.database.work, { object: 'week' });
    expect(await found({ from: items[0]?.time })).toEqual(['now', 'week']);
    expect(await found({ to: items[0]?.time })).toEqual(['month']);
  });

  test('page by page without gap or repeat, while new rows come', async () => {
    for (let count = 0; count < 25; count += 1) await write('anna', 'a.b.c', `n${count}`);
    const seen: string[] = [];
    let before: number | undefined;
    do {
      const page = await searchAudit(db.database.work, { before }, 10);
      seen.push(...page.items.map(({ object }) => object));
      before = page.next;
      await write('boris', 'a.b.c', 'later');
    } while (before !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `n${24 - index}`));
  });

  test('a page has 1 to 1000 rows whatever is asked', async () => {
    for (let count = 0; count < 3; count += 1) await write('anna', 'a.b.c', 'x');
    expect((await searchAudit(db.database.work, {}, 0)).items).toHaveLength(1);
    expect((await searchAudit(db.database.work, {}, 1e9)).items).toHaveLength(3);
  });
});

describe('it only grows', () => {
  test.each([
    ['UPDATE', `UPDATE audit SET login = 'nobody'`],
    ['DELETE', 'DELETE FROM audit'],
    ['TRUNCATE', 'TRUNCATE audit'],
  ])('%s is refused', async (verb, sql) => {
    await write('anna', 'a.b.c', 'kept');
    await expect(run(db.database.work, sql)).rejects.toThrow(`the audit is append-only: ${verb} is refused`);
    expect(await found({})).toEqual(['kept']);
  });

  test('no setting lets an UPDATE, a TRUNCATE or the DELETE of a young row through', async () => {
    await write('anna', 'a.b.c', 'kept');
    await expect(expiry(`UPDATE audit SET login = 'nobody'`)).rejects.toThrow('append-only');
    await expect(expiry('TRUNCATE audit')).rejects.toThrow('append-only');
    await expect(expiry('DELETE FROM audit')).rejects.toThrow('append-only');
    expect(await found({})).toEqual(['kept']);
  });

  test('but what is older than the retention leaves it, in chunks, and nothing else', async () => {
    await run(
      db.database.work,
      `INSERT INTO audit (time, login, face, action, object) SELECT now() - interval '1101 days', 'old', 'cli', 'x.y.z', 'gone' FROM generate_series(1, 20500)`,
    );
    await age('edge', 1_099);
    await write('anna', 'a.b.c', 'now');
    expect(await expireAudit(db.database.work, 1_100)).toBe(20_500);
    expect(await found({})).toEqual(['now', 'edge']);
    await expect(run(db.database.work, 'DELETE FROM audit')).rejects.toThrow('append-only');
    await expect(expireAudit(db.database.work, 0)).rejects.toThrow('at least a day');
  });

  test('a running hub does that by itself', async () => {
    await age('gone', 31);
    await age('kept', 29);
    const hub = testHub(db.database, { auditDays: 30 });
    hub.identity.start();
    await hub.identity.stop();
    expect(await found({})).toEqual(['kept']);
  });
});
