import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { attachModules, detachModules } from '../attach-modules.ts';
import { deleteContractService, saveContractService } from '../save-contract-service.ts';
import { deleteContractTariff } from '../save-contract-tariff.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { day, npayModule, object, plan, service, tariff } from './support/fees.ts';

let bench: BillingBench;
let [moduleId, serviceId, contractId] = [0, 0, 0];
beforeAll(async () => {
  bench = await openBilling();
  moduleId = await npayModule(bench);
  serviceId = await service(bench, moduleId);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  contractId = await bench.contract();
  await bench.events();
});

/** Types and data of what was published, all of it about the contract. */
async function news(): Promise<[string, Record<string, unknown>][]> {
  const events = await bench.events();
  for (const { subject, data } of events) {
    expect(subject).toBe(`contract/${contractId}`);
    expect(data).toMatchObject({ contractId, operatorId: 7, protocol: 'rest', requestId: 'r-1' });
  }
  return events.map(({ type, data }) => [type, data]);
}
const audits = async (): Promise<string[]> =>
  (await bench.rows<{ action: string }>('SELECT action FROM audit WHERE object = $1 ORDER BY id', [String(contractId)])).map(
    ({ action }) => action,
  );

test('modules: one event for what really came or went', async () => {
  await bench.write((tx, act) => attachModules(tx, act, contractId, [moduleId]));
  await bench.write((tx, act) => attachModules(tx, act, contractId, [moduleId]));
  await bench.write((tx, act) => detachModules(tx, act, contractId, [moduleId]));
  await bench.write((tx, act) => detachModules(tx, act, contractId, [moduleId]));
  expect(await news()).toMatchObject([
    ['contract.module-changed', { attached: [moduleId], detached: [] }],
    ['contract.module-changed', { attached: [], detached: [moduleId] }],
  ]);
  expect(await audits()).toEqual(['billing.module.attach', 'billing.module.detach']);
});

test('services of a contract', async () => {
  const input = { id: 0, contractId, serviceId, dateFrom: day('2026-03-01'), dateTo: null, comment: '' };
  const id = await bench.write((tx, act) => saveContractService(tx, act, input));
  await bench.write((tx, act) => saveContractService(tx, act, { ...input, id, dateTo: day('2026-03-31') }));
  await bench.write((tx, act) => deleteContractService(tx, act, id));
  const service = { id, serviceId, dateFrom: '2026-03-01' };
  expect(await news()).toMatchObject([
    ['contract.module-changed', { service: { ...service, change: 'created', dateTo: null } }],
    ['contract.module-changed', { service: { ...service, change: 'changed', dateTo: '2026-03-31' } }],
    ['contract.module-changed', { service: { ...service, change: 'deleted' } }],
  ]);
});

test('tariffs and service objects', async () => {
  const planId = await plan(bench, serviceId, '31.00');
  const tariffId = await tariff(bench, contractId, planId, '2026-03-01');
  const objectId = await object(bench, contractId, serviceId, '2026-03-20', { count: 2 });
  await bench.write((tx, act) => deleteContractTariff(tx, act, tariffId));
  expect(await news()).toMatchObject([
    ['contract.tariff-changed', { id: tariffId, tariffPlanId: planId, dateFrom: '2026-03-01', dateTo: null, change: 'created' }],
    ['service-object.changed', { id: objectId, serviceId, count: 2, dateFrom: '2026-03-20', dateTo: null, change: 'created' }],
    ['contract.tariff-changed', { id: tariffId, change: 'deleted' }],
  ]);
  expect(await audits()).toEqual(['billing.contract-tariff.create', 'billing.service-object.create', 'billing.contract-tariff.delete']);
});

test('what is refused leaves no event', async () => {
  await bench.write((tx, act) => attachModules(tx, act, contractId, [moduleId]));
  await object(bench, contractId, serviceId, '2026-03-01');
  await bench.events();
  expect(await bench.refused((tx, act) => detachModules(tx, act, contractId, [moduleId]))).toMatchObject({ reason: 'open_objects' });
  expect(await bench.refused((tx, act) => attachModules(tx, act, contractId, [moduleId, 999_999]))).toMatchObject({ reason: 'module' });
  expect(await bench.refused((tx, act) => attachModules(tx, act, contractId, []))).toMatchObject({ code: 'BAD_REQUEST' });
  expect(await news()).toEqual([]);
});
