import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';
import { attach } from './support/fees.ts';

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
  await bench.rows("INSERT INTO billing_group (group_id, title) VALUES (1, 'Частные')");
  await bench.rows("INSERT INTO billing_label (label_id, title) VALUES (3, 'Должник')");
});
afterAll(() => bench.stop());

const npay = (settings: Record<string, unknown> = {}) => bench.ok('POST', '/modules', { kind: 'npay', title: 'Абонплата', settings });

describe('module instances', () => {
  test('an instance is made, told its settings, and listed by kind', async () => {
    const made = await npay({ manage: true, unlockBalanceLimit: '50.00', groups: [1], labels: [3] });
    expect(made).toEqual({
      id: made.id,
      kind: 'npay',
      title: 'Абонплата',
      settings: { manage: true, unlockBalanceLimit: '50.00', groups: [1], labels: [3] },
      version: 1,
    });
    const changed = await bench.ok('PATCH', `/modules/${made.id}`, { settings: { manage: false }, version: 1 });
    expect(changed).toMatchObject({ title: 'Абонплата', settings: { manage: false }, version: 2 });
    expect(await bench.ok('PATCH', `/modules/${made.id}`, { title: 'Плата' })).toMatchObject({ settings: { manage: false }, version: 3 });
    const inet = await bench.ok('POST', '/modules', { kind: 'inet', title: 'Интернет' });
    expect((await bench.ok('GET', '/modules?kind=inet')).items).toEqual([inet]);
    expect((await bench.ok('GET', '/modules?q=плата')).items.map(({ id }: { id: number }) => id)).toEqual([made.id]);
  });

  test.each([
    ['a setting of a wrong kind', { manage: 'yes' }, '/settings/manage'],
    ['one that is none', { lockedStatu: 3 }, '/settings'],
    ['an amount that is none', { unlockBalanceLimit: '1,5' }, '/settings/unlockBalanceLimit'],
    ['pairs that are none', { statusPairs: '0-3' }, '/settings/statusPairs'],
    ['a group that cannot be', { groups: [0, 70] }, '/settings/groups/1'],
    ['a mode that is none', { modes: ['both'] }, '/settings/modes/0'],
  ])('%s is refused and its place named', async (_, settings, path) => {
    const { status, json } = await bench.call('POST', '/modules', { kind: 'npay', title: 'М', settings });
    expect({ status, reason: json.reason, path: json.details[0].path }).toEqual({ status: 400, reason: 'settings', path });
  });

  test.each([
    ['a status', { lockedStatus: 77 }, 'settings.lockedStatus'],
    ['a status of a pair', { statusPairs: '0:3,3:77' }, 'settings.statusPairs'],
    ['a group', { groups: [1, 5] }, 'settings.groups'],
    ['a label', { labels: [3, 9] }, 'settings.labels'],
    ['a tariff plan', { tariffs: [9] }, 'settings.tariffs'],
    ['a set of services', { serviceSet: 9 }, 'settings.serviceSet'],
    ['two statuses that are one', { activeStatus: 3 }, 'settings.lockedStatus'],
  ])('%s that is not there is refused', async (_, settings, reason) => {
    expect(await bench.refusal('POST', '/modules', { kind: 'npay', title: 'М', settings })).toMatchObject({ status: 400, reason });
  });

  test('a kind stays; other kinds have no settings', async () => {
    const { id } = await bench.ok('POST', '/modules', { kind: 'inet', title: 'Интернет-2' });
    expect(await bench.refusal('PATCH', `/modules/${id}`, { kind: 'npay' })).toMatchObject({ status: 422 });
    expect(await bench.refusal('PATCH', `/modules/${id}`, { settings: { manage: true } })).toMatchObject({ reason: 'settings' });
    expect(await bench.refusal('POST', '/modules', { kind: 'phone', title: 'x' })).toMatchObject({ status: 422 });
  });

  test('kinds tell their settings as JSON Schema, with what counts when they are left out', async () => {
    const { items } = await bench.ok('GET', '/modules/kinds');
    expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['npay', 'inet', 'rscm', 'bill']);
    const { properties, additionalProperties } = items[0].settings;
    expect(additionalProperties).toBe(false);
    expect(properties.lockedStatus).toMatchObject({ type: 'integer', default: 3 });
    expect(properties.unlockBalanceLimit).toMatchObject({ type: 'string', default: '0' });
    expect(properties.manage).toMatchObject({ type: 'boolean', default: false, description: expect.stringContaining('locks') });
    expect(items[1].settings).toBeNull();
  });

  test('what needs an instance keeps it: contracts, services, sets, patterns', async () => {
    const { id } = await npay();
    const held = async (): Promise<string> => (await bench.call('DELETE', `/modules/${id}`)).json?.detail ?? '';
    const contractId = await bench.contract({ title: 'К-17' });
    await attach(bench, contractId, id);
    expect(await held()).toContain('contract «К-17»');
    await bench.rows('DELETE FROM contract_module');
    const service = await bench.ok('POST', '/services', { module_id: id, title: 'Доступ' });
    const set = await bench.ok('POST', '/service-sets', { module_id: id, title: 'Все', services: [service.id] });
    const pattern = await bench.ok('POST', '/patterns', { title: 'С модулем', modules: [id] });
    expect(await held()).toBe(`module ${id} is needed by service «Доступ», set of services «Все», pattern «С модулем»`);
    await bench.ok('PATCH', `/patterns/${pattern.id}`, { modules: [] });
    await bench.ok('DELETE', `/service-sets/${set.id}`);
    await bench.ok('DELETE', `/services/${service.id}`);
    expect((await bench.call('DELETE', `/modules/${id}`)).status).toBe(204);
    expect(await bench.refusal('GET', `/modules/${id}`)).toMatchObject({ code: 'NOT_FOUND', reason: 'module' });
  });

  test('a contract outside the fence keeps it, too, but is not named', async () => {
    const { id } = await npay();
    await attach(bench, await bench.contract({ title: 'Тайный', groups: 0 }), id);
    await bench.rows(
      "INSERT INTO operator (operator_id, login, display_name, email, rights, password_hash) OVERRIDING SYSTEM VALUE VALUES (1, 'a', 'A', 'a@b.c', '{*}', 'x') ON CONFLICT DO NOTHING",
    );
    await bench.rows('INSERT INTO billing_operator (operator_id, groups) VALUES (1, 2)');
    const { json } = await bench.call('DELETE', `/modules/${id}`);
    await bench.rows('DELETE FROM billing_operator');
    expect(json).toMatchObject({ code: 'CONFLICT', reason: 'module_held' });
    expect(json.detail).toBe(`module ${id} is needed by a contract that you may not see`);
  });
});

