import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
  await bench.rows(
    `INSERT INTO billing_parameter (parameter_id, kind, title, position, custom_values) VALUES
       (1, 1, 'ФИО', 1, false), (2, 2, 'Адрес', 2, false), (3, 3, 'Почта', 3, false), (4, 4, 'Менеджер', 4, false), (5, 5, 'Льгота', 5, false),
       (6, 6, 'Рождён', 6, false), (7, 7, 'Регион', 7, true), (8, 8, 'Поручитель', 8, false), (9, 9, 'Телефон', 9, false), (11, 11, 'Услуги', 11, false)`,
  );
  await bench.rows(
    `INSERT INTO billing_list_item (item_id, parameter_id, title) VALUES (70, 7, 'Север'), (71, 7, 'Юг'), (110, 11, 'ТВ'), (111, 11, 'Телефон')`,
  );
  await bench.rows(
    `WITH country AS (INSERT INTO address_country (title) VALUES ('Россия') RETURNING country_id),
       city AS (INSERT INTO address_city (country_id, title) SELECT country_id, 'Уфа' FROM country RETURNING city_id),
       street AS (INSERT INTO address_street (city_id, title) SELECT city_id, 'Ленина' FROM city RETURNING street_id)
     INSERT INTO address_house (house_id, street_id, house, frac) SELECT 20, street_id, 5, 'а' FROM street`,
  );
});
afterAll(() => bench.stop());

const address = { house_id: 20, pod: 2, floor: 3, flat: '17', room: '', comment: 'домофон', format: '' };
const KINDS: readonly (readonly [number, Record<string, unknown>, RegExp])[] = [
  [1, { kind: 'text', text: 'Иванов И. И.' }, /^Иванов И\. И\.$/],
  [2, { kind: 'address', address }, /Ленина.*5.*17/],
  [2, { kind: 'address_text', text: 'деревня, дом у реки' }, /^деревня/],
  [3, { kind: 'email', emails: [{ name: 'Иван', address: 'ivan@example.org' }] }, /^Иван <ivan@example\.org>$/],
  [4, { kind: 'person', text: 'Петрова' }, /^Петрова$/],
  [5, { kind: 'flag', flag: true }, /^1$/],
  [6, { kind: 'date', date: '1990-02-28' }, /^28\.02\.1990$/],
  [7, { kind: 'list', item_id: 71 }, /^Юг$/],
  [9, { kind: 'phone', phones: [{ phone: '+7 900 1', comment: 'дом' }] }, /^\+7 900 1 \[дом\]$/],
  [11, { kind: 'multilist', item_ids: [111, 110] }, /^Телефон, ТВ$/],
];

describe('one parameter', () => {
  test.each(KINDS)('%i: %o is stored, shown, and what is read can be written back', async (parameter, value, shown) => {
    const id = await bench.contract();
    const stored = await bench.ok('PUT', `/contracts/${id}/parameters/${parameter}`, { value });
    expect(stored).toMatchObject({ parameter_id: parameter, value });
    expect(stored.shown).toMatch(shown);
    const before = await bench.call('GET', `/contracts/${id}/parameters/${parameter}`);
    expect(before.json).toEqual(stored);
    await bench.events();
    const again = await bench.call('PUT', `/contracts/${id}/parameters/${parameter}`, { value: before.json.value });
    expect(again.headers.get('etag')).toBe(before.headers.get('etag'));
    expect(await bench.events()).toEqual([]);
    expect(await bench.ok('PUT', `/contracts/${id}/parameters/${parameter}`, { value: null })).toMatchObject({ value: null, shown: '' });
  });

  test('a contract as value, and an own value of a list that becomes an item', async () => {
    const id = await bench.contract();
    const other = await bench.contract({ title: 'поручитель' });
    expect(await bench.ok('PUT', `/contracts/${id}/parameters/8`, { value: { kind: 'contract', contract_id: other } })).toMatchObject({
      shown: 'поручитель',
    });
    const own = await bench.ok('PUT', `/contracts/${id}/parameters/7`, { value: { kind: 'list_custom', text: 'Запад' } });
    expect(own).toMatchObject({ shown: 'Запад', value: { kind: 'list' }, custom_values: true });
    expect(own.value.item_id).toBeGreaterThan(0);
  });

  test('the kind decides; nothing is converted', async () => {
    const id = await bench.contract();
    const put = (parameter: number, value: unknown) => bench.refusal('PUT', `/contracts/${id}/parameters/${parameter}`, { value });
    expect(await put(1, { kind: 'flag', flag: true })).toMatchObject({ status: 400, reason: 'pid' });
    expect(await put(5, { kind: 'flag', flag: 'yes' })).toMatchObject({ status: 422 });
    expect(await put(7, { kind: 'list', item_id: 110 })).toMatchObject({ status: 400, reason: 'value' });
    expect(await put(2, { kind: 'address', address: { ...address, house_id: 21 } })).toMatchObject({ status: 404, reason: 'house' });
    expect(await put(3, { kind: 'email', emails: [{ name: '', address: 'nobody' }] })).toMatchObject({ status: 400, reason: 'e-mail' });
    expect(await put(99, { kind: 'text', text: 'x' })).toMatchObject({ status: 404, reason: 'parameter' });
    expect(await put(1, { kind: 'text', text: 'a\u0007b' })).toMatchObject({ status: 400 });
  });

  test('its history tells who set what, the newest first', async () => {
    const id = await bench.contract();
    for (const text of ['раз', 'два', 'три']) await bench.ok('PUT', `/contracts/${id}/parameters/1`, { value: { kind: 'text', text } });
    await bench.ok('PUT', `/contracts/${id}/parameters/1`, { value: null });
    const first = await bench.ok('GET', `/contracts/${id}/parameters/1/history?limit=3`);
    expect(first.items).toMatchObject([
      { shown: '', former: 'три', login: '*' },
      { shown: 'три', former: 'два' },
      { shown: 'два', former: 'раз' },
    ]);
    expect(await bench.ok('GET', `/contracts/${id}/parameters/1/history?limit=3&after=${first.next}`)).toMatchObject({
      items: [{ shown: 'раз', former: '' }],
      next: null,
    });
  });
});

