import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accrueDay } from '../accrue-day.ts';
import { setTariffPrices } from '../set-tariff-prices.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';
import { accounts, attach, day, tariff } from './support/fees.ts';

let bench: BillingRest;
let [serviceId, otherId] = [0, 0];
beforeAll(async () => {
  bench = await openBillingRest();
  await bench.rows("INSERT INTO billing_group (group_id, title) VALUES (1, 'Частные'), (2, 'Фирмы')");
  const { id } = await bench.ok('POST', '/modules', { kind: 'npay', title: 'Абонплата' });
  serviceId = (await bench.ok('POST', '/services', { module_id: id, title: 'Интернет' })).id;
  otherId = (await bench.ok('POST', '/services', { module_id: id, title: 'ТВ' })).id;
});
afterAll(() => bench.stop());

const etag = (version: number) => ({ headers: { 'if-match': `"${version}"` } });
const price = (amount: string, from: string | null = null, to: string | null = null, service = serviceId) => ({
  ...{ service_id: service, unit: 'month', price: amount },
  ...{ valid_from: from, valid_to: to },
});
const newPlan = async (title: string): Promise<number> => (await bench.ok('POST', '/tariff-plans', { title })).id;

describe('tariff plans', () => {
  test('a plan with all its fields, changed for a version, listed by group and use', async () => {
    const whole = {
      title: 'Дом 100',
      title_web: 'Сто',
      use_title_in_web: true,
      used: false,
      person_type: 'company',
      groups: [1, 2],
      title_mask: 'Д.*',
      config: 'a=1\nb=2',
    };
    const plan = await bench.ok('POST', '/tariff-plans', whole);
    expect(plan).toEqual({ ...whole, id: plan.id, version: 1 });
    const changed = await bench.call('PATCH', `/tariff-plans/${plan.id}`, { person_type: 'any', used: true }, etag(1));
    expect(changed.json).toEqual({ ...whole, id: plan.id, person_type: 'any', used: true, version: 2 });
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(await bench.refusal('PATCH', `/tariff-plans/${plan.id}`, { used: false }, etag(1))).toMatchObject({ status: 412 });
    expect(await bench.refusal('PATCH', `/tariff-plans/${plan.id}`, { used: false }, { headers: { 'if-match': 'x' } })).toMatchObject({
      reason: 'if_match',
    });
    await newPlan('Другой');
    const { items } = await bench.ok('GET', '/tariff-plans?group=2&used=true');
    const { config: _, ...listed } = changed.json;
    expect(items).toEqual([listed]);
    expect((await bench.ok('GET', '/tariff-plans?group=0')).items).toEqual([]);
  });

  test('who needs a plan keeps it', async () => {
    const id = await newPlan('Нужный');
    await tariff(bench, await bench.contract({ title: 'Т-77' }), id, '2026-01-01');
    const group = await bench.ok('POST', '/tariff-groups', { title: 'Домашние', plans: [{ plan_id: id }] });
    const option = await bench.ok('POST', '/tariff-options', { title: 'К нужному', tariffs: [id] });
    const { status, json } = await bench.call('DELETE', `/tariff-plans/${id}`);
    expect({ status, reason: json.reason }).toEqual({ status: 409, reason: 'tariff_plan_held' });
    expect(json.detail).toBe(`tariff plan ${id} is needed by contract «Т-77», tariff group «Домашние», tariff option «К нужному»`);
    await bench.ok('DELETE', `/tariff-groups/${group.id}`);
    await bench.ok('DELETE', `/tariff-options/${option.id}`);
    await bench.rows('DELETE FROM contract_tariff');
    expect((await bench.call('DELETE', `/tariff-plans/${id}`)).status).toBe(204);
  });
});

