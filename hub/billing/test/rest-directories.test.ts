import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIRECTORIES } from '../directories/all.ts';
import { setParameter } from '../set-parameter.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
});
afterAll(() => bench.stop());

const add = async (path: string, body: object): Promise<number> => (await bench.ok('POST', `/directories/${path}`, body)).id;
const one = (path: string, id: number) => bench.ok('GET', `/directories/${path}/${id}`);
const refused = (method: string, path: string, body?: unknown, more?: { as?: string; headers?: Record<string, string> }) =>
  bench.refusal(method, `/directories/${path}`, body, more);

/** What a new entry of each directory needs, besides what it refers to. */
async function needsOf(path: string, mark: string): Promise<Record<string, unknown>> {
  const title = `Имя ${mark}`;
  const city = async () => add('cities', { title: `Город ${mark}`, country_id: await add('countries', { title: `Страна ${mark}` }) });
  const known: Readonly<Record<string, () => Promise<Record<string, unknown>>>> = {
    groups: async () => ({ id: 40, title }),
    statuses: async () => ({ id: 40, title }),
    parameters: async () => ({ title, kind: 'text' }),
    'list-items': async () => ({ title, parameter_id: await add('parameters', { title: `Список ${mark}`, kind: 'list' }) }),
    cities: async () => ({ title, country_id: await add('countries', { title: `Страна ${mark}` }) }),
    areas: async () => ({ title, city_id: await city() }),
    quarters: async () => ({ title, city_id: await city() }),
    streets: async () => ({ title, city_id: await city() }),
    houses: async () => ({ house: 7, street_id: await add('streets', { title: `Улица ${mark}`, city_id: await city() }) }),
  };
  return (await known[path]?.()) ?? { title };
}

