import { afterAll, beforeAll, expect, test } from 'vitest';
import { measureChannel } from '../../core/telemetry/channels.ts';
import { changeStatus } from '../change-status.ts';
import { money, moneyText } from '../money.ts';
import { type Outcome, previewOutcome, type Standing } from '../preview-outcome.ts';
import { saveCharge } from '../save-charge.ts';
import { savePayment } from '../save-payment.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { attach, npayModule, object, plan, service, tariff } from './support/fees.ts';

let bench: BillingBench;
let typeId: number;
beforeAll(async () => {
  bench = await openBilling();
  typeId = await bench.paymentType();
});
afterAll(() => bench.stop());

const preview = (contractId: number, sum: string): Promise<Outcome> =>
  previewOutcome(bench.database, bench.act(), contractId, (tx, act) => savePayment(tx, act, { contractId, typeId, sum: money(sum) }));
const show = ({ figures, limit, inDebt, status }: Standing) => [moneyText(figures.outgoing), moneyText(limit), inDebt, status];

test('says what a payment would do, and nothing of it is stored or told', async () => {
  const contract = await bench.contract({ balance_limit: '-5' });
  const chargeType = await bench.chargeType();
  await bench.write((tx, act) => saveCharge(tx, act, { contractId: contract, typeId: chargeType, sum: money('10') }));
  await bench.events();
  const { before, after } = await preview(contract, '25');
  expect([show(before), show(after)]).toEqual([
    ['-10.00', '-5.00', true, 0],
    ['15.00', '-5.00', false, 0],
  ]);
  expect(show((await preview(contract, '1')).before)).toEqual(['-10.00', '-5.00', true, 0]);
  expect(await bench.events()).toEqual([]);
  for (const table of ['contract_payment', "audit WHERE action = 'billing.payment.add'"])
    expect(await bench.rows(`SELECT 1 FROM ${table}`)).toEqual([]);
});

test('says whether a payment would unlock, and the fee that this would take', async () => {
  const module = await npayModule(bench, { manage: true });
  const contract = await bench.contract({ mode: 1 });
  await attach(bench, contract, module);
  const serviceId = await service(bench, module);
  await tariff(bench, contract, await plan(bench, serviceId, '310.00'), '2026-01-01');
  await bench.write((tx, act) =>
    changeStatus(tx, act, contract, { status: 3, dateFrom: act.today, dateTo: null, comment: '' }, { reason: 'manual' }),
  );
  await object(bench, contract, serviceId, '2026-03-15');
  const counted: unknown[] = [];
  const count = (measurement: unknown): void => void counted.push(measurement);
  measureChannel.subscribe(count);
  // 17 of 31 days are left: 170.00.
  const enough = await preview(contract, '170.00');
  expect([enough.before.status, enough.after.status]).toEqual([3, 0]);
  expect(moneyText(enough.after.figures.accounts - enough.before.figures.accounts)).toBe('170.00');
  expect(moneyText(enough.after.figures.outgoing)).toBe('0.00');
  const short = await preview(contract, '169.99');
  expect(short.after.status).toBe(3);
  expect(await bench.rows('SELECT 1 FROM contract WHERE contract_id = $1 AND status = 3', [contract])).toHaveLength(1);
  // Only what happens is counted.
  const unlocked = expect.objectContaining({ labels: { reaction: 'unlocked' } });
  expect(counted).not.toContainEqual(unlocked);
  await bench.write((tx, act) => savePayment(tx, act, { contractId: contract, typeId, sum: money('170') }));
  expect(counted).toContainEqual(unlocked);
  measureChannel.unsubscribe(count);
});

test('is refused as the change itself would be', async () => {
  const contract = await bench.contract();
  const act = bench.act();
  const wrong = previewOutcome(bench.database, act, contract, (tx) =>
    savePayment(tx, act, { contractId: contract, typeId: 999_999, sum: 1n }),
  );
  await expect(wrong).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'type' });
  await expect(preview(999_999, '1')).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'contract' });
});
