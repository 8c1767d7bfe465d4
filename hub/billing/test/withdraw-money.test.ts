import { afterAll, beforeAll, expect, test } from 'vitest';
import { money } from '../money.ts';
import { moveBalance } from '../move-balance.ts';
import { saveCharge } from '../save-charge.ts';
import { savePayment } from '../save-payment.ts';
import { withdrawMoney } from '../withdraw-money.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const balances = (contract: number) =>
  bench.rows('SELECT month::text, incoming, payments, accounts, charges FROM contract_balance WHERE contract_id = $1 ORDER BY month', [
    contract,
  ]);

test('what a dependent member has leaves the balance of its head; the head’s own and that of others stays', async () => {
  const [typeId, chargeType] = [await bench.paymentType(), await bench.chargeType()];
  const head = await bench.contract({ super_id: -1 });
  const [leaving, staying] = [await bench.contract({ super_id: head }), await bench.contract({ super_id: head })];
  const pay = (contractId: number, sum: string, on: string) =>
    bench.write((tx, act) => savePayment(tx, act, { contractId, typeId, sum: money(sum), day: day(on) }));
  await pay(head, '100', '2026-02-10');
  await pay(staying, '7', '2026-03-01');
  const before = await balances(head);
  await pay(leaving, '11', '2026-01-31');
  await pay(leaving, '22', '2026-02-28');
  await bench.write((tx, act) =>
    saveCharge(tx, act, { contractId: leaving, typeId: chargeType, sum: money('500'), day: day('2026-03-02') }),
  );
  await bench.rows('INSERT INTO contract_account (contract_id, month, service_id, sum, until) VALUES ($1, $2, 1, 5, $2)', [
    leaving,
    day('2026-04-01'),
  ]);
  await bench.write((tx) => moveBalance(tx, head, day('2026-04-01'), { accounts: money('5') }));
  await bench.events();
  await bench.write((tx, act) => withdrawMoney(tx, act, leaving));
  expect(await balances(head)).toEqual(before);
  expect(await bench.events()).toMatchObject([{ type: 'balance.restored', subject: `contract/${head}`, data: { balance: '107.00' } }]);
});

test('a contract whose money is its own keeps it', async () => {
  const typeId = await bench.paymentType();
  const head = await bench.contract({ super_id: -1 });
  const independent = await bench.contract({ super_id: head, sub_mode: 1 });
  await bench.write((tx, act) => savePayment(tx, act, { contractId: independent, typeId, sum: money('3') }));
  const before = await balances(independent);
  await bench.write((tx, act) => withdrawMoney(tx, act, independent));
  expect(await balances(independent)).toEqual(before);
  expect(await balances(head)).toEqual([]);
});
