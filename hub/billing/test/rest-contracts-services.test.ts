import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';
import { attach, npayModule, plan, service } from './support/fees.ts';

let bench: BillingRest;
let module: number;
let internet: number;
let cheap: number;
let dear: number;
beforeAll(async () => {
  bench = await openBillingRest();
  module = await npayModule(bench);
  internet = await service(bench, module);
  [cheap, dear] = [await plan(bench, internet, '300'), await plan(bench, internet, '600')];
});
afterAll(() => bench.stop());

const monthsOn = (months: number): string => bench.today.with({ day: 1 }).add({ months }).toString();
const etag = (version: number) => ({ headers: { 'if-match': `"${version}"` } });

describe('tariffs of a contract', () => {
  test('a plan is given, changed for its version, and taken', async () => {
    const id = await bench.contract();
    const made = await bench.call('POST', `/contracts/${id}/tariffs`, { plan_id: cheap, date_from: '2024-01-01', comment: 'акция' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      plan_id: cheap,
      title: 'Тариф 300',
      date_from: '2024-01-01',
      date_to: null,
      position: 0,
      version: 1,
    });
    const path = `/contracts/${id}/tariffs/${made.json.id}`;
    expect(made.headers.get('location')).toBe(`/api/v1/billing${path}`);
    const changed = await bench.ok('PATCH', path, { date_to: '2024-06-30', position: 2 }, etag(1));
    expect(changed).toMatchObject({ plan_id: cheap, date_to: '2024-06-30', position: 2, comment: 'акция', version: 2 });
    expect(await bench.refusal('PATCH', path, { comment: 'x' }, etag(1))).toEqual({
      status: 412,
      code: 'STALE_VERSION',
      reason: 'version',
    });
    expect(await bench.refusal('DELETE', path, undefined, etag(1))).toMatchObject({ status: 412 });
    await bench.ok('POST', `/contracts/${id}/tariffs`, { plan_id: dear, date_from: '2024-07-01' });
    expect((await bench.ok('GET', `/contracts/${id}/tariffs?limit=1`)).items).toEqual([changed]);
    expect((await bench.ok('GET', `/contracts/${id}/tariffs?date=2024-08-01`)).items).toMatchObject([{ plan_id: dear }]);
    const other = await bench.contract();
    expect(await bench.refusal('PATCH', `/contracts/${other}/tariffs/${made.json.id}`, { comment: 'x' })).toMatchObject({ status: 404 });
    expect((await bench.call('DELETE', path, undefined, etag(2))).status).toBe(204);
    expect((await bench.ok('GET', `/contracts/${id}/tariffs`)).items).toHaveLength(1);
    expect(await bench.refusal('POST', `/contracts/${id}/tariffs`, { plan_id: 999 })).toMatchObject({ status: 404 });
  });

  test('lists go on behind the row of the cursor, also in their own order', async () => {
    const id = await bench.contract();
    for (const date_from of ['2024-03-01', '2024-01-01', '2024-02-01'])
      await bench.ok('POST', `/contracts/${id}/tariffs`, { plan_id: cheap, date_from });
    const seen: string[] = [];
    let after = '';
    for (let page = 0; page < 3; page += 1) {
      const answer = await bench.ok('GET', `/contracts/${id}/tariffs?limit=1${after}`);
      seen.push(...answer.items.map((row: { date_from: string }) => row.date_from));
      after = answer.next === null ? '' : `&after=${answer.next}`;
    }
    expect(seen).toEqual(['2024-01-01', '2024-02-01', '2024-03-01']);
    expect(after).toBe('');
    expect(await bench.refusal('GET', `/contracts/${id}/tariffs?after=x`)).toMatchObject({ status: 400, reason: 'cursor' });
  });

  test('tariff groups come, change and go', async () => {
    const id = await bench.contract();
    await bench.rows(`INSERT INTO tariff_group (tariff_group_id, title) VALUES (4, 'Домашние'), (5, 'Все')`);
    const made = await bench.ok('POST', `/contracts/${id}/tariff-groups`, { tariff_group_id: 4, date_from: '2024-01-01' });
    expect(made).toMatchObject({ tariff_group_id: 4, title: 'Домашние', date_to: null });
    expect(
      await bench.ok('PATCH', `/contracts/${id}/tariff-groups/${made.id}`, { tariff_group_id: 5, date_to: '2024-02-01' }),
    ).toMatchObject({
      title: 'Все',
      date_from: '2024-01-01',
      date_to: '2024-02-01',
    });
    expect((await bench.call('DELETE', `/contracts/${id}/tariff-groups/${made.id}`)).status).toBe(204);
    expect((await bench.ok('GET', `/contracts/${id}/tariff-groups`)).items).toEqual([]);
  });

  test('an option is offered with its price, activated with its charge, and ended', async () => {
    const id = await bench.contract();
    const type = await bench.chargeType();
    await bench.rows(`INSERT INTO tariff_option (option_id, title) VALUES (8, 'Турбо')`);
    await bench.rows(
      `INSERT INTO tariff_option_mode (mode_id, option_id, title, charge_sum, charge_type_id, period_mode, period_count, deactivation_mode)
       VALUES (80, 8, 'на день', 15, $1, 0, 1, 0)`,
      [type],
    );
    expect((await bench.ok('GET', `/contracts/${id}/options/offers`)).items).toEqual([
      {
        id: 8,
        title: 'Турбо',
        comment: '',
        refusal: null,
        modes: [{ id: 80, title: 'на день', sum: '15.00', until: bench.today.add({ days: 1 }).toString() }],
      },
    ]);
    const held = await bench.ok('POST', `/contracts/${id}/options`, { option_id: 8, mode_id: 80 });
    expect(held).toMatchObject({ title: 'Турбо', sum: '15.00', deactivated_at: null });
    expect(held.charge_id).toBeGreaterThan(0);
    expect((await bench.ok('GET', `/contracts/${id}/options/offers`)).items).toMatchObject([{ refusal: 'active_already' }]);
    expect(await bench.refusal('POST', `/contracts/${id}/options`, { option_id: 8, mode_id: 80 })).toMatchObject({
      status: 409,
      reason: 'active_already',
    });
    expect((await bench.ok('GET', `/contracts/${id}/card`)).options).toMatchObject([{ id: held.id }]);
    expect((await bench.ok('DELETE', `/contracts/${id}/options/${held.id}`)).deactivated_at).not.toBeNull();
    expect((await bench.ok('GET', `/contracts/${id}/options?active=true`)).items).toEqual([]);
    expect((await bench.ok('GET', `/contracts/${id}/options`)).items).toHaveLength(1);
  });
});

