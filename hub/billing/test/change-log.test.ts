import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { run } from '../../core/database/statement.ts';
import { deleteContract } from '../delete-contract.ts';
import { money } from '../money.ts';
import { savePayment } from '../save-payment.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

/** billing_read.change_log: whoever asks for what is above the highest number seen misses no change (spec billing 8). */
let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

type Change = { number: number; contract: number; deleted: boolean };
const shownAbove = (number: number) =>
  bench.rows<Change>(
    `SELECT change_number AS number, contract_id AS contract, deleted FROM billing_read.change_log WHERE change_number > ${number} ORDER BY 1, 2`,
  );
/** Until all that is committed by now is shown: other tests have transactions open on the same server. */
async function settled(): Promise<void> {
  const [now] = await bench.rows<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
  const passed = () => bench.rows<{ yes: boolean }>(`SELECT pg_snapshot_xmin(pg_current_snapshot()) > '${now?.xid}'::xid8 AS yes`);
  await vi.waitFor(async () => expect(await passed()).toEqual([{ yes: true }]), { timeout: 20_000, interval: 5 });
}
async function changesAbove(number: number): Promise<Change[]> {
  await settled();
  return shownAbove(number);
}
/** The highest number there is to see. */
const mark = async (): Promise<number> => (await changesAbove(0)).at(-1)?.number ?? 0;
/** Contracts that changed while `work` ran. */
async function changedBy(work: () => Promise<unknown>): Promise<Change[]> {
  const from = await mark();
  await work();
  return changesAbove(from);
}

/** Every table whose rows belong to a contract, and what inserting, changing and deleting a row of it needs. */
const ROWS: readonly [table: string, insert: string, update: string][] = [
  ['contract_note', "(contract_id, subject, login) VALUES ($1, 'x', 'y')", "subject = 'z'"],
  ['contract_payment', "(contract_id, type_id, day, sum, login) VALUES ($1, 1001, '2026-03-01', 5, 'y')", 'sum = 6'],
  ['contract_balance', "(contract_id, month) VALUES ($1, '2026-03-01')", 'payments = 6'],
  ['contract_account', "(contract_id, month, service_id, sum, until) VALUES ($1, '2026-03-01', 1, 5, '2026-03-02')", 'sum = 6'],
  ['contract_limit_plan', "(contract_id, value, due_on, login) VALUES ($1, 5, '2026-03-01', 'y')", 'value = 6'],
  ['contract_parameter', "(contract_id, parameter_id, title) VALUES ($1, 1, 'x')", "title = 'y'"],
  ['contract_status', "(contract_id, status, date_from) VALUES ($1, 0, '2026-03-01')", 'status = 3'],
];

