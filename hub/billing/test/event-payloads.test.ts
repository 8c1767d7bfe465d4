import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachModules } from '../attach-modules.ts';
import { money } from '../money.ts';
import { saveCharge } from '../save-charge.ts';
import { savePayment } from '../save-payment.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { npayModule } from './support/fees.ts';
import { liveThrough } from './support/live-through.ts';

/** What the events of the specification carry (spec 2.13): programs outside are told of them by name. */
let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const COMMON = ['contractId', 'contractTitle', 'contractGroups', 'contractDomainId', 'operatorId', 'protocol', 'requestId'];
const MONEY = [...['timestamp', 'id', 'typeId', 'typeTitle', 'userId', 'date', 'amount', 'description', 'externalId', 'balanceAfter']];
const RESERVE = ['timestamp', 'id', 'typeId', 'typeTitle', 'userId', 'amount', 'dateFrom', 'dateTo', 'description'];
const RECORD = ['title', 'patternId', 'dateFrom', 'dateTo'];
const PAYLOADS: Readonly<Record<string, readonly string[]>> = {
  'payment.created': MONEY,
  'payment.changed': [...MONEY, 'before'],
  'payment.deleted': MONEY,
  'charge.created': MONEY,
  'charge.changed': [...MONEY, 'before'],
  'charge.deleted': MONEY,
  'reserve.created': RESERVE,
  'reserve.changed': [...RESERVE, 'before'],
  'reserve.closed': [...RESERVE, 'closedOn'],
  'balance.below-limit': ['balance', 'limit', 'mode'],
  'balance.restored': ['balance', 'limit', 'mode'],
  'contract.created': RECORD,
  'contract.changed': [...RECORD, 'changed'],
  'contract.closed': [...RECORD, 'changed'],
  'contract.deleted': RECORD,
  'contract.status-changed': ['status', 'statusTitle', 'former', 'dateFrom', 'dateTo', 'reason', 'paymentId'],
  'contract.parameter-changed': ['parameterId', 'kind', 'value', 'former'],
  'contract.limit-changed': ['limit', 'former', 'until'],
  'contract.tariff-changed': ['id', 'change'],
  'contract.module-changed': ['attached', 'detached'],
  'contract.group-changed': ['added'],
  'service-object.changed': ['id', 'serviceId', 'count', 'dateFrom', 'dateTo', 'change'],
};

test('every type of event of a contract carries what is promised of it, and whose contract it is', async () => {
  const id = await liveThrough(bench);
  const events = await bench.events();
  expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(Object.keys(PAYLOADS).sort());
  let groups = '8';
  for (const { type, subject, data } of events) {
    if (data.groupId === 5) {
      groups = '40';
      expect(data).toMatchObject({ added: true, groups, former: '8' });
    }
    expect(Object.keys(data), type).toEqual(expect.arrayContaining([...COMMON, ...(PAYLOADS[type] ?? [])]));
    expect(subject, type).toBe(`contract/${id}`);
    expect(data, type).toMatchObject({
      ...{ contractId: id, contractTitle: 'C-00001', contractGroups: groups, contractDomainId: 1 },
      ...{ operatorId: 7, protocol: 'rest', requestId: 'r-1' },
    });
    expect(JSON.stringify(data), type).not.toMatch(/password/i);
  }
  const amounts = events.flatMap(({ data }) => [data.amount, data.balanceAfter, data.balance].filter((value) => value !== undefined));
  expect(amounts.length).toBeGreaterThan(10);
  for (const amount of amounts) expect(amount).toMatch(/^-?\d+\.\d\d$/);
});

test('the payment that unlocks is told before the status that it changed, with its number', async () => {
  const type = await bench.paymentType();
  const chargeType = await bench.chargeType();
  const moduleId = await npayModule(bench, { manage: true });
  const contractId = await bench.contract({ mode: 1 });
  await bench.write((tx, act) => attachModules(tx, act, contractId, [moduleId]));
  await bench.write((tx, act) => saveCharge(tx, act, { contractId, typeId: chargeType, sum: money('10.00') }));
  await bench.events();
  const { ids } = await bench.write((tx, act) => savePayment(tx, act, { contractId, typeId: type, sum: money('10.00') }));
  expect((await bench.events()).map(({ type: name, data }) => [name, data.paymentId ?? null, data.reason ?? null])).toEqual([
    ['payment.created', null, null],
    ['balance.restored', null, null],
    ['contract.status-changed', ids[0], 'payment'],
  ]);
});
