import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryResultRow } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { run, type Value } from '../../core/database/statement.ts';
import { runCommand, startCommand } from '../../test/support/command.ts';

/** An import that is killed in the middle and sent again loses and doubles nothing (spec 9.2, 9.6). */
let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'vestnik-killed-'));
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

const ask = async <R extends QueryResultRow>(text: string, values: readonly Value[] = []): Promise<R[]> =>
  (await run<R>(db.database.work, text, values)).rows;
const count = async (table: string): Promise<number> =>
  (await ask<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`))[0]?.count ?? 0;
const environment = (): Record<string, string> => ({ VESTNIK_DATABASE__URL: db.url });

/** Starts a command, kills it as soon as a table has some rows more, then runs it to its end. @returns what the second run printed */
async function killedAndRepeated(args: readonly string[], table: string, rows: number): Promise<string> {
  const before = await count(table);
  const first = startCommand(args, { environment: environment(), cwd: folder });
  while ((await count(table)) < before + rows) {
    if (first.child.exitCode !== null) throw new Error(`it ended by itself: ${first.out}${first.err}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  first.child.kill('SIGKILL');
  expect(await first.ended).toBeNull();
  // At once: what the killed process had under way may not have ended yet.
  const second = await runCommand(args, { environment: environment(), cwd: folder });
  expect([second.code, second.err]).toEqual([0, expect.not.stringContaining('rror')]);
  return second.out;
}

test('payments', async () => {
  const CONTRACTS = 20;
  const ROWS = 400;
  await ask(
    `INSERT INTO contract (contract_id, title, date_from) OVERRIDING SYSTEM VALUE SELECT n, 'Д-' || n, '2020-01-01' FROM generate_series(1, $1::int) n`,
    [CONTRACTS],
  );
  await ask("INSERT INTO payment_type (type_id, title) OVERRIDING SYSTEM VALUE VALUES (1, 'Банк')");
  const file = join(folder, 'payments.csv');
  const lines = Array.from(
    { length: ROWS },
    (_, n) => `p-${n};Д-${(n % CONTRACTS) + 1};2026-03-${String((n % 28) + 1).padStart(2, '0')};${n + 1},25`,
  );
  await writeFile(file, ['external_id;contract;date;sum', ...lines].join('\n'));
  const out = await killedAndRepeated(
    ['billing', 'import', 'payments', file, '--type', '1', '--source', 'bank', '--apply'],
    'contract_payment',
    60,
  );
  const [, created = '', unchanged = ''] = /created (\d+), unchanged (\d+), failed 0/.exec(out) ?? [];
  expect(Number(unchanged)).toBeGreaterThanOrEqual(60);
  expect(Number(created)).toBeGreaterThan(0);
  expect(Number(created) + Number(unchanged)).toBe(ROWS);
  expect(
    await ask('SELECT count(*)::int AS count, count(DISTINCT external_id)::int AS ids, sum(sum)::text AS sum FROM contract_payment'),
  ).toEqual([{ count: ROWS, ids: ROWS, sum: `${(ROWS * (ROWS + 1)) / 2 + ROWS / 4}.00` }]);
  expect(
    await ask(
      `SELECT b.contract_id FROM contract_balance b WHERE b.payments <> (SELECT sum(sum) FROM contract_payment m WHERE m.contract_id = b.contract_id)`,
    ),
  ).toEqual([]);
  expect(
    await ask(
      "SELECT count(*)::int AS count, count(DISTINCT data->>'id')::int AS payments FROM event WHERE type = 'vestnik.billing.payment.created'",
    ),
  ).toEqual([{ count: ROWS, payments: ROWS }]);
}, 120_000);

test('contracts, members after their heads', async () => {
  const HEADS = 100;
  const file = join(folder, 'contracts.ndjson');
  const rows = Array.from({ length: HEADS }, (_, n) => [
    { title: `Г-${n}`, mode: 'debit', limit: -n },
    { external_id: `m-${n}`, title: `Г-${n}/1`, head: `Г-${n}` },
  ]).flat();
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  const out = await killedAndRepeated(['billing', 'import', 'contracts', file, '--source', 'old', '--apply'], 'contract', 40);
  const [, created = '', unchanged = ''] = /created (\d+), unchanged (\d+), failed 0/.exec(out) ?? [];
  expect(Number(created)).toBeGreaterThan(0);
  expect(Number(created) + Number(unchanged)).toBe(2 * HEADS);
  expect(
    await ask(
      `SELECT count(*)::int AS members, count(h.contract_id)::int AS heads FROM contract m LEFT JOIN contract h ON h.contract_id = m.super_id AND m.title = h.title || '/1'
         AND h.super_id = -1 AND h.mode = 1 WHERE m.title LIKE 'Г-%/1'`,
    ),
  ).toEqual([{ members: HEADS, heads: HEADS }]);
  expect(await ask("SELECT count(*)::int AS count FROM event WHERE type = 'vestnik.billing.contract.created'")).toEqual([
    { count: 2 * HEADS },
  ]);
}, 120_000);
