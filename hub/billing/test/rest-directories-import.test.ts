import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { billingCommands } from './support/billing-commands.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
let folder: string;
beforeAll(async () => {
  bench = await openBillingRest();
  folder = await mkdtemp(join(tmpdir(), 'vestnik-billing-'));
});
afterAll(async () => {
  await bench.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  process.exitCode = undefined;
});

async function imported(path: string, text: string, { type = 'text/csv', query = '?dry_run=false', as = '*' } = {}) {
  const answer = await bench.rest.send('POST', `/billing/directories/${path}/import${query}`, {
    as,
    body: Buffer.from(text),
    headers: { 'content-type': type },
  });
  return { status: answer.status, json: answer.json };
}
const ndjson = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const NDJSON = { type: 'application/x-ndjson' };
const items = async (path: string, query = '') => (await bench.ok('GET', `/directories/${path}?limit=1000${query}`)).items;

describe('a file of a directory', () => {
  test('is tried first; then all of it is stored, with its numbers, and a repeat changes nothing', async () => {
    const file = 'id;title;parent_id\n10;Все;\n11;"Должники; злостные";10\n12;Новые;10\n';
    const tried = await imported('labels', file, { query: '' });
    expect(tried).toEqual({
      status: 200,
      json: { dry_run: true, stored: false, created: 3, changed: 0, unchanged: 0, failed: 0, failures: [] },
    });
    expect(await items('labels')).toEqual([]);
    expect((await imported('labels', file)).json).toMatchObject({ dry_run: false, stored: true, created: 3 });
    expect(await items('labels', '&parent_id=10')).toEqual([
      { id: 11, title: 'Должники; злостные', parent_id: 10, version: 1 },
      { id: 12, title: 'Новые', parent_id: 10, version: 1 },
    ]);
    expect((await imported('labels', file)).json).toMatchObject({ created: 0, changed: 0, unchanged: 3 });
    expect((await imported('labels', file.replace('Новые', 'Старые').replace('12;Старые;10', '12;Старые;0'))).json).toMatchObject({
      changed: 1,
      unchanged: 2,
    });
    expect((await bench.ok('GET', '/directories/labels/12')).parent_id).toBeNull();
    const [row] = await bench.rows<{ count: number }>(`SELECT count(*) FROM audit WHERE action LIKE 'billing.label.%'`);
    expect(row?.count).toBe(4);
  });

  test('of tariff plans and modules keeps the numbers that they had elsewhere', async () => {
    const load = (path: string, text: string, type: string) =>
      bench.rest.send('POST', `/billing/${path}/import?dry_run=false`, { body: Buffer.from(text), headers: { 'content-type': type } });
    const plans = 'id;title;person_type;groups;used\n41;Дом;person;;да\n42;Офис;company;;нет\n';
    expect((await load('tariff-plans', plans, 'text/csv')).json).toMatchObject({ stored: true, created: 2 });
    expect((await load('tariff-plans', plans.replace('Офис', 'Контора'), 'text/csv')).json).toMatchObject({ changed: 1, unchanged: 1 });
    expect(await bench.ok('GET', '/tariff-plans/42')).toMatchObject({ title: 'Контора', person_type: 'company', used: false, version: 2 });
    const groups = ndjson({ id: 5, title: 'Все', plans: [{ plan_id: 42 }, { plan_id: 41, date_to: '2030-01-01' }] });
    expect((await load('tariff-groups', groups, NDJSON.type)).json).toMatchObject({ created: 1 });
    expect((await load('tariff-groups', groups, NDJSON.type)).json).toMatchObject({ created: 0 });
    expect((await bench.ok('GET', '/tariff-groups/5')).plans).toHaveLength(2);
    // The next number goes on behind them.
    expect((await bench.ok('POST', '/tariff-plans', { title: 'Новый' })).id).toBe(43);
    expect(await bench.refusal('POST', '/modules', { id: 7, kind: 'npay', title: 'М', settings: { lockedStatus: 77 } })).toMatchObject({
      reason: 'settings.lockedStatus',
    });
    expect((await bench.ok('POST', '/modules', { id: 7, kind: 'npay', title: 'М' })).id).toBe(7);
    expect(await bench.refusal('POST', '/modules', { id: 7, kind: 'npay', title: 'М' })).toMatchObject({ reason: 'duplicate' });
  });

  test('with a wrong line is not stored at all, and every wrong line is named', async () => {
    const file =
      'id,title,kind,history,position\n20,Паспорт,text,да,1\n21,Район,table,нет,2\n22,,text,,\n23,Дата,date,может,3\n24,x,text,1,5,6\n20,Паспорт,date,,\n';
    const { json } = await imported('parameters', file);
    expect(json).toMatchObject({ stored: false, created: 1, failed: 5 });
    expect(
      json.failures.map(({ line, details }: { line: number; details: { path: string }[] }) => [line, details.map(({ path }) => path)]),
    ).toEqual([
      [3, ['/kind']],
      [4, ['/title']],
      [5, ['/history']],
      [6, []],
      [7, ['/kind']],
    ]);
    expect(json.failures[4]).toMatchObject({ code: 'fixed', russian: 'kind: у записи 20 text, это не меняется' });
    expect(await items('parameters')).toEqual([]);
    expect(await bench.rows(`SELECT FROM audit WHERE action LIKE 'billing.parameter.%'`)).toEqual([]);
  });

  test('knows addresses and items by what they are called; others need a number', async () => {
    await imported('countries', ndjson({ id: 1, title: 'Россия' }), NDJSON);
    await imported('cities', ndjson({ id: 1, title: 'Тверь', country_id: 1 }), NDJSON);
    expect((await imported('streets', 'title,city_id\nСадовая,1\nсадовая,1\nНовая,1\n')).json).toMatchObject({
      stored: true,
      created: 2,
      changed: 1,
    });
    const [street] = await items('streets', '&q=садовая');
    const houses = ndjson(
      { street_id: street.id, house: 5, frac: 'а', params: { лифт: 'есть' } },
      { street_id: street.id, house: '5', frac: 'А', amount: '12', built_on: '1975-09-01' },
      { street_id: street.id, house: 6 },
    );
    expect((await imported('houses', houses, NDJSON)).json).toMatchObject({ stored: true, created: 2, changed: 1 });
    expect(await items('houses')).toMatchObject([
      { house: 5, frac: 'А', amount: 12, built_on: '1975-09-01', params: { лифт: 'есть' } },
      { house: 6, frac: '' },
    ]);
    expect((await imported('labels', ndjson({ title: 'Без номера' }), NDJSON)).json).toMatchObject({
      stored: false,
      failures: [{ line: 1, code: 'required' }],
    });
  });

  test('takes members and lists as JSON or with commas', async () => {
    await imported('parameters', 'id;title;kind\n31;А;text\n32;Б;list\n');
    const members = '[{""parameter_id"":32,""customer_read"":true},{""parameter_id"":31,""position"":2}]';
    expect((await imported('parameter-groups', `id;title;members\n5;Физлица;"${members}"\n`)).json).toMatchObject({ created: 1 });
    expect((await bench.ok('GET', '/directories/parameter-groups/5')).members).toMatchObject([
      { parameter_id: 32, customer_read: true },
      { parameter_id: 31 },
    ]);
    expect((await imported('devices', 'id;title;groups\n1;Узел;"1, 2"\n')).json).toMatchObject({ created: 1 });
    expect((await bench.ok('GET', '/directories/devices/1')).groups).toEqual([1, 2]);
  });

  test('is refused as a whole when it is none, and to those who do not manage', async () => {
    expect(await imported('labels', 'x', { as: 'billing.read+billing.write' })).toMatchObject({ status: 403 });
    expect(await imported('labels', 'id;id\n1;2\n')).toMatchObject({ status: 400, json: { reason: 'csv' } });
    expect(await imported('labels', '{}', { type: 'application/json' })).toMatchObject({ status: 415 });
    expect((await imported('labels', '[1]\n{"id":1\n5\n', NDJSON)).json).toMatchObject({ stored: false, failed: 3 });
    expect(
      (await imported('labels', ndjson({ id: 1e12, title: 'x' }, { id: 'x', title: 'x' }, { id: -1, title: 'x' }), NDJSON)).json,
    ).toMatchObject({
      stored: false,
      failed: 3,
    });
    expect((await imported('labels', '')).json).toMatchObject({ stored: true, created: 0 });
  });
});