describe('prices', () => {
  test('a list is put in place of the former one and raises the version of the plan', async () => {
    const id = await newPlan('Цены');
    const empty = await bench.call('GET', `/tariff-plans/${id}/prices`);
    expect(empty.json).toEqual({ plan_id: id, prices: [], version: 1 });
    const list = [price('100.00', null, '2026-05-31'), price('120.50', '2026-06-01'), price('7.00', null, null, otherId)];
    const put = await bench.call('PUT', `/tariff-plans/${id}/prices`, { prices: list.toReversed() }, etag(1));
    expect(put.json).toEqual({ plan_id: id, prices: list, version: 2 });
    expect(put.headers.get('etag')).toBe('"2"');
    expect((await bench.ok('GET', `/tariff-plans/${id}/prices?on=2026-06-01`)).prices).toEqual([list[1], list[2]]);
    expect(await bench.refusal('PUT', `/tariff-plans/${id}/prices`, { prices: [], version: 1 })).toMatchObject({ status: 412 });
    // What changes nothing raises nothing.
    expect((await bench.ok('PUT', `/tariff-plans/${id}/prices`, { prices: list })).version).toBe(2);
    const [trace] = await bench.rows(
      "SELECT before, after FROM audit WHERE action = 'billing.tariff-plan.prices' ORDER BY id DESC LIMIT 1",
    );
    expect(trace).toEqual({
      before: { prices: [] },
      after: { prices: [`${otherId} month 7.00 ..`, `${serviceId} month 120.50 2026-06-01..`, `${serviceId} month 100.00 ..2026-05-31`] },
    });
    expect((await bench.ok('PUT', `/tariff-plans/${id}/prices`, { prices: [] })).prices).toEqual([]);
  });

  test('other prices from a day on leave the past alone', async () => {
    const id = await newPlan('Новый год');
    await bench.ok('PUT', `/tariff-plans/${id}/prices`, { prices: [price('100.00'), price('5.00', null, null, otherId)] });
    const change = { from: '2027-01-01', prices: [{ service_id: serviceId, unit: 'month', price: '110.00' }] };
    const changed = await bench.call('POST', `/tariff-plans/${id}/price-changes`, change, etag(2));
    expect(changed.status).toBe(200);
    expect(changed.json).toEqual({
      plan_id: id,
      prices: [price('100.00', null, '2026-12-31'), price('110.00', '2027-01-01'), price('5.00', null, null, otherId)],
      version: 3,
    });
    // Sent again, it changes nothing; for the version that was read before, it is refused.
    expect((await bench.ok('POST', `/tariff-plans/${id}/price-changes`, change)).version).toBe(3);
    expect(await bench.refusal('POST', `/tariff-plans/${id}/price-changes`, change, etag(2))).toMatchObject({ code: 'STALE_VERSION' });
  });

  test('fees follow with the accrual of the day', async () => {
    const id = await newPlan('Апрель');
    await bench.ok('PUT', `/tariff-plans/${id}/prices`, { prices: [price('300.00')] });
    const [module] = await bench.rows<{ id: number }>('SELECT module_id AS id FROM billing_service WHERE service_id = $1', [serviceId]);
    const contract = await bench.contract();
    await attach(bench, contract, module?.id ?? 0);
    await tariff(bench, contract, id, '2026-01-01');
    await bench.rows("INSERT INTO service_object (contract_id, service_id, date_from) VALUES ($1, $2, '2026-04-01')", [
      contract,
      serviceId,
    ]);
    const accrue = (today: string) => accrueDay(bench.database, bench.act({ today: day(today) }));
    await accrue('2026-04-11');
    expect(await accounts(bench, contract)).toEqual({ '2026-04': '100.00' });
    const news = { from: '2026-04-16', prices: [{ service_id: serviceId, unit: 'month', price: '600.00' }] };
    await bench.ok('POST', `/tariff-plans/${id}/price-changes`, news);
    await accrue('2026-05-01');
    expect(await accounts(bench, contract)).toEqual({ '2026-04': '450.00' });
  });

  test.each([
    ['a service that is not there', () => [price('1', null, null, 999_999)], 400, 'prices'],
    ['a price below zero', () => [price('5'), price('-1', null, null, otherId)], 400, 'prices.1.price'],
    ['days that are turned round', () => [price('1', '2026-02-01', '2026-01-31')], 400, 'prices.0.valid_to'],
    ['two from one day', () => [price('1', '2026-02-01'), price('2', '2026-02-01', '2026-02-28')], 400, 'prices.1'],
    ['a unit that is none', () => [{ ...price('1'), unit: 'year' }], 422, undefined],
    ['three digits behind the point', () => [price('1.005')], 422, undefined],
    ['a day that is none', () => [price('1', '2026-02-30')], 422, undefined],
  ])('%s is refused and nothing stored', async (_, prices, status, reason) => {
    const id = await newPlan('Отказы');
    expect(await bench.refusal('PUT', `/tariff-plans/${id}/prices`, { prices: prices() })).toMatchObject({ status, reason });
    expect(await bench.ok('GET', `/tariff-plans/${id}/prices`)).toEqual({ plan_id: id, prices: [], version: 1 });
  });

  test('of a plan that is not there', async () => {
    for (const method of ['GET', 'PUT'])
      expect(await bench.refusal(method, '/tariff-plans/999999/prices', method === 'PUT' ? { prices: [] } : undefined)).toEqual({
        ...{ status: 404, code: 'NOT_FOUND', reason: 'tariff_plan' },
      });
  });

  test('two lists at the same moment: one of them counts, never both', async () => {
    const id = await newPlan('Вместе');
    const set = (amount: string) =>
      bench.write((tx, act) => setTariffPrices(tx, act, id, [{ serviceId, unit: 'month', price: amount, dateFrom: null, dateTo: null }]));
    await Promise.all(['1.00', '2.00', '3.00', '4.00'].map(set));
    expect((await bench.ok('GET', `/tariff-plans/${id}/prices`)).prices).toHaveLength(1);
  });
});

