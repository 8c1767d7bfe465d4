import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../core/database/database.ts';
import { deletePayment } from '../delete-payment.ts';
import { money, moneyText } from '../money.ts';
import { monthBalance, outgoingOf } from '../move-balance.ts';
import { saveCharge } from '../save-charge.ts';
import { savePayment } from '../save-payment.ts';
import { setClosedDate } from '../set-closed-date.ts';
import { createTurns } from '../turns.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
let second: Database;
let type: number;
beforeAll(async () => {
  bench = await openBilling(10);
  second = bench.secondHub(10);
  type = await bench.paymentType();
});
afterAll(() => bench.stop());

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const pay = (database: Database, contractId: number, kopecks: bigint, on = bench.today): Promise<unknown> =>
  database.transaction((tx) => savePayment(tx, bench.act(), { contractId, typeId: type, sum: kopecks, day: on }));
const balance = async (contract: number): Promise<string> =>
  moneyText(outgoingOf(await monthBalance(bench.database.work, contract, bench.today)));

test('1,000 payments on one contract at the very same time over two hubs are all there; the balance is exact', async () => {
  const contract = await bench.contract();
  const months = ['2026-01-31', '2026-02-28', '2026-03-15'].map(day);
  const hubs = [bench.database, second].map((database) => ({ database, turns: createTurns(60_000) }));
  const payments = Array.from({ length: 1_000 }, (_, at) => {
    const hub = hubs[at % 2];
    return hub?.turns.take(contract, () => pay(hub.database, contract, BigInt(at + 1), months[at % 3]));
  });
  await Promise.all(payments);
  expect(await balance(contract)).toBe('5005.00');
  const [rows] = await bench.rows('SELECT count(*), sum(sum) FROM contract_payment WHERE contract_id = $1', [contract]);
  expect(rows).toEqual({ count: 1_000, sum: '5005.00' });
  const events = (await bench.events()).filter(({ data }) => data.contractId === contract);
  expect(new Set(events.map(({ data }) => data.id)).size).toBe(1_000);
  // In the order of commits: each tells the balance that the one before left.
  const running = events.map(({ data }) => money(data.balanceAfter));
  expect(running).toEqual(running.toSorted((a, b) => (a < b ? -1 : 1)));
}, 60_000);

test('payments of dependent members, charges and deletions meet on their head without a lock in a circle', async () => {
  const head = await bench.contract({ super_id: -1 });
  const members = [await bench.contract({ super_id: head }), await bench.contract({ super_id: head })];
  const chargeType = await bench.chargeType();
  const work = Array.from({ length: 120 }, (_, at) => {
    const database = at % 2 ? second : bench.database;
    const contractId = [head, ...members][at % 3] ?? head;
    if (at % 4 === 0) return database.transaction((tx) => saveCharge(tx, bench.act(), { contractId, typeId: chargeType, sum: 1n }));
    if (at % 4 === 1)
      return database.transaction(async (tx) => {
        const { ids } = await savePayment(tx, bench.act(), { contractId, typeId: type, sum: 500n });
        await deletePayment(tx, bench.act(), { id: ids[0] ?? 0 });
      });
    return pay(database, contractId, 2n);
  });
  await Promise.all(work);
  expect(await balance(head)).toBe('0.90');
  for (const member of members) expect(await bench.rows('SELECT 1 FROM contract_balance WHERE contract_id = $1', [member])).toEqual([]);
});

test('a period is closed after the payments under way, and before those that come later', async () => {
  const contract = await bench.contract();
  const on = day('2026-01-10');
  const { promise: paid, resolve: hasPaid } = Promise.withResolvers<void>();
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const underWay = second.transaction(async (tx) => {
    await savePayment(tx, bench.act(), { contractId: contract, typeId: type, sum: 100n, day: on });
    hasPaid();
    await mayEnd;
  });
  await paid;
  let closed = false;
  const closing = bench
    .write((tx, act) => setClosedDate(tx, act, 0, on))
    .then(() => {
      closed = true;
    });
  const waiting = async (): Promise<number> =>
    (await bench.rows<{ count: number }>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))[0]?.count ?? 0;
  await expect.poll(waiting).toBe(1);
  const later = pay(bench.database, contract, 200n, on);
  later.catch(() => undefined);
  await expect.poll(waiting).toBe(2);
  expect(closed).toBe(false);
  end();
  await underWay;
  await closing;
  await expect(later).rejects.toMatchObject({ code: 'CONFLICT', reason: 'closed_period' });
  expect(await balance(contract)).toBe('1.00');
});