describe('vestnik billing directory ... import', () => {
  const billing = billingCommands(() => bench);
  const command = (...words: string[]): Promise<string> => billing(['directory', ...words]);

  test('tries a file, stores it with --apply, and tells which lines are wrong', async () => {
    const file = join(folder, 'groups.csv');
    await writeFile(file, '\ufeffid;title;enabled\n3;Юрлица;да\n4;Бюджет;нет\n');
    expect(await command('group', 'import', file)).toBe('Nothing is stored. new 2, changed 0, unchanged 0, failed 0\n');
    expect(await command('group', 'import', file, '--apply')).toBe('new 2, changed 0, unchanged 0, failed 0\n');
    expect(await items('groups')).toMatchObject([
      { id: 3, title: 'Юрлица', enabled: true },
      { id: 4, title: 'Бюджет', enabled: false },
    ]);
    expect(process.exitCode).toBeUndefined();
    await writeFile(file, '{"id": 63, "title": "x"}\n{"id": 3, "title": "Компании"}\n');
    const said = await command('group', 'import', file, '--apply', '--format', 'ndjson');
    expect(said).toMatch(/^Nothing is stored\. new 0, changed 1, unchanged 0, failed 1\n/);
    expect(said).toMatch(/\n +1 +id: /);
    expect(process.exitCode).toBe(1);
    expect((await bench.ok('GET', '/directories/groups/3')).title).toBe('Юрлица');
    await expect(command('group', 'import', join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'file' });
  });
});
