import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findHouseByName } from '../find-house.ts';
import { setParameter } from '../set-parameter.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
});
afterAll(() => bench.stop());

const add = async (path: string, body: object): Promise<number> => (await bench.ok('POST', `/directories/${path}`, body)).id;
const change = (path: string, id: number, body: object) => bench.ok('PATCH', `/directories/${path}/${id}`, body);
const refused = (method: string, path: string, body?: unknown) => bench.refusal(method, `/directories/${path}`, body);

let made = 0;
/** A town of one's own, from its country to a house. */
async function town() {
  made += 1;
  const country = await add('countries', { title: `Страна ${made}` });
  const city = await add('cities', { title: `Город ${made}`, country_id: country });
  const area = await add('areas', { title: `Район ${made}`, city_id: city });
  const quarter = await add('quarters', { title: `Квартал ${made}`, city_id: city });
  const street = await add('streets', { title: `Улица ${made}`, city_id: city });
  const house = await add('houses', { street_id: street, house: 5, frac: 'а', post_index: '170001', area_id: area, quarter_id: quarter });
  return { country, city, area, quarter, street, house };
}

/** A contract at an address, and how the address is shown. */
async function contractAt(houseId: number, formatKey: string): Promise<() => Promise<{ title: string; version: number } | undefined>> {
  const contract = await bench.contract();
  const parameter = await add('parameters', { title: 'Адрес', kind: 'address' });
  const address = { houseId, pod: 1, floor: 2, flat: '3', room: '', comment: '', formatKey };
  await bench.write((tx, act) => setParameter(tx, act, contract, parameter, { kind: 2, address }));
  return async () =>
    (
      await bench.rows<{ title: string; version: number }>('SELECT title, version FROM contract_parameter WHERE contract_id = $1', [
        contract,
      ])
    )[0];
}

describe('the directory of addresses', () => {
  test('leads from a country to a house, which tells of its street and city', async () => {
    const { city, area, quarter, street, house } = await town();
    expect(await bench.ok('GET', `/directories/houses/${house}`)).toEqual({
      id: house,
      street_id: street,
      house: 5,
      frac: 'а',
      post_index: '170001',
      area_id: area,
      quarter_id: quarter,
      pods: '',
      amount: 0,
      built_on: null,
      comment: '',
      params: null,
      street: `Улица ${made}`,
      city: `Город ${made}`,
      city_id: city,
      version: 1,
    });
    const built = await change('houses', house, { built_on: '1975-09-01', params: { лифт: 'есть' }, amount: 120 });
    expect([built.built_on, built.params, built.amount]).toEqual(['1975-09-01', { лифт: 'есть' }, 120]);
    for (const filter of [`city_id=${city}`, `street_id=${street}`, `area_id=${area}`, `quarter_id=${quarter}`, `house=5&city_id=${city}`])
      expect((await bench.ok('GET', `/directories/houses?${filter}`)).items).toEqual([built]);
    expect((await bench.ok('GET', `/directories/houses?q=улица%20${made}`)).items).toEqual([built]);
    expect((await bench.ok('GET', `/directories/houses?city_id=${city}&house=6`)).items).toEqual([]);
  });

  test('has each title once where it stands, in any case of letters, so that a house is found by its name', async () => {
    const { city, street, house } = await town();
    expect(await refused('POST', 'streets', { title: `УЛИЦА ${made}`, city_id: city })).toMatchObject({ status: 409, reason: 'duplicate' });
    expect(await refused('POST', 'houses', { street_id: street, house: 5, frac: 'А' })).toMatchObject({ status: 409, reason: 'duplicate' });
    const other = await add('houses', { street_id: street, house: 5, frac: '1' });
    expect(await refused('PATCH', `houses/${other}`, { frac: 'а' })).toMatchObject({ status: 409, reason: 'duplicate' });
    const found = (name: string) => bench.write((tx) => findHouseByName(tx, `Город ${made}`, `улица ${made}`, name));
    expect([await found('5а'), await found('5/1')]).toEqual([house, other]);
    expect(await refused('POST', 'houses', { street_id: street, house: 7, frac: '/1' })).toMatchObject({ status: 422, reason: 'stroke' });
    // What was entered twice before, with SQL, can still be mended.
    await bench.rows(`INSERT INTO address_house (street_id, house, frac) VALUES ($1, 5, '1')`, [street]);
    expect((await change('houses', other, { comment: 'дубль' })).comment).toBe('дубль');
    expect(await refused('PATCH', `houses/${house}`, { frac: '1' })).toMatchObject({ status: 409, reason: 'duplicate' });
    const elsewhere = await town();
    await add('streets', { title: `Улица ${made - 1}`, city_id: elsewhere.city });
  });

  test('keeps together what belongs together', async () => {
    const one = await town();
    const other = await town();
    expect(await refused('PATCH', `houses/${one.house}`, { area_id: other.area })).toMatchObject({ status: 422, reason: 'city' });
    expect(await refused('PATCH', `houses/${one.house}`, { quarter_id: other.quarter })).toMatchObject({ status: 422, reason: 'city' });
    expect(await refused('PATCH', `houses/${one.house}`, { street_id: other.street, frac: 'в' })).toMatchObject({
      status: 422,
      reason: 'city',
    });
    expect(await refused('PATCH', `streets/${one.street}`, { city_id: other.city })).toMatchObject({ status: 422 });
    expect(await refused('POST', 'streets', { title: 'Нигде', city_id: 999_999 })).toMatchObject({
      status: 422,
      reason: 'unknown_reference',
    });
    const moved = await change('houses', one.house, { street_id: other.street, area_id: other.area, quarter_id: null, frac: 'б' });
    expect([moved.street_id, moved.area_id, moved.quarter_id]).toEqual([other.street, other.area, null]);
    for (const path of [`countries/${other.country}`, `cities/${other.city}`, `areas/${other.area}`, `streets/${other.street}`])
      expect(await refused('DELETE', path)).toMatchObject({ status: 409, reason: 'in_use' });
  });
});

