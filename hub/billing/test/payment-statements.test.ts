import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditAndPublish } from '../../core/identity/audit.ts';
import { CLOSED_KINDS } from '../closed-dates.ts';
import { money } from '../money.ts';
import { type PaymentInput, savePayment } from '../save-payment.ts';
import { setClosedDate } from '../set-closed-date.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

/** What a new payment asks of the database: few statements, which write all of it or nothing. */
let bench: BillingBench;
let typeId: number;
beforeAll(async () => {
  bench = await openBilling();
  typeId = await bench.paymentType();
});
beforeEach(() => bench.events());
afterAll(() => bench.stop());

/** Stores a payment; answers the statements by name. */
async function statementsOf(input: PaymentInput): Promise<string[]> {
  const names: string[] = [];
  await bench.write(async (tx, act) => {
    const query: typeof tx.query = (one) => {
      names.push(String(one.name));
      return tx.query(one);
    };
    await savePayment({ ...tx, query }, act, input);
  });
  return names;
}

const counted = async (contractId: number) =>
  (
    await bench.rows<{ payments: number; months: number; audited: number; events: number }>(
      `SELECT (SELECT count(*) FROM contract_payment WHERE contract_id = $1) AS payments, (SELECT count(*) FROM contract_balance WHERE contract_id = $1) AS months,
         (SELECT count(*) FROM audit WHERE object = $1::text) AS audited, (SELECT count(*) FROM event WHERE subject = 'contract/' || $1) AS events`,
      [contractId],
    )
  )[0];

test('a payment is three statements: the lock, everything that is stored, everything that is told', async () => {
  const contractId = await bench.contract();
  const told = ['billing.lockPayer', 'billing.payment.create', 'identity.insertAuditAndEvents'];
  for (let time = 0; time < 2; time += 1) expect(await statementsOf({ contractId, typeId, sum: money('10.00') })).toEqual(told);
  expect(await counted(contractId)).toEqual({ payments: 2, months: 1, audited: 2, events: 2 });
});

test('a split one needs the members besides, whatever their number; its rows and events are in their order', async () => {
  const head = await bench.contract({ super_id: -1 });
  const members = [
    await bench.contract({ super_id: head }),
    await bench.contract({ super_id: head }),
    await bench.contract({ super_id: head }),
  ];
  const parts = [head, ...members].reverse().map((member, at) => `${member}:${at + 1}.00`);
  const names = await statementsOf({ contractId: head, typeId, sum: money('10.00'), distribution: parts.join(',') });
  expect(names).toEqual(['billing.lockPayer', 'billing.members', 'billing.payment.create', 'identity.insertAuditAndEvents']);
  const stored = await bench.rows<{ contractId: number; id: number; sum: string }>(
    `SELECT contract_id AS "contractId", payment_id AS id, sum FROM contract_payment WHERE contract_id = ANY ($1::int[]) ORDER BY payment_id`,
    [[head, ...members]],
  );
  expect(stored.map(({ contractId, sum }) => `${contractId}:${sum}`)).toEqual(parts);
  const events = await bench.events();
  expect(events.map(({ data }) => [data.contractId, data.id, data.amount])).toEqual(
    stored.map(({ contractId, id, sum }) => [contractId, id, sum]),
  );
  for (const { data } of events) expect(data.balanceAfter).toBe('10.00');
});

test.each([
  ['that is a class', { is_class: true }, 'type_is_class'],
  ['that is not used by hand', { editable: false }, 'type_not_editable'],
])('of a type %s nothing is written', async (_, columns, reason) => {
  const contractId = await bench.contract();
  const input = { contractId, typeId: await bench.paymentType(columns), sum: money('10.00') };
  expect(await bench.refused((tx, act) => savePayment(tx, act, input))).toMatchObject({ code: 'CONFLICT', reason });
  expect(await counted(contractId)).toEqual({ payments: 0, months: 0, audited: 0, events: 0 });
});