describe('tariff groups', () => {
  test('a group with its plans is made, changed and kept while contracts have it', async () => {
    const [one, two] = [await newPlan('Один'), await newPlan('Два')];
    const plans = [
      { plan_id: two, date_from: null, date_to: '2026-12-31' },
      { plan_id: one, date_from: '2026-01-01', date_to: null },
    ];
    const group = await bench.ok('POST', '/tariff-groups', { title: 'Летние', plans, position: 3, transfer_mode: 1, days_forward: 30 });
    expect(group).toEqual({ id: group.id, title: 'Летние', position: 3, transfer_mode: 1, days_forward: 30, plans, version: 1 });
    expect(await bench.ok('PATCH', `/tariff-groups/${group.id}`, { title: 'Лето' })).toMatchObject({ plans, version: 2 });
    const fewer = await bench.ok('PATCH', `/tariff-groups/${group.id}`, { plans: [{ plan_id: one }], version: 2 });
    expect(fewer).toMatchObject({ plans: [{ plan_id: one, date_from: null, date_to: null }], version: 3 });
    expect((await bench.ok('GET', '/tariff-groups?q=лето')).items).toEqual([fewer]);
    expect(await bench.refusal('POST', '/tariff-groups', { title: 'x', plans: [{ plan_id: 999_999 }] })).toMatchObject({ reason: 'plans' });
    const turned = [{ plan_id: one }, { plan_id: two, date_from: '2026-02-01', date_to: '2026-01-01' }];
    expect(await bench.refusal('POST', '/tariff-groups', { title: 'x', plans: turned })).toMatchObject({ reason: 'plans.1.date_to' });
    const contract = await bench.contract({ title: 'Г-1' });
    await bench.rows("INSERT INTO contract_tariff_group (contract_id, tariff_group_id, date_from) VALUES ($1, $2, '2026-01-01')", [
      contract,
      group.id,
    ]);
    expect((await bench.call('DELETE', `/tariff-groups/${group.id}`)).json).toMatchObject({
      reason: 'tariff_group_held',
      detail: `tariff group ${group.id} is needed by contract «Г-1»`,
    });
  });
});