describe('the form', () => {
  test('several at once: all or none, for the version that was read', async () => {
    const id = await bench.contract();
    const form = await bench.ok('GET', `/contracts/${id}/parameters`);
    expect(form.parameters).toHaveLength(10);
    const values = [
      { parameter_id: 1, value: { kind: 'text', text: 'Сидоров' } },
      { parameter_id: 5, value: { kind: 'flag', flag: true } },
    ];
    expect(
      await bench.refusal('PUT', `/contracts/${id}/parameters`, {
        values: [...values, { parameter_id: 7, value: { kind: 'list', item_id: 110 } }],
      }),
    ).toMatchObject({ status: 400 });
    expect(await bench.ok('GET', `/contracts/${id}/parameters`)).toEqual(form);
    const saved = await bench.ok('PUT', `/contracts/${id}/parameters`, { values, version: form.version });
    expect(saved.parameters.filter(({ value }: { value: unknown }) => value !== null)).toMatchObject([
      { shown: 'Сидоров' },
      { shown: '1' },
    ]);
    expect(await bench.refusal('PUT', `/contracts/${id}/parameters`, { values, version: form.version })).toEqual({
      status: 412,
      code: 'STALE_VERSION',
      reason: 'version',
    });
    expect(await bench.refusal('PATCH', `/contracts/${id}`, { comment: 'x', version: form.version })).toMatchObject({ status: 412 });
  });

  test('shows the parameters of the group of the contract in their order', async () => {
    await bench.rows(`INSERT INTO billing_parameter_group (parameter_group_id, title) VALUES (1, 'Частные')`);
    await bench.rows('INSERT INTO billing_parameter_group_member (parameter_group_id, parameter_id, position) VALUES (1, 9, 1), (1, 1, 2)');
    const id = await bench.contract({ parameter_group_id: 1 });
    const ids = async (query = '') =>
      (await bench.ok('GET', `/contracts/${id}/parameters${query}`)).parameters.map(
        ({ parameter_id }: { parameter_id: number }) => parameter_id,
      );
    expect(await ids()).toEqual([9, 1]);
    expect(await ids('?all=true')).toHaveLength(10);
  });

  test('what the operator may not read is not there; what it may only read is refused', async () => {
    await bench.rows(
      `INSERT INTO operator (operator_id, login, display_name, password_hash) OVERRIDING SYSTEM VALUE VALUES (1, 'one', 'One', '')`,
    );
    await bench.rows(`INSERT INTO billing_operator (operator_id, parameter_rules) VALUES (1, '{"1": "none", "5": "read"}')`);
    const id = await bench.contract();
    await bench.rows(`INSERT INTO contract_parameter (contract_id, parameter_id, title) VALUES ($1, 1, 'тайный Иванов')`, [id]);
    const form = await bench.ok('GET', `/contracts/${id}/parameters`);
    expect(form.parameters.map(({ parameter_id }: { parameter_id: number }) => parameter_id)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 11]);
    expect(form.parameters.find(({ parameter_id }: { parameter_id: number }) => parameter_id === 5)).toMatchObject({ writable: false });
    expect(await bench.refusal('GET', `/contracts/${id}/parameters/1`)).toMatchObject({ status: 404 });
    expect(await bench.refusal('GET', `/contracts/${id}/parameters/1/history`)).toMatchObject({ status: 404 });
    expect(await bench.refusal('PUT', `/contracts/${id}/parameters/5`, { value: { kind: 'flag', flag: true } })).toMatchObject({
      status: 403,
      reason: 'parameter',
    });
    for (const query of ['value=тайный', 'parameter=1&value=тайный', 'parameter=1'])
      expect((await bench.ok('GET', `/contracts?${query}`)).items, query).toEqual([]);
    expect(JSON.stringify(await bench.ok('GET', `/contracts/${id}/card`))).not.toContain('тайный');
  });
});