test('what a module of the server pays may be of a type that is not used by hand', async () => {
  const contractId = await bench.contract();
  await statementsOf({ contractId, typeId: await bench.paymentType({ editable: false }), sum: money('10.00'), byHand: false });
  expect(await counted(contractId)).toEqual({ payments: 1, months: 1, audited: 1, events: 1 });
});

test('the last closed day is closed, the day after is open', async () => {
  const contractId = await bench.contract();
  const closed = bench.today.subtract({ days: 10 });
  await bench.write((tx, act) => setClosedDate(tx, act, CLOSED_KINDS.payments, closed));
  const on = (day: Temporal.PlainDate) => ({ contractId, typeId, day, sum: money('10.00') });
  expect(await bench.refused((tx, act) => savePayment(tx, act, on(closed)))).toMatchObject({ code: 'CONFLICT', reason: 'closed_period' });
  expect(await counted(contractId)).toEqual({ payments: 0, months: 0, audited: 0, events: 0 });
  await statementsOf(on(closed.add({ days: 1 })));
  expect(await counted(contractId)).toEqual({ payments: 1, months: 1, audited: 1, events: 1 });
  await bench.write((tx, act) => setClosedDate(tx, act, CLOSED_KINDS.payments, undefined));
});

test('a debt that ends is told after the payment that ended it', async () => {
  const contractId = await bench.contract({ balance_limit: '5.00' });
  await statementsOf({ contractId, typeId, sum: money('4.00') });
  await statementsOf({ contractId, typeId, sum: money('1.00') });
  const events = await bench.events();
  expect(events.map(({ type, data }) => [type, data.balanceAfter ?? data.balance])).toEqual([
    ['payment.created', '4.00'],
    ['payment.created', '5.00'],
    ['balance.restored', '5.00'],
  ]);
});

test('a payment of a month to come moves that month and not the present balance', async () => {
  const contractId = await bench.contract({ balance_limit: '5.00' });
  await statementsOf({ contractId, typeId, day: bench.today.add({ months: 1 }), sum: money('100.00') });
  expect((await bench.events()).map(({ type, data }) => [type, data.balanceAfter])).toEqual([['payment.created', '0.00']]);
  await statementsOf({ contractId, typeId, sum: money('1.00') });
  expect(
    await bench.rows('SELECT month::text, incoming, payments FROM contract_balance WHERE contract_id = $1 ORDER BY month', [contractId]),
  ).toEqual([
    { month: '2026-03-01', incoming: '0.00', payments: '1.00' },
    { month: '2026-04-01', incoming: '1.00', payments: '100.00' },
  ]);
});

test('auditing and publishing at once stores the same as one after the other, odd texts included', async () => {
  const entry = {
    action: 'billing.test.add',
    object: 'odd "one", {\\}',
    before: { text: 'a,"b"\\' },
    after: { text: null },
    reason: 'because',
  };
  const data = { text: 'x\0y "z" \\', deep: [{ half: '\udfff' }] };
  await bench.write((tx, act) =>
    auditAndPublish(tx, act.caller, [entry, { action: 'billing.test.drop', object: '2' }], [{ type: 'vestnik.billing.test.done', data }]),
  );
  const audited = await bench.rows(
    `SELECT login, face, address, request_id, action, object, before, after, reason FROM audit WHERE action LIKE 'billing.test.%' ORDER BY id`,
  );
  const who = { login: 'alice', face: 'rest', address: '192.0.2.7', request_id: 'r-1' };
  expect(audited).toEqual([
    { ...who, ...entry },
    { ...who, action: 'billing.test.drop', object: '2', before: null, after: null, reason: null },
  ]);
  expect(await bench.events()).toEqual([
    { type: 'test.done', subject: null, data: { text: 'x\ufffdy "z" \\', deep: [{ half: '\ufffd' }] } },
  ]);
});
