import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
let [moduleId, planId] = [0, 0];
beforeAll(async () => {
  bench = await openBillingRest();
  await bench.rows("INSERT INTO billing_group (group_id, title) VALUES (1, 'Частные'), (62, 'Последняя')");
  await bench.rows("INSERT INTO billing_domain (domain_id, title) VALUES (4, 'Север')");
  await bench.rows("INSERT INTO billing_parameter_group (parameter_group_id, title) VALUES (2, 'Физлица')");
  moduleId = (await bench.ok('POST', '/modules', { kind: 'npay', title: 'Абонплата' })).id;
  planId = (await bench.ok('POST', '/tariff-plans', { title: 'Дом 100' })).id;
});
afterAll(() => bench.stop());

const etag = (version: number) => ({ headers: { 'if-match': `"${version}"` } });

describe('patterns of contracts', () => {
  test('a new one has defaults, and a contract is made as it says', async () => {
    const plain = await bench.call('POST', '/patterns', { title: ' Обычный ' });
    expect(plain.status).toBe(201);
    expect(plain.headers.get('location')).toBe(`/api/v1/billing/patterns/${plain.json.id}`);
    expect(plain.headers.get('etag')).toBe('"1"');
    expect(plain.json).toEqual({
      id: plain.json.id,
      title: 'Обычный',
      number_mask: 'NNNNNN',
      counter: 0,
      next_title: '000001',
      parameter_group_id: null,
      groups: [],
      modules: [],
      tariffs: [],
      mode: 'credit',
      limit: '0.00',
      status: 0,
      person_type: 'person',
      domain_id: null,
      version: 1,
    });
    const whole = {
      title: 'Фирмы',
      number_mask: 'Ф-NNN',
      counter: 41,
      parameter_group_id: 2,
      groups: [1, 62],
      modules: [moduleId],
      tariffs: [planId],
      mode: 'debit',
      limit: '-50.00',
      status: 4,
      person_type: 'company',
      domain_id: 4,
    };
    const pattern = await bench.ok('POST', '/patterns', whole);
    expect(pattern).toEqual({ ...whole, id: pattern.id, next_title: 'Ф-042', version: 1 });
    const contract = await bench.ok('POST', '/contracts', { pattern_id: pattern.id });
    expect(contract).toMatchObject({
      title: 'Ф-042',
      groups: [1, 62],
      mode: 'debit',
      limit: '-50.00',
      status: 4,
      person_type: 'company',
      domain_id: 4,
      parameter_group_id: 2,
    });
    expect(await bench.rows('SELECT module_id, plan_id FROM contract_module JOIN contract_tariff USING (contract_id)')).toEqual([
      { module_id: moduleId, plan_id: planId },
    ]);
    // Counting is no change of the pattern.
    expect(await bench.ok('GET', `/patterns/${pattern.id}`)).toMatchObject({ counter: 42, next_title: 'Ф-043', version: 1 });
  });

  test('a change keeps what it leaves out, is meant for a version, and leaves a trace of what differs', async () => {
    const { id } = await bench.ok('POST', '/patterns', { title: 'Кафе', groups: [1], counter: 7 });
    const changed = await bench.call('PATCH', `/patterns/${id}`, { title: 'Кафе и бары', domain_id: 4 }, etag(1));
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(changed.json).toMatchObject({ title: 'Кафе и бары', groups: [1], counter: 7, domain_id: 4, version: 2 });
    expect(await bench.refusal('PATCH', `/patterns/${id}`, { title: 'Поздно' }, etag(1))).toEqual({
      status: 412,
      code: 'STALE_VERSION',
      reason: 'version',
    });
    expect(await bench.refusal('PATCH', `/patterns/${id}`, { title: 'Поздно', version: 1 })).toMatchObject({ status: 412 });
    expect(await bench.ok('PATCH', `/patterns/${id}`, { title: 'Кафе и бары', version: 2 })).toMatchObject({ version: 2 });
    expect(await bench.ok('PATCH', `/patterns/${id}`, { domain_id: null })).toMatchObject({ domain_id: null, version: 3 });
    const audited = await bench.rows('SELECT action, before, after FROM audit WHERE object = $1 ORDER BY id', [`pattern/${id}`]);
    expect(audited.map(({ action }) => action)).toEqual(['billing.pattern.create', 'billing.pattern.change', 'billing.pattern.change']);
    expect(audited[1]).toMatchObject({ before: { title: 'Кафе', domain_id: null }, after: { title: 'Кафе и бары', domain_id: 4 } });
    expect(Object.keys(audited[1]?.['after'] as object).sort()).toEqual(['domain_id', 'title']);
  });

  test('of several who read the same version one changes it', async () => {
    const { id } = await bench.ok('POST', '/patterns', { title: 'Все сразу' });
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => bench.call('PATCH', `/patterns/${id}`, { title: `Правка ${n}` }, etag(1))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
    const won = answers.find(({ status }) => status === 200);
    expect(await bench.ok('GET', `/patterns/${id}`)).toEqual(won?.json);
  });

  test('a key makes one pattern, however often it is sent', async () => {
    const headers = { 'idempotency-key': 'pattern-1' };
    const first = await bench.ok('POST', '/patterns', { title: 'Один раз' }, { headers });
    const again = await bench.call('POST', '/patterns', { title: 'Один раз' }, { headers });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.json).toEqual(first);
    expect((await bench.ok('GET', '/patterns?q=один раз')).items).toHaveLength(1);
  });

  test.each([
    ['nothing', {}, 422, undefined],
    ['a field that is none', { title: 'x', mask: 'N' }, 422, undefined],
    ['an empty title', { title: ' ' }, 422, undefined],
    ['a mask with one number only', { title: 'x', number_mask: 'А-1' }, 400, 'number_mask'],
    ['a counter below zero', { title: 'x', counter: -1 }, 422, undefined],
    ['groups that are not there', { title: 'x', groups: [1, 5] }, 400, 'groups'],
    ['a group beyond the last bit', { title: 'x', groups: [63] }, 422, undefined],
    ['a module that is not there', { title: 'x', modules: [999_999] }, 400, 'modules'],
    ['a tariff that is not there', { title: 'x', tariffs: [999_999] }, 400, 'tariffs'],
    ['a domain that is not there', { title: 'x', domain_id: 9 }, 400, 'domain_id'],
    ['a parameter group that is not there', { title: 'x', parameter_group_id: 9 }, 400, 'parameter_group_id'],
    ['a status that is not there', { title: 'x', status: 77 }, 400, 'status'],
    ['a status that only the server sets', { title: 'x', status: 5 }, 400, 'status'],
    ['an amount that is none', { title: 'x', limit: '1e3' }, 422, undefined],
    ['an amount as a number', { title: 'x', limit: 5 }, 422, undefined],
    ['a line with control characters', { title: 'a\u0007b' }, 422, undefined],
  ])('%s is refused', async (_, body, status, reason) => {
    expect(await bench.refusal('POST', '/patterns', body)).toMatchObject({ status, reason });
  });

  test('an empty mask: titles are given by hand', async () => {
    const { id, next_title } = await bench.ok('POST', '/patterns', { title: 'Вручную', number_mask: '' });
    expect(next_title).toBeNull();
    expect(await bench.refusal('POST', '/contracts', { pattern_id: id })).toMatchObject({ code: 'CONFLICT', reason: 'pattern_number' });
    expect(await bench.ok('POST', '/contracts', { pattern_id: id, title: 'Ж-1' })).toMatchObject({ title: 'Ж-1', pattern_id: id });
  });

  test('a pattern is deleted for the version that was read; its contracts stay', async () => {
    const { id } = await bench.ok('POST', '/patterns', { title: 'Уйдёт', number_mask: 'У-NN' });
    const contract = await bench.ok('POST', '/contracts', { pattern_id: id });
    expect(await bench.refusal('DELETE', `/patterns/${id}?version=9`)).toMatchObject({ code: 'STALE_VERSION' });
    expect((await bench.call('DELETE', `/patterns/${id}`, undefined, etag(1))).status).toBe(204);
    expect(await bench.refusal('GET', `/patterns/${id}`)).toEqual({ status: 404, code: 'NOT_FOUND', reason: 'pattern' });
    expect(await bench.refusal('DELETE', `/patterns/${id}`)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bench.ok('GET', `/contracts/${contract.id}`)).toMatchObject({ title: 'У-01', pattern_id: id });
  });

  test('a list goes on by a cursor, and finds a part of the title in any case of letters', async () => {
    for (const n of [1, 2, 3]) await bench.ok('POST', '/patterns', { title: `Ряд_${n}` });
    await bench.ok('POST', '/patterns', { title: 'Рядx4' });
    const first = await bench.ok('GET', '/patterns?q=рЯД_&limit=2');
    const second = await bench.ok('GET', `/patterns?q=рЯД_&limit=2&after=${first.next}`);
    expect([...first.items, ...second.items].map(({ title }) => title)).toEqual(['Ряд_1', 'Ряд_2', 'Ряд_3']);
    expect(second.next).toBeNull();
    expect(await bench.refusal('GET', '/patterns?after=bm9uc2Vuc2U')).toMatchObject({ status: 400, reason: 'cursor' });
  });

  test('who may read may not change', async () => {
    const as = 'billing.read';
    expect((await bench.call('GET', '/patterns', undefined, { as })).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/patterns'],
      ['PATCH', '/patterns/1'],
      ['DELETE', '/patterns/1'],
      ['PUT', '/tariff-plans/1/prices'],
      ['POST', '/tariff-plans/1/price-changes'],
    ] as const)
      expect(await bench.refusal(method, path, method === 'DELETE' ? undefined : {}, { as })).toMatchObject({ code: 'FORBIDDEN' });
    expect((await bench.call('GET', '/patterns', undefined, { as: 'billing.write' })).status).toBe(403);
  });
});
