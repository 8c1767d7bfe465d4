import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accrueDay } from '../accrue-day.ts';
import { renewPlanFees } from '../renew-plan-fees.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';
import { accounts, attach, day, tariff } from './support/fees.ts';

let bench: BillingRest;
let [moduleId, serviceId, planId] = [0, 0, 0];
beforeAll(async () => {
  bench = await openBillingRest();
  moduleId = (await bench.ok('POST', '/modules', { kind: 'npay', title: 'Абонплата' })).id;
  serviceId = (await bench.ok('POST', '/services', { module_id: moduleId, title: 'Интернет' })).id;
  planId = (await bench.ok('POST', '/tariff-plans', { title: 'Дом' })).id;
});
afterAll(() => bench.stop());

const TODAY = '2026-04-11';
const renew = (from: string, more: { after?: number; limit?: number; today?: string } = {}) =>
  renewPlanFees(bench.database, bench.act({ today: day(more.today ?? TODAY) }), {
    ...{ planId, from: day(from) },
    ...{ after: more.after ?? 0, limit: more.limit ?? 1_000 },
  });
async function subscriber(): Promise<number> {
  const id = await bench.contract();
  await attach(bench, id, moduleId);
  await bench.rows("INSERT INTO contract_tariff (contract_id, plan_id, date_from) VALUES ($1, $2, '2026-01-01')", [id, planId]);
  await bench.rows("INSERT INTO service_object (contract_id, service_id, date_from) VALUES ($1, $2, '2026-01-01')", [id, serviceId]);
  return id;
}

describe('a price that is set for the past', () => {
  test('counts in the present month by itself, in those before when they are taken anew, and never in closed ones', async () => {
    await bench.ok('PUT', `/tariff-plans/${planId}/prices`, { prices: [{ service_id: serviceId, unit: 'month', price: '300.00' }] });
    const [first, second] = [await subscriber(), await subscriber()];
    const elsewhere = await bench.contract();
    await attach(bench, elsewhere, moduleId);
    await bench.rows("INSERT INTO service_object (contract_id, service_id, date_from) VALUES ($1, $2, '2026-01-01')", [
      elsewhere,
      serviceId,
    ]);
    expect(await renew('2026-01-01')).toEqual({ contracts: 2, changed: 2, next: null });
    const before = { '2026-01': '300.00', '2026-02': '300.00', '2026-03': '300.00', '2026-04': '100.00' };
    expect(await accounts(bench, first)).toEqual(before);
    await accrueDay(bench.database, bench.act({ today: day(TODAY) }));

    const change = { from: '2026-01-01', prices: [{ service_id: serviceId, unit: 'month', price: '600.00' }] };
    await bench.ok('POST', `/tariff-plans/${planId}/price-changes`, change);
    await accrueDay(bench.database, bench.act({ today: day('2026-04-12') }));
    expect(await accounts(bench, first)).toEqual({ ...before, '2026-04': '220.00' });

    await bench.rows("INSERT INTO closed_date (type_id, day) VALUES (3, '2026-01-31')");
    // In parts, as REST does it; the second time nothing is left to do.
    const part = await renew('2026-01-15', { limit: 1, today: '2026-04-12' });
    expect(part).toEqual({ contracts: 1, changed: 1, next: first });
    expect(await renew('2026-01-15', { after: first, limit: 1, today: '2026-04-12' })).toEqual({ contracts: 1, changed: 1, next: null });
    const after = { '2026-01': '300.00', '2026-02': '600.00', '2026-03': '600.00', '2026-04': '220.00' };
    expect(await accounts(bench, first)).toEqual(after);
    expect(await accounts(bench, second)).toEqual(after);
    expect(await accounts(bench, elsewhere)).toEqual({});
    expect(await renew('2026-01-01', { today: '2026-04-12' })).toEqual({ contracts: 2, changed: 0, next: null });
    const traces = await bench.rows("SELECT after FROM audit WHERE action = 'billing.tariff-plan.renew-fees' ORDER BY id");
    expect(traces.map(({ after: told }) => told)).toEqual([
      { from: '2026-01-01', contracts: 2, changed: 2 },
      { from: '2026-01-01', contracts: 1, changed: 1 },
      { from: '2026-01-01', contracts: 1, changed: 1 },
    ]);
  });

  test('over REST; a day to come and a plan that is not there are refused', async () => {
    const path = `/tariff-plans/${planId}/fee-renewals`;
    const answer = await bench.ok('POST', path, { from: '2026-02-01', limit: 1 });
    expect(answer).toMatchObject({ contracts: 1, changed: 1, next: expect.any(Number) });
    expect(await bench.ok('POST', path, { from: '2026-02-01', after: answer.next })).toMatchObject({ contracts: 1, next: null });
    expect(await bench.refusal('POST', path, { from: '2200-01-01' })).toMatchObject({ status: 400, reason: 'from' });
    expect(await bench.refusal('POST', path, {})).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', '/tariff-plans/999999/fee-renewals', { from: '2026-02-01' })).toMatchObject({
      reason: 'tariff_plan',
    });
    expect(await bench.refusal('POST', path, { from: '2026-02-01' }, { as: 'billing.read+billing.money' })).toMatchObject({ status: 403 });
  });

  test('a contract that was on the plan before the month only is not looked at', async () => {
    const former = await bench.contract();
    await tariff(bench, former, planId, '2026-02-01', '2026-02-28');
    await bench.rows("INSERT INTO service_object (contract_id, service_id, date_from) VALUES ($1, $2, '2026-01-01')", [former, serviceId]);
    expect(await renew('2026-03-01', { after: former - 1 })).toEqual({ contracts: 0, changed: 0, next: null });
    expect(await renew('2026-02-28', { after: former - 1 })).toEqual({ contracts: 1, changed: 1, next: null });
    expect(await accounts(bench, former)).toEqual({ '2026-02': '600.00' });
  });

  test('prices of a closed period are changed only where no contract was charged by them', async () => {
    const closed = { status: 409, code: 'CONFLICT', reason: 'closed_period' };
    const price = (amount: string, from: string) => ({ from, prices: [{ service_id: serviceId, unit: 'month', price: amount }] });
    const path = `/tariff-plans/${planId}/price-changes`;
    const stands = await bench.ok('GET', `/tariff-plans/${planId}/prices`);
    expect(await bench.refusal('POST', path, price('1.00', '2026-01-31'))).toEqual(closed);
    expect(await bench.refusal('PUT', `/tariff-plans/${planId}/prices`, { prices: [] })).toEqual(closed);
    expect(await bench.ok('GET', `/tariff-plans/${planId}/prices`)).toEqual(stands);
    // From the first open day on: the past is the same, however it is written.
    expect((await bench.ok('POST', path, price('700.00', '2026-02-01'))).prices).toMatchObject([
      { price: '300.00', valid_to: '2025-12-31' },
      { price: '600.00', valid_from: '2026-01-01', valid_to: '2026-01-31' },
      { price: '700.00', valid_from: '2026-02-01', valid_to: null },
    ]);
    const fresh = await bench.ok('POST', '/tariff-plans', { title: 'Новый' });
    await bench.ok('POST', `/tariff-plans/${fresh.id}/price-changes`, price('5.00', '2020-01-01'));
    await tariff(bench, await bench.contract(), fresh.id, '2026-02-01');
    expect((await bench.ok('PUT', `/tariff-plans/${fresh.id}/prices`, { prices: [] })).prices).toEqual([]);
  });
});
