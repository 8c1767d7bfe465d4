import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queryable } from '../../core/database/statement.ts';
import { OPEN_FENCE } from '../fence.ts';
import { addUpMoney, type MoneyWish, pageOfMoney } from '../list-money-pages.ts';
import { CHARGES } from '../save-charge.ts';
import { PAYMENTS } from '../save-payment.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

/** Lists of everybody's money: 60,000 payments of 3,000 contracts over 2,000 days. */
let bench: BillingRest;
let rare: number;
let busy: number;
beforeAll(async () => {
  bench = await openBillingRest();
  const usual = await bench.paymentType({ title: 'Обычный' });
  rare = await bench.paymentType({ title: 'Редкий' });
  busy = await bench.contract({ title: 'много платежей' });
  await bench.rows(
    `INSERT INTO contract (contract_id, title, date_from, groups) OVERRIDING SYSTEM VALUE
     SELECT n, 'масса ' || n, '2020-01-01', CASE WHEN n % 100 = 0 THEN 4 ELSE 0 END FROM generate_series(1001, 4000) n`,
  );
  await bench.rows(
    `INSERT INTO contract_payment (contract_id, type_id, day, sum, login)
     SELECT 1001 + (n * 7919) % 3000, CASE WHEN n % 20000 = 0 THEN $2::int ELSE $1::int END, date '2020-01-01' + n % 2000, 1 + n % 5, CASE WHEN n % 3 = 0 THEN 'bob' ELSE 'alice' END
     FROM generate_series(1, 60000) n`,
    [usual, rare],
  );
  await bench.rows(
    `INSERT INTO contract_payment (contract_id, type_id, day, sum, login) SELECT $2, $1::int, date '2026-02-01' + n % 3, 2, 'alice' FROM generate_series(1, 500) n`,
    [usual, busy],
  );
  await bench.rows('ANALYZE contract_payment, contract');
  await bench.rows(
    `INSERT INTO operator (operator_id, login, display_name, password_hash) OVERRIDING SYSTEM VALUE VALUES (1, 'alice', 'Алиса', 'x')`,
  );
});
afterAll(() => bench.stop());

interface Row {
  readonly id: number;
  readonly date: string;
  readonly contract_id: number;
  readonly sum: string;
}
/** All rows of a list, page after page, and how many pages there were. */
async function walk(query: string): Promise<{ rows: Row[]; pages: number }> {
  const rows: Row[] = [];
  let after = '';
  for (let pages = 1; pages <= 200; pages += 1) {
    const page = await bench.ok('GET', `/payments?${query}${after}`);
    rows.push(...page.items);
    if (page.next === null) return { rows, pages };
    after = `&after=${page.next}`;
  }
  throw new Error('it does not end');
}
const inOrder = (rows: readonly Row[]): boolean =>
  rows.every((row, at) => {
    const before = rows[at - 1];
    return !before || before.date > row.date || (before.date === row.date && before.id > row.id);
  });