describe('a change of what belongs to a contract', () => {
  test.each(ROWS)('%s: coming, changing and leaving are told', async (table, insert, update) => {
    await bench.rows("INSERT INTO payment_type (type_id, title) VALUES (1001, 'x') ON CONFLICT DO NOTHING");
    await bench.rows("INSERT INTO billing_parameter (parameter_id, kind, title) VALUES (1, 1, 'x') ON CONFLICT DO NOTHING");
    const contract = await bench.contract();
    const told = [{ contract, deleted: false }];
    expect(await changedBy(() => bench.rows(`INSERT INTO ${table} ${insert}`, [contract]))).toMatchObject(told);
    expect(await changedBy(() => bench.rows(`UPDATE ${table} SET ${update} WHERE contract_id = $1`, [contract]))).toMatchObject(told);
    expect(await changedBy(() => bench.rows(`DELETE FROM ${table} WHERE contract_id = $1`, [contract]))).toMatchObject(told);
    expect(await changedBy(() => bench.rows(`DELETE FROM ${table} WHERE contract_id = $1`, [contract]))).toEqual([]);
  });

  test('every table with rows of contracts is watched, but for logs, which only follow', async () => {
    const tables = await bench.rows<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'contract_id'
       WHERE c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'change_came') ORDER BY 1`,
    );
    const logs = /_log$|_history$|_archive$|^contract_change$/;
    expect(tables.map(({ name }) => name).filter((name) => !logs.test(name))).toEqual([]);
  });

  test('a payment is told once, with the number of its transaction, also for the head that it is booked on', async () => {
    const typeId = await bench.paymentType();
    const head = await bench.contract({ super_id: -1 });
    const member = await bench.contract({ super_id: head });
    const changes = await changedBy(() =>
      bench.write((tx, act) => savePayment(tx, act, { contractId: member, typeId, day: act.today, sum: money('10.00'), comment: '' })),
    );
    expect(changes.map(({ contract }) => contract)).toEqual([head, member]);
    expect(new Set(changes.map(({ number }) => number)).size).toBe(1);
  });

  test('a deleted contract stays in the log, and says so', async () => {
    const contract = await bench.contract();
    expect(await changedBy(() => bench.write((tx, act) => deleteContract(tx, act, contract)))).toMatchObject([{ contract, deleted: true }]);
  });
});

test('what commits late is not passed by: nothing is shown above a transaction that is still open', async () => {
  const [early, late] = [await bench.contract(), await bench.contract()];
  const from = await mark();
  await bench.secondHub().transaction(async (tx) => {
    await run(tx, `UPDATE contract SET comment = 'early' WHERE contract_id = ${early}`);
    await bench.rows(`UPDATE contract SET comment = 'late' WHERE contract_id = ${late}`);
    expect(await shownAbove(from)).toEqual([]);
  });
  const changes = await changesAbove(from);
  expect(changes.map(({ contract }) => contract)).toEqual([early, late]);
});

test('many at once, seen by a reader who asks all the time: none is missed', async () => {
  const contracts = await Promise.all(Array.from({ length: 40 }, () => bench.contract()));
  let last = await mark();
  const seen = new Map<number, string>();
  let done = false;
  const read = async (): Promise<void> => {
    for (const { number, contract } of await shownAbove(last)) {
      const [row] = await bench.rows<{ comment: string }>(`SELECT comment FROM contract WHERE contract_id = ${contract}`);
      seen.set(contract, row?.comment ?? '');
      last = number;
    }
  };
  const reading = (async () => {
    while (!done) await read();
  })();
  await Promise.all(
    contracts.map(async (contract) => {
      for (let round = 1; round <= 5; round += 1)
        await bench.database.transaction(async (tx) => {
          await run(tx, 'UPDATE contract SET comment = $2 WHERE contract_id = $1', [contract, String(round)]);
        });
    }),
  );
  done = true;
  await reading;
  await settled();
  await read();
  expect(contracts.map((contract) => seen.get(contract))).toEqual(contracts.map(() => '5'));
});

test('the place in the order is found by the index', async () => {
  await bench.rows("INSERT INTO contract (title, date_from) SELECT 'many ' || i, '2026-01-01' FROM generate_series(1, 5000) i");
  await bench.rows('ANALYZE contract_change');
  const plan = await bench.rows<{ 'QUERY PLAN': string }>(
    'EXPLAIN SELECT contract_id FROM billing_read.change_log WHERE (change_number, contract_id) > (1000000, 7) ORDER BY change_number, contract_id LIMIT 100',
  );
  const said = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(said).toMatch(/Index .*Scan using contract_change_in_order/);
  expect(said).toMatch(/Index Cond: .*ROW\(.*change_number, .*contract_id\) > ROW/);
});

test('after a restore numbers go on above those that were given out', async () => {
  const contract = await bench.contract();
  const from = await mark();
  // As a dump has it that was taken where transactions had come further.
  await bench.rows(`UPDATE contract_change SET change_number = change_number + 5000000000`);
  expect(await shownAbove(0)).toEqual([]);
  await bench.rows('SELECT billing_change_numbers_ready()');
  const highest = await mark();
  expect(highest).toBeGreaterThanOrEqual(from + 5_000_000_000);
  const [change] = await changedBy(() => bench.rows(`UPDATE contract SET comment = 'x' WHERE contract_id = ${contract}`));
  expect(change).toMatchObject({ contract });
  expect(change?.number).toBeGreaterThan(highest + 900_000_000);
  await bench.rows('SELECT billing_change_numbers_ready()');
  expect((await mark()) - (change?.number ?? 0)).toBe(0);
});