describe('addresses of contracts', () => {
  test('follow every name that they are made of, in the form in which they were stored', async () => {
    const { country, city, area, quarter, street, house } = await town();
    const [plain, full, elsewhere] = [
      await contractAt(house, ''),
      await contractAt(house, 'full'),
      await contractAt((await town()).house, ''),
    ];
    const before = await elsewhere();
    await change('countries', country, { title: 'Россия' });
    await change('cities', city, { title: 'Тверь' });
    await change('areas', area, { title: 'Центральный' });
    await change('quarters', quarter, { title: 'Первый' });
    await change('streets', street, { title: 'Садовая' });
    await change('houses', house, { house: 6, frac: '2', post_index: '170002' });
    expect((await full())?.title).toBe('170002, Россия, Тверь, Центральный, Первый, Садовая, д. 6/2, под. 1, эт. 2, кв. 3');
    expect(await plain()).toEqual({ title: 'Тверь, Садовая, д. 6/2, под. 1, эт. 2, кв. 3', version: 4 });
    expect(await elsewhere()).toEqual(before);
    expect(await refused('DELETE', `houses/${house}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });

  test('do so by thousands, in one change; one that nothing is made of leaves them', async () => {
    const { street, house } = await town();
    const parameter = await add('parameters', { title: 'Адрес подключения', kind: 'address' });
    const many = 2_345;
    const address = JSON.stringify({ address: { houseId: house, pod: 0, floor: 0, flat: '', room: '', comment: '', formatKey: 'street' } });
    await bench.rows(
      `WITH made AS (INSERT INTO contract (title, date_from) SELECT 'many ' || n, '2026-01-01' FROM generate_series(1, ${many}) n RETURNING contract_id)
       INSERT INTO contract_parameter (contract_id, parameter_id, title, number, detail) SELECT contract_id, $1, 'old', $2, $3::json FROM made`,
      [parameter, house, address],
    );
    await change('houses', house, { comment: 'кирпичный', amount: 5 });
    const titles = () =>
      bench.rows('SELECT title, version, count(*)::int AS count FROM contract_parameter WHERE parameter_id = $1 GROUP BY title, version', [
        parameter,
      ]);
    expect(await titles()).toEqual([{ title: 'old', version: 1, count: many }]);
    await change('streets', street, { title: 'Новая' });
    expect(await titles()).toEqual([{ title: 'Новая, д. 5а', version: 2, count: many }]);
  });
});