describe('the payments of everybody', () => {
  test('come page by page, each once, the newest first, within the days', async () => {
    const { rows } = await walk('from=2024-01-01&to=2024-01-31&limit=130');
    const [count] = await bench.rows<{ count: number }>(
      "SELECT count(*)::int AS count FROM contract_payment WHERE day BETWEEN '2024-01-01' AND '2024-01-31'",
    );
    expect(rows).toHaveLength(count?.count ?? 0);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(inOrder(rows)).toBe(true);
    expect([rows[0]?.date, rows.at(-1)?.date]).toEqual(['2024-01-31', '2024-01-01']);
  });

  test('that hardly any fits are found in short pages, each after a bounded number of rows', async () => {
    const { rows, pages } = await walk(`type_id=${rare}`);
    expect(rows).toHaveLength(3);
    // 60,500 rows by 10,000.
    expect(pages).toBe(7);
    expect(inOrder(rows)).toBe(true);
  });

  test('within a fence are those of its contracts, and no other', async () => {
    await bench.rows('INSERT INTO billing_operator (operator_id, groups) VALUES (1, 4)');
    const { rows } = await walk('limit=200');
    const expected = await bench.rows<{ id: number }>(
      'SELECT payment_id AS id FROM contract_payment JOIN contract USING (contract_id) WHERE groups & 4 <> 0 ORDER BY day DESC, payment_id DESC',
    );
    expect(rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(rows.length).toBeGreaterThan(100);
    const totals = (await bench.ok('GET', '/payments?totals=true&limit=1')).totals;
    expect(totals.count).toBe(rows.length);
    expect(await bench.refusal('GET', `/payments?contract_id=${busy}`)).toMatchObject({ status: 404, reason: 'contract' });
    const [outside] = await bench.rows<{ id: number }>('SELECT min(payment_id) AS id FROM contract_payment WHERE contract_id = $1', [busy]);
    expect(await bench.refusal('GET', `/payments/${outside?.id}`)).toMatchObject({ status: 404 });
    expect(await bench.refusal('PATCH', `/payments/${outside?.id}`, { sum: '1' })).toMatchObject({ status: 404 });
    expect((await bench.call('DELETE', `/payments/${outside?.id}`)).status).toBe(404);
    await bench.rows('DELETE FROM billing_operator');
  });

  test('are added up on request', async () => {
    const [all] = await bench.rows<{ count: number; sum: string }>(
      "SELECT count(*)::int AS count, sum(sum)::text AS sum FROM contract_payment WHERE login = 'bob' AND day >= '2023-01-01'",
    );
    expect((await bench.ok('GET', '/payments?login=bob&from=2023-01-01&totals=true&limit=1')).totals).toEqual(all);
    expect(await bench.ok('GET', '/payments?limit=1')).not.toHaveProperty('totals');
  });

  test('keep their place while others come and go', async () => {
    const first = await bench.ok('GET', `/payments?contract_id=${busy}&limit=100`);
    await bench.rows('DELETE FROM contract_payment WHERE payment_id = $1', [first.items.at(-1).id]);
    await bench.rows(`INSERT INTO contract_payment (contract_id, type_id, day, sum, login) VALUES ($1, $2, '2026-03-01', 9, 'alice')`, [
      busy,
      rare,
    ]);
    const second = await bench.ok('GET', `/payments?contract_id=${busy}&limit=1000&after=${first.next}`);
    const seen = new Set([...first.items, ...second.items].map(({ id }: Row) => id));
    expect(seen.size).toBe(500);
    expect(second.next).toBeNull();
  });

  test('by a cursor that is none are refused', async () => {
    const { next } = await bench.ok('GET', '/payments?limit=1');
    const forged = [
      'x',
      `${next}A`,
      Buffer.from('bp.2026-02-31.1').toString('base64url'),
      Buffer.from('bp.2026-02-01.99999999999').toString('base64url'),
    ];
    for (const after of forged)
      expect(await bench.refusal('GET', `/payments?after=${after}`)).toMatchObject({ status: 400, reason: 'cursor' });
    expect(await bench.refusal('GET', `/charges?after=${next}`)).toMatchObject({ status: 400, reason: 'cursor' });
    expect(await bench.refusal('GET', '/payments?from=2026-02-01&to=2026-01-01')).toMatchObject({ status: 400, reason: 'to' });
  });
});

describe('an index carries', () => {
  const wish = (more: Partial<MoneyWish> = {}): MoneyWish => ({ from: null, to: null, limit: 100, ...more });
  /** The plans of the composed statements that a list runs. */
  async function plans(body: (db: Queryable) => Promise<unknown>): Promise<string> {
    const { work } = bench.database;
    const seen: string[] = [];
    const watched: Queryable = {
      async query(config) {
        if (config.name === undefined) {
          const explained = await work.query<{ 'QUERY PLAN': string }>({ ...config, text: `EXPLAIN ${config.text}` });
          seen.push(...explained.rows.map((line) => line['QUERY PLAN']));
        }
        return work.query(config);
      },
    };
    await body(watched);
    expect(seen).not.toEqual([]);
    return seen.join('\n');
  }

  test('a page of everybody, wherever it begins, and one of a contract with many rows', async () => {
    const act = bench.act({ fence: OPEN_FENCE });
    const all = await plans((db) => pageOfMoney(db, act, PAYMENTS, wish()));
    expect(all).toMatch(/Index Scan Backward using contract_payment_day/);
    const { next } = await pageOfMoney(bench.database.work, act, PAYMENTS, wish({ to: Temporal.PlainDate.from('2022-06-01') }));
    const later = await plans((db) => pageOfMoney(db, act, PAYMENTS, wish({ after: next ?? '' })));
    expect(later).toMatch(/Index Scan Backward using contract_payment_day[\s\S]*Index Cond: \(ROW\(day, payment_id\) < /);
    expect(later).not.toMatch(/Seq Scan on contract_payment/);
    // A filter reads the rows that it looks at, and no table as a whole.
    const filtered = await plans((db) =>
      pageOfMoney(db, bench.act({ fence: { ...OPEN_FENCE, someOf: 4n } }), PAYMENTS, wish({ typeId: rare })),
    );
    expect(filtered).not.toMatch(/Seq Scan on contract/);
    const one = await plans((db) => pageOfMoney(db, act, PAYMENTS, wish({ contractId: busy })));
    expect(one).toMatch(/Index Scan Backward using contract_payment_of/);
    expect(one).not.toMatch(/Seq Scan on contract_payment/);
  });

  test('totals of a short period', async () => {
    const span = { from: Temporal.PlainDate.from('2024-01-01'), to: Temporal.PlainDate.from('2024-01-05') };
    const plan = await plans((db) => addUpMoney(db, bench.act({ fence: OPEN_FENCE }), PAYMENTS, wish(span)));
    expect(plan).toMatch(/contract_payment_day/);
    expect(plan).not.toMatch(/Seq Scan on contract_payment/);
  });

  test('an empty list of charges', async () => {
    expect(await pageOfMoney(bench.database.work, bench.act(), CHARGES, wish())).toEqual({ items: [], next: null });
    expect(await addUpMoney(bench.database.work, bench.act(), CHARGES, wish())).toEqual({ count: 0, sum: '0.00' });
  });
});