describe('services of an instance', () => {
  test('a service stays with its module; a set holds services of one', async () => {
    const [one, other] = [await npay(), await npay()];
    const service = await bench.ok('POST', '/services', { module_id: one.id, title: 'Кабель', unit: 2 });
    expect(service).toEqual({ id: service.id, module_id: one.id, title: 'Кабель', unit: 2, used: true, version: 1 });
    expect(await bench.ok('PATCH', `/services/${service.id}`, { used: false, version: 1 })).toMatchObject({
      ...{ title: 'Кабель', unit: 2, used: false, version: 2 },
    });
    expect(await bench.refusal('PATCH', `/services/${service.id}`, { module_id: other.id })).toMatchObject({ status: 422 });
    expect((await bench.ok('GET', `/services?module_id=${one.id}&used=false`)).items).toHaveLength(1);
    expect((await bench.ok('GET', `/services?module_id=${one.id}&used=true`)).items).toEqual([]);
    expect(await bench.refusal('POST', '/services', { module_id: 999_999, title: 'x' })).toMatchObject({ status: 404, reason: 'module' });
    expect(await bench.refusal('POST', '/service-sets', { module_id: other.id, title: 'x', services: [service.id] })).toMatchObject({
      status: 400,
      reason: 'services',
    });
    expect(await bench.refusal('POST', '/service-sets', { module_id: one.id, title: 'x', services: [999_999] })).toMatchObject({
      reason: 'services',
    });
    const set = await bench.ok('POST', '/service-sets', { module_id: one.id, title: 'Набор', services: [service.id, service.id] });
    expect(set.services).toEqual([service.id]);
    await bench.ok('PATCH', `/modules/${other.id}`, { settings: { serviceSet: set.id } });
    expect((await bench.call('DELETE', `/service-sets/${set.id}`)).json.detail).toContain('module «Абонплата»');
    expect((await bench.call('DELETE', `/services/${service.id}`)).json.detail).toContain('set of services «Набор»');
  });

  test('a service that is priced, rendered or accrued stays', async () => {
    const { id: mid } = await npay();
    const { id } = await bench.ok('POST', '/services', { module_id: mid, title: 'Телефон' });
    const plan = await bench.ok('POST', '/tariff-plans', { title: 'Звонок' });
    await bench.ok('PUT', `/tariff-plans/${plan.id}/prices`, { prices: [{ service_id: id, unit: 'day', price: '1.00' }] });
    expect((await bench.call('DELETE', `/services/${id}`)).json).toMatchObject({
      reason: 'service_held',
      detail: `service ${id} is needed by tariff plan «Звонок»`,
    });
    await bench.ok('PUT', `/tariff-plans/${plan.id}/prices`, { prices: [] });
    const contract = await bench.contract({ title: 'Т-1' });
    await bench.rows(
      "INSERT INTO contract_account (contract_id, month, service_id, sum, until) VALUES ($1, '2026-01-01', $2, 5, '2026-01-31')",
      [contract, id],
    );
    expect((await bench.call('DELETE', `/services/${id}`)).json.detail).toBe(`service ${id} is needed by accrued amounts`);
  });
});