describe('modules, services and fees', () => {
  test('a module with open objects is not detached', async () => {
    const id = await bench.contract();
    expect((await bench.call('PUT', `/contracts/${id}/modules/${module}`)).status).toBe(204);
    expect((await bench.ok('GET', `/contracts/${id}/modules`)).items).toEqual([{ id: module, kind: 'npay', title: 'Абонплата' }]);
    const object = await bench.ok('POST', `/contracts/${id}/service-objects`, { service_id: internet, count: 2 });
    expect(object).toMatchObject({ service_title: 'Интернет', count: 2, date_from: bench.today.toString(), object_id: null, version: 1 });
    expect(await bench.refusal('DELETE', `/contracts/${id}/modules/${module}`)).toMatchObject({ status: 409, reason: 'open_objects' });
    const path = `/contracts/${id}/service-objects/${object.id}`;
    expect(await bench.ok('PATCH', path, { count: 3, comment: 'третий' }, etag(1))).toMatchObject({ count: 3, version: 2 });
    expect(await bench.refusal('PATCH', path, { count: 4 }, etag(1))).toMatchObject({ status: 412 });
    expect((await bench.call('DELETE', path, undefined, etag(2))).status).toBe(204);
    expect((await bench.call('DELETE', `/contracts/${id}/modules/${module}`)).status).toBe(204);
    expect((await bench.ok('GET', `/contracts/${id}/modules`)).items).toEqual([]);
  });

  test('records of services', async () => {
    const id = await bench.contract();
    const made = await bench.ok('POST', `/contracts/${id}/services`, { service_id: internet, date_from: '2024-01-01' });
    expect(made).toMatchObject({ title: 'Интернет', date_from: '2024-01-01', date_to: null });
    expect(await bench.ok('PATCH', `/contracts/${id}/services/${made.id}`, { date_to: '2024-12-31' })).toMatchObject({
      date_from: '2024-01-01',
      date_to: '2024-12-31',
    });
    const other = await bench.contract();
    expect(await bench.refusal('DELETE', `/contracts/${other}/services/${made.id}`)).toMatchObject({ status: 404 });
    expect((await bench.call('DELETE', `/contracts/${id}/services/${made.id}`)).status).toBe(204);
    expect((await bench.ok('GET', `/contracts/${id}/services`)).items).toEqual([]);
  });

  test('fees as they will be: with the tariff and the status that are planned', async () => {
    const id = await bench.contract({ mode: 1 });
    await attach(bench, id, module);
    const object = await bench.ok('POST', `/contracts/${id}/service-objects`, { service_id: internet, date_from: monthsOn(-1) });
    const [nextMonth, lastDay] = [bench.today.with({ day: 1 }).add({ months: 1 }), bench.today.with({ day: bench.today.daysInMonth })];
    await bench.ok('POST', `/contracts/${id}/tariffs`, { plan_id: cheap, date_from: monthsOn(-1), date_to: lastDay.toString() });
    await bench.ok('POST', `/contracts/${id}/tariffs`, { plan_id: dear, date_from: nextMonth.toString() });
    const fees = await bench.ok('GET', `/contracts/${id}/fees?to=${monthsOn(2)}`);
    const common = { service_object_id: object.id, service_id: internet, service_title: 'Интернет' };
    expect(fees.fees).toEqual([
      { ...common, month: monthsOn(0).slice(0, 7), accrued: '300.00', planned: '300.00' },
      { ...common, month: monthsOn(1).slice(0, 7), accrued: '0.00', planned: '600.00' },
      { ...common, month: monthsOn(2).slice(0, 7), accrued: '0.00', planned: '600.00' },
    ]);
    expect(fees.total).toEqual({ accrued: '300.00', planned: '1500.00' });
    await bench.ok('POST', `/contracts/${id}/statuses`, {
      status: 4,
      date_from: nextMonth.toString(),
      date_to: nextMonth.add({ months: 1 }).subtract({ days: 1 }).toString(),
    });
    expect((await bench.ok('GET', `/contracts/${id}/fees?to=${monthsOn(2)}`)).total.planned).toBe('900.00');
    expect(await bench.refusal('GET', `/contracts/${id}/fees?from=${monthsOn(0)}&to=${monthsOn(24)}`)).toMatchObject({
      status: 400,
      reason: 'to',
    });
    expect(await bench.refusal('GET', `/contracts/${id}/fees?to=${monthsOn(-1)}`)).toMatchObject({ status: 400, reason: 'to' });
  });
});

