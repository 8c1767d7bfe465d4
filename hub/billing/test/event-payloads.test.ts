import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachModules } from '../attach-modules.ts';
import { changeContract } from '../change-contract.ts';
import { changeStatus } from '../change-status.ts';
import { createContract } from '../create-contract.ts';
import { deleteCharge } from '../delete-charge.ts';
import { deleteContract } from '../delete-contract.ts';
import { deletePayment } from '../delete-payment.ts';
import { markContract } from '../mark-contract.ts';
import { money } from '../money.ts';
import { saveCharge } from '../save-charge.ts';
import { savePayment } from '../save-payment.ts';
import { setContractLimit, setTemporaryLimit } from '../set-limit.ts';
import { setParameter } from '../set-parameter.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { npayModule, object, plan, service, tariff } from './support/fees.ts';

/** What the events of the specification carry (spec 2.13): programs outside are told of them by name. */
let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const COMMON = ['contractId', 'contractTitle', 'contractGroups', 'contractDomainId', 'operatorId', 'protocol', 'requestId'];
const MONEY = [...['timestamp', 'id', 'typeId', 'typeTitle', 'userId', 'date', 'amount', 'description', 'externalId', 'balanceAfter']];
const RECORD = ['title', 'patternId', 'dateFrom', 'dateTo'];
const PAYLOADS: Readonly<Record<string, readonly string[]>> = {
  'payment.created': MONEY,
  'payment.changed': [...MONEY, 'before'],
  'payment.deleted': MONEY,
  'charge.created': MONEY,
  'charge.changed': [...MONEY, 'before'],
  'charge.deleted': MONEY,
  'balance.below-limit': ['balance', 'limit', 'mode'],
  'balance.restored': ['balance', 'limit', 'mode'],
  'contract.created': RECORD,
  'contract.changed': [...RECORD, 'changed'],
  'contract.closed': [...RECORD, 'changed'],
  'contract.deleted': RECORD,
  'contract.status-changed': ['status', 'statusTitle', 'former', 'dateFrom', 'dateTo', 'reason', 'paymentId'],
  'contract.parameter-changed': ['parameterId', 'kind', 'value', 'former'],
  'contract.limit-changed': ['limit', 'former', 'until'],
  'contract.tariff-changed': ['id', 'tariffPlanId', 'dateFrom', 'dateTo', 'change'],
  'contract.module-changed': ['attached', 'detached'],
  'contract.group-changed': ['groupId', 'added', 'groups', 'former'],
  'service-object.changed': ['id', 'serviceId', 'count', 'dateFrom', 'dateTo', 'change'],
};

/** One contract from its creation to its deletion, by a pattern with a group and a domain. */
async function liveThrough(): Promise<number> {
  const [payment, charge] = [await bench.paymentType(), await bench.chargeType()];
  const moduleId = await npayModule(bench, { manage: true });
  const another = await npayModule(bench);
  const serviceId = await service(bench, moduleId);
  const [row] = await bench.rows<{ pattern: number; parameter: number }>(
    `WITH marks AS (INSERT INTO billing_group (group_id, title) VALUES (3, 'VIP'), (5, 'Office')),
       place AS (INSERT INTO billing_domain (title) VALUES ('North') RETURNING domain_id),
       text AS (INSERT INTO billing_parameter (title, kind) VALUES ('Name', 1) RETURNING parameter_id)
     INSERT INTO contract_pattern (title, number_mask, groups, modules, mode, domain_id)
     SELECT 'Subscribers', 'C-NNNNN', 8, ARRAY[$1::int], 1, domain_id FROM place
     RETURNING pattern_id AS pattern, (SELECT parameter_id FROM text) AS parameter`,
    [moduleId],
  );
  const { id } = await bench.write((tx, act) => createContract(tx, act, { patternId: row?.pattern ?? 0 }));
  const save = { contractId: id, comment: 'why' };
  const chargeId = await bench.write((tx, act) => saveCharge(tx, act, { ...save, typeId: charge, sum: money('10.00') }));
  await bench.write((tx, act) => saveCharge(tx, act, { id: chargeId, contractId: id, sum: money('12.00') }));
  const paid = await bench.write((tx, act) => savePayment(tx, act, { ...save, typeId: payment, sum: money('12.00') }));
  const paymentId = paid.ids[0] ?? 0;
  await bench.write((tx, act) => savePayment(tx, act, { id: paymentId, contractId: id, sum: money('13.00') }));
  await bench.write((tx, act) => setContractLimit(tx, act, id, money('-5.00')));
  await bench.write((tx, act) => setTemporaryLimit(tx, act, id, money('-9.00'), 3));
  await bench.write((tx, act) => setParameter(tx, act, id, row?.parameter ?? 0, { kind: 1, text: 'Smith' }));
  await bench.write((tx, act) => markContract(tx, act, id, 5, true));
  await tariff(bench, id, await plan(bench, serviceId, '1.00'), '2026-03-01');
  const objectId = await object(bench, id, serviceId, '2026-03-01');
  await object(bench, id, serviceId, '2026-03-01', { id: objectId, to: '2026-03-02' });
  const closing = { status: 4, dateFrom: bench.today, dateTo: null, comment: '' };
  await bench.write((tx, act) => changeStatus(tx, act, id, closing, { reason: 'manual' }));
  await bench.write((tx, act) => attachModules(tx, act, id, [another]));
  await bench.write((tx, act) => changeContract(tx, act, id, { comment: 'moved' }));
  await bench.write((tx, act) => changeContract(tx, act, id, { dateTo: bench.today }));
  await bench.write((tx, act) => deletePayment(tx, act, { id: paymentId }));
  await bench.write((tx, act) => deleteCharge(tx, act, { id: chargeId }));
  await bench.write((tx, act) => deleteContract(tx, act, id));
  return id;
}

test('every type of event of a contract carries what is promised of it, and whose contract it is', async () => {
  const id = await liveThrough();
  const events = await bench.events();
  expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(Object.keys(PAYLOADS).sort());
  let groups = '8';
  for (const { type, subject, data } of events) {
    if (type === 'contract.group-changed') groups = '40';
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
