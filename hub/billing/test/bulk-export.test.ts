import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportView } from '../export-view.ts';
import { OPEN_FENCE } from '../fence.ts';
import { savePayment } from '../save-payment.ts';
import { behind, exportedViews } from '../sql/exports.ts';
import { EXPORT_KEYS } from '../view-keys.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
let type: number;
let first: number;
let second: number;
beforeAll(async () => {
  bench = await openBillingRest();
  await bench.rows(
    `INSERT INTO operator (operator_id, login, display_name, password_hash) OVERRIDING SYSTEM VALUE VALUES (1, 'alice', 'Алиса', 'x')`,
  );
  type = await bench.paymentType({ title: 'Касса' });
  first = await bench.contract({ title: 'Э-1', groups: 4611686018427387905n, comment: 'две\nстроки "и" кавычки' });
  second = await bench.contract({ title: 'Э-2', groups: 2n });
});
afterAll(() => bench.stop());

const lines = async (path: string, more: object = {}) => {
  const answer = await bench.call('GET', `/exports/${path}`, undefined, more);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
  return answer.bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

test('every view of billing_read has a key of columns that are there and, with them, no two rows alike', async () => {
  const { items } = await bench.ok('GET', '/exports');
  const views = await bench.rows<{ view: string }>(
    "SELECT table_name AS view FROM information_schema.views WHERE table_schema = 'billing_read' ORDER BY 1",
  );
  expect(Object.keys(EXPORT_KEYS)).toEqual(views.map(({ view }) => view));
  expect(items.map(({ view }: { view: string }) => view)).toEqual(Object.keys(EXPORT_KEYS));
  for (const { view, key, columns } of items) {
    expect(
      columns.map(({ name }: { name: string }) => name),
      view,
    ).toEqual(expect.arrayContaining(key));
    // The order is taken by the database itself; nothing here may fail on an empty view either.
    await lines(view);
    if (key.length > 0) await lines(`${view}?after=${key.map(() => 1)}&most=1`);
  }
});

describe('an export', () => {
  test('writes amounts and masks as text, days and moments as REST does', async () => {
    await bench.write((tx, act) =>
      savePayment(tx, act, { contractId: first, typeId: type, sum: 123_456_789_012_345n, comment: 'т\u2028\n' }),
    );
    const [contract] = await lines(`contract?after=${first - 1}&most=1`);
    expect(contract).toMatchObject({
      contract_id: first,
      groups: '4611686018427387905',
      balance_limit: '0.00',
      date_from: '2020-01-01',
      hidden: false,
      super_contract_id: null,
      comment: 'две\nстроки "и" кавычки',
    });
    expect(contract.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(contract).not.toHaveProperty('password');
    expect(await lines('payment')).toMatchObject([
      { contract_id: first, sum: '1234567890123.45', date: bench.today.toString(), comment: 'т\u2028\n' },
    ]);
    expect(await lines('contract_balance')).toMatchObject([{ contract_id: first, payments: '1234567890123.45', month: bench.today.month }]);
  });

  test('is walked through in parts, each row once, and goes on behind any line', async () => {
    await bench.rows(
      `INSERT INTO contract_balance (contract_id, month, payments)
       SELECT $1::int, make_date(1950 + n / 12, n % 12 + 1, 1), n FROM generate_series(0, 1199) n UNION ALL
       SELECT $2::int, make_date(1950 + n / 12, n % 12 + 1, 1), n FROM generate_series(0, 3599) n ON CONFLICT DO NOTHING`,
      [first, second],
    );
    const all = await lines('contract_balance');
    const [count] = await bench.rows<{ count: number }>('SELECT count(*)::int AS count FROM contract_balance');
    expect(all).toHaveLength(count?.count ?? 0);
    expect(all.length).toBeGreaterThan(4_500);
    const place = (row: Record<string, number>): string => `${row['contract_id']},${row['year']},${row['month']}`;
    expect(new Set(all.map(place)).size).toBe(all.length);
    const { [2_500]: middle } = all;
    expect(await lines(`contract_balance?after=${place(middle)}`)).toEqual(all.slice(2_501));
    expect(await lines(`contract_balance?after=${place(middle)}&most=3`)).toEqual(all.slice(2_501, 2_504));
    // A beginning of the key stands for all that begin so.
    expect((await lines(`contract_balance?after=${first}`))[0]).toMatchObject({ contract_id: second });
  });

  test('keeps within the fence, and leaves out parameters that may not be read', async () => {
    await bench.rows(`INSERT INTO billing_parameter (parameter_id, kind, title) VALUES (71, 1, 'открытый'), (72, 1, 'закрытый')`);
    for (const contract of [first, second])
      await bench.rows(`INSERT INTO contract_parameter (contract_id, parameter_id, title) VALUES ($1, 71, 'а'), ($1, 72, 'б')`, [contract]);
    expect(await lines('contract_parameter')).toHaveLength(4);
    await bench.rows(`INSERT INTO billing_operator (operator_id, groups, parameter_rules) VALUES (1, 2, '{"72": "none"}')`);
    expect(await lines('contract_parameter')).toMatchObject([{ contract_id: second, parameter_id: 71 }]);
    expect((await lines('contract')).map(({ contract_id }) => contract_id)).toEqual([second]);
    expect(await lines('payment')).toEqual([]);
    expect(await lines('payment_type')).toMatchObject([{ type_id: type, class_path: 'Касса' }]);
    await bench.rows('DELETE FROM billing_operator');
  });

  test('is audited, needs the right, and is refused before anything is sent', async () => {
    await lines('module');
    expect(await bench.rows("SELECT login, object FROM audit WHERE action = 'billing.export' ORDER BY id DESC LIMIT 1")).toEqual([
      { login: '*', object: 'module' },
    ]);
    expect(await bench.refusal('GET', '/exports/contract', undefined, { as: 'billing.money' })).toMatchObject({ status: 403 });
    for (const view of ['operator_password', 'contract;DROP', 'toString', '%D1%8F'])
      expect(await bench.refusal('GET', `/exports/${view}`)).toMatchObject({ status: 404, reason: 'view' });
    for (const after of ['x', '1,2', '-1', '1e3', '99999999999999999999'])
      expect(await bench.refusal('GET', `/exports/payment?after=${after}`)).toMatchObject({ status: 400, reason: 'after' });
    expect(await bench.refusal('GET', '/exports/tariff_group?after=1')).toMatchObject({ status: 400, reason: 'after' });
  });

  test('reads on only when the part before was taken', async () => {
    let asked = 0;
    const query = (text: never) => {
      asked += 1;
      return bench.database.work.query(text);
    };
    const counted = { ...bench.database.work, query };
    const database = { work: counted as typeof bench.database.work, transaction: bench.database.transaction };
    const parts = await exportView(database, bench.act({ fence: OPEN_FENCE }), { view: 'contract_balance' });
    const before = asked;
    await parts.next();
    expect(asked).toBe(before + 1);
    await parts.next();
    expect(asked).toBe(before + 2);
    await parts.return(undefined);
    expect(asked).toBe(before + 2);
  });
});

test('each part of a large view is found by an index, wherever it begins', async () => {
  await bench.rows(
    `INSERT INTO contract (contract_id, title, date_from) OVERRIDING SYSTEM VALUE SELECT n, 'масса ' || n, '2020-01-01' FROM generate_series(1001, 6000) n`,
  );
  await bench.rows(
    `INSERT INTO contract_payment (contract_id, type_id, day, sum, login)
     SELECT 1001 + n % 5000, $1::int, date '2020-01-01' + n % 2000, 1, 'alice' FROM generate_series(1, 60000) n`,
    [type],
  );
  await bench.rows(
    `INSERT INTO contract_balance (contract_id, month, payments) SELECT 1001 + n % 5000, make_date(2020 + n / 60000, n / 5000 % 12 + 1, 1), 1 FROM generate_series(0, 119999) n`,
  );
  await bench.rows('ANALYZE contract_payment, contract_balance');
  const plan = async (view: string, key: string[], places: string[]): Promise<string> => {
    const definition = (await exportedViews(bench.database.work)).find((one) => one.view === view)?.definition;
    const text = `EXPLAIN SELECT * FROM (${definition}) v ${behind(key, places)} ORDER BY ${key} LIMIT 2000`;
    return (await bench.rows<{ 'QUERY PLAN': string }>(text)).map((line) => line['QUERY PLAN']).join('\n');
  };
  expect(await plan('payment', ['payment_id'], ['20000'])).toMatch(/Index Scan using contract_payment_pkey[\s\S]*Index Cond/);
  const balances = await plan('contract_balance', ['contract_id', 'year', 'month'], ['2500', '2020', '7']);
  // Sorted contract by contract, as far as the part needs it.
  expect(balances).toMatch(
    /Incremental Sort[\s\S]*Presorted Key: contract_balance.contract_id[\s\S]*Index Scan using contract_balance_pkey[\s\S]*Index Cond: \(contract_id >= 2500\)/,
  );
});