test('the card says what the parts say', async () => {
  const id = await bench.contract({ title: 'Карточка' });
  await attach(bench, id, module);
  await bench.ok('POST', `/contracts/${id}/notes`, { subject: 'важно' });
  await bench.ok('POST', `/contracts/${id}/tariffs`, { plan_id: cheap });
  await bench.ok('POST', `/contracts/${id}/service-objects`, { service_id: internet });
  await bench.ok('PUT', `/contracts/${id}/limit`, { limit: '-5', days: 2 });
  await bench.ok('POST', `/contracts/${id}/statuses`, { status: 4, date_from: monthsOn(1) });
  const card = await bench.ok('GET', `/contracts/${id}/card`);
  const part = (path: string) => bench.ok('GET', `/contracts/${id}${path}`);
  expect(card).toEqual({
    contract: await part(''),
    balance: card.balance,
    marks: await part('/marks'),
    status: await part('/statuses'),
    limit: await part('/limit'),
    form: await part('/parameters'),
    head: null,
    members: [],
    notes: (await part('/notes')).items,
    tariffs: (await part('/tariffs')).items,
    tariff_groups: [],
    options: [],
    modules: (await part('/modules')).items,
    service_objects: (await part('/service-objects')).items,
  });
  expect([card.notes, card.tariffs, card.modules, card.service_objects].map((rows) => rows.length)).toEqual([1, 1, 1, 1]);
  expect(card.balance.outgoing).toMatch(/^-?\d+\.\d\d$/);
});