describe.each(DIRECTORIES.map(({ path }) => path))('the directory %s', (path) => {
  test('is added to, read, changed by version, and deleted; the audit tells of each', async () => {
    const directory = DIRECTORIES.find((known) => known.path === path);
    const body = await needsOf(path, `${path}-1`);
    const made = await bench.call('POST', `/directories/${path}`, body);
    expect(made.status).toBe(201);
    const { id } = made.json;
    expect(made.headers.get('location')).toBe(`/api/v1/billing/directories/${path}/${id}`);
    expect(made.json).toMatchObject({ ...body, version: 1 });
    expect(Object.keys(made.json)).toEqual(expect.arrayContaining(['id', 'version', ...Object.keys(directory?.fields ?? {})]));

    const read = await bench.call('GET', `/directories/${path}/${id}`);
    expect([read.json, read.headers.get('etag')]).toEqual([made.json, '"1"']);
    const change = path === 'houses' ? { house: 8 } : { title: 'Иное имя' };
    const changed = await bench.call('PATCH', `/directories/${path}/${id}`, change, { headers: { 'if-match': '"1"' } });
    expect([changed.status, changed.json, changed.headers.get('etag')]).toEqual([200, { ...made.json, ...change, version: 2 }, '"2"']);
    expect(await refused('PATCH', `${path}/${id}`, change, { headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 412,
      code: 'STALE_VERSION',
    });
    expect((await bench.ok('PATCH', `/directories/${path}/${id}`, change)).version).toBe(2);

    const { items } = await bench.ok('GET', `/directories/${path}?limit=1000`);
    expect(items).toContainEqual(changed.json);
    expect(await refused('DELETE', `${path}/${id}?version=1`)).toMatchObject({ status: 412 });
    expect((await bench.call('DELETE', `/directories/${path}/${id}?version=2`)).status).toBe(204);
    expect(await refused('GET', `${path}/${id}`)).toMatchObject({ status: 404, reason: directory?.name.replaceAll('-', '_') });

    const rows = await bench.rows<{ action: string; login: string }>('SELECT action, login FROM audit WHERE object = $1 ORDER BY id', [
      `${directory?.name}/${id}`,
    ]);
    const noun = `billing.${directory?.name}`;
    expect(rows).toEqual([`${noun}.create`, `${noun}.change`, `${noun}.delete`].map((action) => ({ action, login: '*' })));
  });

  test('is read with billing.read and changed with billing.manage only', async () => {
    const body = path === 'groups' || path === 'statuses' ? { id: 41, title: 'x' } : { title: 'x' };
    for (const as of ['billing.write', 'billing.money', 'billing.call.*']) {
      expect(await refused('GET', path, undefined, { as })).toMatchObject({ status: 403 });
      expect(await refused('POST', path, body, { as: `${as}+billing.read` })).toMatchObject({ status: 403 });
    }
    expect((await bench.call('GET', `/directories/${path}`, undefined, { as: 'billing.read' })).status).toBe(200);
    expect(await refused('POST', path, { title: 'x', surplus: 1 }, { as: 'billing.manage' })).toMatchObject({ status: 422 });
    expect(await refused('DELETE', `${path}/1`, undefined, { as: 'billing.read' })).toMatchObject({ status: 403 });
  });
});

test('the directories tell what their forms need', async () => {
  const { items } = await bench.ok('GET', '/directories', undefined, { as: 'billing.read' });
  expect(items.map(({ path }: { path: string }) => path)).toEqual(DIRECTORIES.map(({ path }) => path));
  const houses = items.find(({ path }: { path: string }) => path === 'houses');
  expect(houses.fields.find(({ name }: { name: string }) => name === 'street_id')).toEqual({
    name: 'street_id',
    kind: 'reference',
    words: { en: 'its street', ru: 'улица' },
    needed: true,
    fixed: false,
    directory: 'streets',
    choices: null,
  });
});

describe('numbers', () => {
  test('can be given by hand, once; those of the sequence go on behind them', async () => {
    const taken = await add('labels', { title: 'Старая', id: 500 });
    expect(taken).toBe(500);
    expect(await refused('POST', 'labels', { title: 'Другая', id: 500 })).toMatchObject({ status: 409, reason: 'duplicate' });
    expect(await add('labels', { title: 'Новая' })).toBe(501);
    expect(await add('labels', { title: 'Малая', id: 400 })).toBe(400);
    expect(await add('labels', { title: 'Ещё одна' })).toBe(502);
    await bench.rows(`INSERT INTO billing_label (label_id, title) VALUES (503, 'Через SQL')`);
    expect(await add('labels', { title: 'И дальше' })).toBe(504);
    for (const id of [0, -1, 1.5, 1_000_000_001, '5'])
      expect(await refused('POST', 'labels', { title: 'x', id })).toMatchObject({ status: 422 });
  });

  test('are given once, whoever else gives them at the same moment', async () => {
    const given = Array.from({ length: 8 }, () => bench.call('POST', '/directories/labels', { title: 'Вместе', id: 600 }));
    const next = Array.from({ length: 8 }, () => bench.call('POST', '/directories/labels', { title: 'Рядом' }));
    expect((await Promise.all(given)).map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    const ids = (await Promise.all(next)).map(({ status, json }) => [status, json.id]);
    expect(ids.every(([status]) => status === 201)).toBe(true);
    expect(new Set(ids.map(([, id]) => id)).size).toBe(8);
  });

  test('of groups are the 63 bits of the mask, and those of statuses are given', async () => {
    expect(await refused('POST', 'groups', { title: 'Без номера' })).toMatchObject({ status: 422 });
    expect(await refused('POST', 'groups', { title: 'Дальше', id: 63 })).toMatchObject({ status: 422 });
    expect(await add('groups', { title: 'Нулевая', id: 0 })).toBe(0);
    expect(await add('groups', { title: 'Последняя', id: 62 })).toBe(62);
    expect(await refused('POST', 'statuses', { title: 'Занят', id: 3 })).toMatchObject({ status: 409, reason: 'duplicate' });
  });
});

describe('lists', () => {
  test('are paged in the order of the directory, from entry 0 on, to the end', async () => {
    await add('groups', { title: 'Ещё', id: 30 });
    const seen: number[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: { items: { id: number }[]; next: string | null } = await bench.ok(
        'GET',
        `/directories/groups?limit=1${after && `&after=${after}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    }
    const rows = await bench.rows<{ id: number }>('SELECT group_id AS id FROM billing_group ORDER BY group_id');
    expect(seen).toEqual(rows.map(({ id }) => id));
    expect(seen.slice(0, 2)).toEqual([0, 30]);
  });

  test('by title: equal titles are parted by their number, and none is shown twice or left out', async () => {
    const country = await add('countries', { title: 'Паго' });
    const city = await add('cities', { title: 'Пагоград', country_id: country });
    for (const title of ['в', 'б', 'а', 'Б', 'г']) await add('streets', { title: `Листовая ${title}`, city_id: city }).catch(() => 0);
    const first = await bench.ok('GET', `/directories/streets?city_id=${city}&limit=2`);
    const second = await bench.ok('GET', `/directories/streets?city_id=${city}&limit=2&after=${first.next}`);
    const titles = [...first.items, ...second.items].map(({ title }: { title: string }) => title);
    expect([titles, second.next]).toEqual([['Листовая а', 'Листовая б', 'Листовая в', 'Листовая г'], null]);
    expect((await bench.ok('GET', '/directories/streets?q=СТОВАЯ%20б')).items).toHaveLength(1);
    expect((await bench.ok('GET', '/directories/streets?q=%25')).items).toEqual([]);

    await bench.ok('DELETE', `/directories/streets/${second.items[1].id}`);
    const gone = await bench.call('GET', `/directories/streets?city_id=${city}&after=${await cursorBehind(second.items[1].id)}`);
    expect([gone.status, gone.json.reason]).toEqual([400, 'cursor']);
  });
  const cursorBehind = async (id: number): Promise<string> => Buffer.from(`bd1.${id}`).toString('base64url');

  test('refuse cursors of other lists, and filters that are none', async () => {
    const foreign = Buffer.from('b1.5').toString('base64url');
    expect(await refused('GET', `labels?after=${foreign}`)).toMatchObject({ status: 400, reason: 'cursor' });
    expect(await refused('GET', 'labels?city_id=1')).toMatchObject({ status: 400 });
    expect(await refused('GET', 'labels?parent_id=x')).toMatchObject({ status: 400 });
  });
});

describe('a tree', () => {
  test('has no circle and no entry above that is not there', async () => {
    const top = await add('domains', { title: 'Верх' });
    const middle = await add('domains', { title: 'Середина', parent_id: top });
    const low = await add('domains', { title: 'Низ', parent_id: middle });
    expect(await refused('PATCH', `domains/${top}`, { parent_id: low })).toMatchObject({ status: 422, reason: 'circle' });
    expect(await refused('PATCH', `domains/${top}`, { parent_id: top })).toMatchObject({ status: 422, reason: 'circle' });
    expect(await refused('PATCH', `domains/${low}`, { parent_id: 999_999 })).toMatchObject({ status: 422, reason: 'unknown_reference' });
    expect((await bench.ok('PATCH', `/directories/domains/${low}`, { parent_id: null })).parent_id).toBeNull();
    expect(await refused('DELETE', `domains/${top}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });

  test('stays one when two moves come at once', async () => {
    const [one, other] = [await add('labels', { title: 'Первая' }), await add('labels', { title: 'Вторая' })];
    const answers = await Promise.all([
      bench.call('PATCH', `/directories/labels/${one}`, { parent_id: other }),
      bench.call('PATCH', `/directories/labels/${other}`, { parent_id: one }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });
});

describe('what is in use', () => {
  test('is not deleted, and the refusal says who uses it', async () => {
    const group = await add('groups', { title: 'Занятая', id: 21 });
    const contract = await bench.contract({ groups: 1n << 21n });
    expect((await bench.call('DELETE', `/directories/groups/${group}`)).json).toMatchObject({
      reason: 'in_use',
      detail: expect.stringContaining('contracts'),
    });
    await bench.rows('UPDATE contract SET groups = 0 WHERE contract_id = $1', [contract]);
    expect((await bench.call('DELETE', `/directories/groups/${group}`)).status).toBe(204);

    const domain = await add('domains', { title: 'Занятый' });
    await bench.contract({ domain_id: domain });
    expect(await refused('DELETE', `domains/${domain}`)).toMatchObject({ status: 409, reason: 'in_use' });
    const label = await add('labels', { title: 'Занятая' });
    await bench.rows('INSERT INTO contract_label VALUES ($1, $2)', [contract, label]);
    expect(await refused('DELETE', `labels/${label}`)).toMatchObject({ status: 409, reason: 'in_use' });
    const npay = (settings: object) =>
      bench.rows(`INSERT INTO billing_module (name, title, settings) VALUES ('npay', 'Абонплата', $1::jsonb)`, [{ ...settings }]);
    const [marked, tagged, status] = [
      await add('groups', { title: 'Для блокировки', id: 22 }),
      await add('labels', { title: 'Для блокировки' }),
      await add('statuses', { title: 'Для блокировки', id: 34 }),
    ];
    await npay({ groups: [marked], labels: [tagged], statusPairs: '0:34, 34:0' });
    for (const path of [`groups/${marked}`, `labels/${tagged}`, `statuses/${status}`]) {
      const answer = await bench.call('DELETE', `/directories/${path}`);
      expect(answer.json).toMatchObject({ reason: 'in_use', detail: expect.stringContaining('settings of modules') });
    }
    await bench.rows('DELETE FROM billing_module');
    await add('statuses', { title: 'Иной', id: 4_000 });
    await npay({ lockedStatus: 4_000, statusPairs: '0:340' });
    expect(await refused('DELETE', 'statuses/4000')).toMatchObject({ reason: 'in_use' });
    expect((await bench.call('DELETE', `/directories/statuses/${status}`)).status).toBe(204);
    const inGroup = await add('parameters', { title: 'В группе', kind: 'text' });
    await add('parameter-groups', { title: 'С параметром', members: [{ parameter_id: inGroup }] });
    expect((await bench.call('DELETE', `/directories/parameters/${inGroup}`)).json.detail).toContain('groups of parameters');
    const group0 = await add('parameter-groups', { title: 'Занятая' });
    await bench.rows('UPDATE contract SET parameter_group_id = $1 WHERE contract_id = $2', [group0, contract]);
    expect(await refused('DELETE', `parameter-groups/${group0}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });

  test('the statuses that the server goes by stay, and those that it passes through are not set by hand', async () => {
    expect(await refused('DELETE', 'statuses/0')).toMatchObject({ status: 409, reason: 'kept' });
    expect(await refused('PATCH', 'statuses/5', { manual: true })).toMatchObject({ status: 422, reason: 'transitional' });
    expect((await bench.ok('PATCH', '/directories/statuses/4', { title: 'На паузе' })).title).toBe('На паузе');
    const own = await add('statuses', { title: 'Архивный', id: 7 });
    const contract = await bench.contract();
    await bench.rows(`INSERT INTO contract_status (contract_id, status, date_from) VALUES ($1, 7, '2026-01-01')`, [contract]);
    expect(await refused('DELETE', `statuses/${own}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });
});

describe('parameters', () => {
  test('keep their kind; only a list takes new values', async () => {
    const id = await add('parameters', { title: 'Паспорт', kind: 'text', position: 5 });
    expect(await refused('PATCH', `parameters/${id}`, { kind: 'date' })).toMatchObject({ status: 422 });
    expect(await refused('PATCH', `parameters/${id}`, { custom_values: true })).toMatchObject({ status: 422, reason: 'kind' });
    expect(await refused('POST', 'parameters', { title: 'x', kind: 'table' })).toMatchObject({ status: 422 });
    expect(await bench.rows('SELECT kind FROM billing_parameter WHERE parameter_id = $1', [id])).toEqual([{ kind: 1 }]);
    expect((await bench.ok('GET', '/directories/parameters?kind=text')).items.map((row: { id: number }) => row.id)).toContain(id);
    const contract = await bench.contract();
    await bench.write((tx, act) => setParameter(tx, act, contract, id, { kind: 1, text: '4510' }));
    expect(await refused('DELETE', `parameters/${id}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });

  test('stand in groups in an order, with what the customer may do', async () => {
    const [first, second] = [await add('parameters', { title: 'А', kind: 'text' }), await add('parameters', { title: 'Б', kind: 'flag' })];
    const members = [
      { parameter_id: second, position: 1, customer_read: true, customer_write: false },
      { parameter_id: first, position: 2, customer_read: false, customer_write: false },
    ];
    const group = await bench.ok('POST', '/directories/parameter-groups', {
      title: 'Физлица',
      members: [members[0], { parameter_id: first, position: 2 }],
    });
    expect(group.members).toEqual(members);
    expect((await bench.ok('PATCH', `/directories/parameter-groups/${group.id}`, { title: 'Люди' })).members).toEqual(members);
    expect((await bench.ok('PATCH', `/directories/parameter-groups/${group.id}`, { members: [members[1]] })).members).toEqual([members[1]]);
    const path = `parameter-groups/${group.id}`;
    expect(await refused('PATCH', path, { members: [members[1], members[1]] })).toMatchObject({ status: 422, reason: 'duplicate' });
    expect(await refused('PATCH', path, { members: [{ parameter_id: 999_999 }] })).toMatchObject({
      status: 422,
      reason: 'unknown_reference',
    });
    expect((await one('parameter-groups', group.id)).members).toEqual([members[1]]);
  });

  test('that an operator may not see are not there, nor their lists, nor in groups that he changes', async () => {
    const [secret, plain] = [
      await add('parameters', { title: 'Тайна', kind: 'list' }),
      await add('parameters', { title: 'Явь', kind: 'list' }),
    ];
    const item = await add('list-items', { title: 'скрыто', parameter_id: secret });
    const group = await add('parameter-groups', { title: 'С тайной', members: [{ parameter_id: secret }] });
    await bench.rows(`INSERT INTO operator (login, display_name, password_hash) VALUES ('ivan', 'Иван', 'x')`);
    // The listener of the tests knows every caller as operator 1.
    await bench.rows(`INSERT INTO billing_operator (operator_id, parameter_rules) VALUES (1, $1::jsonb)`, [
      { [secret]: 'none', [plain]: 'read' },
    ]);
    try {
      const parameters: { id: number }[] = (await bench.ok('GET', '/directories/parameters?limit=1000')).items;
      expect(parameters.map(({ id }) => id)).not.toContain(secret);
      expect(parameters.map(({ id }) => id)).toContain(plain);
      expect(await refused('GET', `parameters/${secret}`)).toMatchObject({ status: 404 });
      expect(await refused('PATCH', `parameters/${secret}`, { title: 'x' })).toMatchObject({ status: 404 });
      expect((await bench.ok('GET', `/directories/list-items?parameter_id=${secret}`)).items).toEqual([]);
      expect(await refused('GET', `list-items/${item}`)).toMatchObject({ status: 404 });
      expect(await refused('POST', 'list-items', { title: 'x', parameter_id: secret })).toMatchObject({
        status: 422,
        reason: 'unknown_reference',
      });
      expect(await refused('PATCH', `parameter-groups/${group}`, { title: 'x' })).toMatchObject({ status: 403, reason: 'parameter' });
      expect((await one('parameter-groups', group)).members).toEqual([]);
    } finally {
      await bench.rows('DELETE FROM billing_operator');
    }
  });

  test('an item with another title is called so at every contract', async () => {
    const list = await add('parameters', { title: 'Район', kind: 'list' });
    const many = await add('parameters', { title: 'Районы', kind: 'multilist' });
    const north = await add('list-items', { title: 'Север', parameter_id: list });
    const [a, b] = [
      await add('list-items', { title: 'Один', parameter_id: many }),
      await add('list-items', { title: 'Два', parameter_id: many }),
    ];
    const contract = await bench.contract();
    await bench.write(async (tx, act) => {
      await setParameter(tx, act, contract, list, { kind: 7, item: north });
      await setParameter(tx, act, contract, many, { kind: 11, items: [b, a] });
    });
    await bench.ok('PATCH', `/directories/list-items/${north}`, { title: 'Юг' });
    await bench.ok('PATCH', `/directories/list-items/${b}`, { title: 'Три' });
    const values = await bench.rows(
      'SELECT parameter_id, title, version FROM contract_parameter WHERE contract_id = $1 ORDER BY parameter_id',
      [contract],
    );
    expect(values).toEqual([
      { parameter_id: list, title: 'Юг', version: 2 },
      { parameter_id: many, title: 'Три, Один', version: 2 },
    ]);
    expect(await refused('DELETE', `list-items/${north}`)).toMatchObject({ status: 409, reason: 'in_use' });
    expect(await refused('DELETE', `list-items/${a}`)).toMatchObject({ status: 409, reason: 'in_use' });
    expect(await refused('POST', 'list-items', { title: 'юг', parameter_id: list })).toMatchObject({ status: 409, reason: 'duplicate' });
    const text = await add('parameters', { title: 'Не список', kind: 'text' });
    expect(await refused('POST', 'list-items', { title: 'x', parameter_id: text })).toMatchObject({ status: 422, reason: 'kind' });
  });
});

describe('secrets of devices', () => {
  test('are shown to those who manage the directories, and never audited', async () => {
    const device = { title: 'Узел', config: 'radius.secret=tEst-secret', username: 'root-login', host: '10.0.0.1' };
    const id = await add('devices', device);
    await bench.ok('PATCH', `/directories/devices/${id}`, { config: 'radius.secret=other-secret' });
    expect((await one('devices', id)).config).toBe('radius.secret=other-secret');
    const seen = await bench.ok('GET', `/directories/devices/${id}`, undefined, { as: 'billing.read' });
    expect([seen.config, seen.username, seen.host]).toEqual(['', '', '10.0.0.1']);
    const list = await bench.call('GET', '/directories/devices', undefined, { as: 'billing.read' });
    expect(list.bytes.toString()).not.toMatch(/secret|root-login/);
    const [row] = await bench.rows<{ text: string }>(`SELECT string_agg(audit::text, ' ') AS text FROM audit WHERE object = $1`, [
      `device/${id}`,
    ]);
    expect(row?.text).toContain('***');
    expect(row?.text).not.toMatch(/tEst-secret|other-secret|root-login/);
  });

  test('periods and days are checked', async () => {
    expect(await refused('POST', 'devices', { title: 'x', date_from: '2026-05-02', date_to: '2026-05-01' })).toMatchObject({
      status: 422,
      reason: 'period',
    });
    for (const date of ['2026-02-30', '1899-12-31', '2201-01-01', '01.02.2026'])
      expect(await refused('POST', 'devices', { title: 'x', date_from: date })).toMatchObject({ status: 422 });
  });
});

describe('bad input', () => {
  test('is refused with the place named, and stores nothing', async () => {
    const before = await bench.rows('SELECT count(*) FROM billing_label');
    for (const title of ['', '  ', 'две\nстроки', 'a\u0000b', 'x'.repeat(201), 5, null, '\ud800'])
      expect(await refused('POST', 'labels', { title })).toMatchObject({ status: 422, code: 'VALIDATION' });
    expect(await refused('GET', 'labels/99999999999')).toMatchObject({ status: 400 });
    for (const path of ['groups/70000', 'statuses/2147483647']) {
      expect(await refused('GET', path)).toMatchObject({ status: 404 });
      expect(await refused('PATCH', path, { title: 'x' })).toMatchObject({ status: 404 });
      expect(await refused('DELETE', path)).toMatchObject({ status: 404 });
    }
    expect(await refused('GET', 'labels/x')).toMatchObject({ status: 400 });
    expect(await bench.rows('SELECT count(*) FROM billing_label')).toEqual(before);
    const quoted = await add('labels', { title: `'; DROP TABLE billing_label; -- "` });
    expect((await one('labels', quoted)).title).toBe(`'; DROP TABLE billing_label; -- "`);
  });

  test('a repeat with the same Idempotency-Key adds nothing', async () => {
    const headers = { 'idempotency-key': 'label-1' };
    const first = await bench.call('POST', '/directories/labels', { title: 'Однажды' }, { headers });
    const again = await bench.call('POST', '/directories/labels', { title: 'Однажды' }, { headers });
    expect([again.json, again.headers.get('idempotency-replayed')]).toEqual([first.json, 'true']);
    expect((await bench.ok('GET', '/directories/labels?q=Однажды')).items).toHaveLength(1);
  });
});
