import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Faces, openFaces } from './support/faces.ts';

// The XML actions of the record, parameters, groups and notes of contracts, and the lists of `admin`, as a foreign program calls them.

let faces: Faces;
let patternId = 0;
let groupId = 0;
const pid: Record<string, number> = {};

async function insert(sql: string, ...values: (string | number)[]): Promise<number> {
  const [row] = await faces.rows<{ id: number }>(sql, values);
  return row?.id ?? 0;
}

beforeAll(async () => {
  faces = await openFaces({ VESTNIK_BILLING__PROFILES: 'new=9.2501' });
  patternId = await insert("INSERT INTO contract_pattern (title, number_mask) VALUES ('Физлица', 'A-NNN') RETURNING pattern_id AS id");
  for (const [name, kind] of Object.entries({ text: 1, address: 2, email: 3, flag: 5, date: 6, list: 7, phone: 9, several: 11 }))
    pid[name] = await insert(
      'INSERT INTO billing_parameter (kind, title, position) VALUES ($1::int, $2, $1::int) RETURNING parameter_id AS id',
      kind,
      `«${name}»`,
    );
  groupId = await insert("INSERT INTO billing_parameter_group (title) VALUES ('Форма') RETURNING parameter_group_id AS id");
  await faces.rows(
    'INSERT INTO billing_parameter_group_member (parameter_group_id, parameter_id, position) VALUES ($1, $2, 1), ($1, $3, 2)',
    [groupId, pid['flag'] ?? 0, pid['text'] ?? 0],
  );
  await faces.rows("INSERT INTO billing_group (group_id, title, not_editable) VALUES (3, 'VIP', false), (4, 'Свои', true)");
  await faces.rows("INSERT INTO billing_list_item (item_id, parameter_id, title) VALUES (41, $1, 'один'), (42, $1, 'два')", [
    pid['list'] ?? 0,
  ]);
});
afterAll(() => faces.stop());

/** What stands inside the root of an answer that must be ok. */
async function ok(
  name: string,
  params: Record<string, string | number> = {},
  more: { prefix?: string; module?: string } = {},
): Promise<string> {
  const { module = 'contract', ...where } = more;
  const given = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]));
  const { text } = await faces.action(module, name, given, where);
  if (!/<data [^>]*status="ok"/.test(text)) throw new Error(`${name}: ${text}`);
  return text.replace(/^.*?<data[^>]*?(?:\/>|>)/s, '').replace(/<\/data>\s*$/, '');
}

/** The text of an answer that must be a refusal. */
async function refused(name: string, params: Record<string, string | number> = {}): Promise<string> {
  const given = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]));
  const { text, status } = await faces.action('contract', name, given);
  expect(status).toBe(200);
  expect(text).toMatch(/<data [^>]*status="error"/);
  return text.replace(/<[^>]*>/g, '').trim();
}

const attribute = (xml: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(xml)?.[1];
const create = async (more: Record<string, string | number> = {}): Promise<number> =>
  Number(attribute(await ok('NewContract', { pattern_id: patternId, ...more }), 'id'));

describe('NewContract', () => {
  test('works with a pattern alone; its element is the first child with the id', async () => {
    const answer = await ok('NewContract', { pattern_id: patternId, sub_mode: 0 });
    expect(answer).toMatch(/^<contract id="\d+" title="A-\d{3}"\/>$/);
  });

  test('takes a title, a day and a head', async () => {
    const head = await create({ title: 'Head & Co' });
    const member = await create({ super_id: head, sub_mode: 1, date: '05.02.2026', custom_title: 'Member "1"' });
    const info = await ok('ContractInfo', { cid: member });
    expect(info).toContain('title="Member &quot;1&quot;"');
    expect(attribute(info, 'date1')).toBe('05.02.2026');
    expect(attribute(info, 'hierarchy')).toBe('sub');
    expect(attribute(await ok('ContractInfo', { cid: head }), 'hierarchyIndep')).toBe('1');
    expect(await refused('NewContract', { pattern_id: patternId, super_id: member })).toContain('субдоговором');
  });

  test('names what is wrong', async () => {
    expect(await refused('NewContract', { pattern_id: 404 })).toBe('Шаблон договора не найден: 404');
    expect(await refused('NewContract', {})).toContain('title');
    expect(await ok('GetPatternList')).toContain(`<item id="${patternId}" title="Физлица"/>`);
  });
});

describe('the record', () => {
  test('ContractInfo shows title, state, balance and modules', async () => {
    const cid = await create({ title: 'Info' });
    const mid = await insert("INSERT INTO billing_module (name, title) VALUES ('npay', 'Абонплата') RETURNING module_id AS id");
    await ok('ContractModuleAdd', { cid, module_id: mid });
    await ok('UpdateContractGroup', { cid, id: 3, value: 1 });
    const info = await ok('ContractInfo', { cid });
    expect(info).toMatch(
      /^<contract title="Info" comment="" comments="0" date1="\d\d\.\d\d\.\d{4}" date2="" del="0" fc="0" gr="8" hierarchy="independent"/,
    );
    expect(info).toContain('mode="credit" objects="0/0" status="Активен"/>');
    expect(info).toContain('<info><groups><item id="3" title="VIP"/></groups><tariff></tariff></info>');
    expect(info).toMatch(
      /<balance mm="\d+" yy="\d{4}" summa1="0\.00" summa2="0\.00" summa3="0\.00" summa4="0\.00" summa5="0\.00" summa6="0\.00" summa7="0\.00"\/>/,
    );
    expect(info).toContain(
      `<modules><item id="${mid}" title="Абонплата" package="ru.bitel.bgbilling.modules.npay" status=""/></modules><script/><plugins/>`,
    );
    expect(await refused('ContractInfo', { cid: 999_999 })).toBe('Договор не найден: 999999');
  });

  test('title and comment change each by itself', async () => {
    const cid = await create({ title: 'Old title' });
    await ok('UpdateContractTitleAndComment', { cid, comment: 'только комментарий' });
    expect(await ok('FindContractByID', { id: cid })).toBe(
      `<contracts><item id="${cid}" title="Old title [ только комментарий ]"/></contracts>`,
    );
    await ok('UpdateContractTitleAndComment', { cid, title: 'New title' });
    await ok('UpdateContractTitleAndComment', { cid, title: '' });
    expect(await ok('FindContractByID', { id: cid })).toContain('title="New title [ только комментарий ]"');
  });

  test('days, mode, face, hiding', async () => {
    const cid = await create();
    await ok('UpdateContractDate1', { id: cid, value: '01.02.2020' });
    await ok('UpdateContractDate2', { cid, value: '2030-12-31' });
    await ok('UpdateContractMode', { cid, value: 'debet' });
    await ok('SetFcContract', { cid, value: 1 });
    await ok('SetDelContract', { cid, del: 1 });
    const info = await ok('ContractInfo', { cid });
    expect([
      attribute(info, 'date1'),
      attribute(info, 'date2'),
      attribute(info, 'mode'),
      attribute(info, 'fc'),
      attribute(info, 'del'),
    ]).toEqual(['01.02.2020', '31.12.2030', 'debet', '1', '1']);
    await ok('UpdateContractDate2', { cid, value: '' });
    expect(attribute(await ok('ContractInfo', { cid }), 'date2')).toBe('');
    expect(await ok('ContractMode', { cid, type: 'mode', view: 1 })).toMatch(
      /<row date="\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d" user="alice" value="Дебет"\/>/,
    );
    expect(await ok('ContractFace', { cid })).toContain('value="Юридическое лицо"');
    expect(await refused('UpdateContractDate2', { cid, value: '01.01.2019' })).toContain('раньше');
    expect(await refused('UpdateContractDate1', { value: '01.01.2019' })).toContain('cid');
  });

  test('a password is set or made; deleting takes the contract away', async () => {
    const cid = await create();
    const password = async (): Promise<string> =>
      (await faces.json('ru.bitel.bgbilling.kernel.contract.api/ContractService', 'contractGet', { contractId: cid })).data.return.password;
    await ok('UpdateContractPassword', { cid, value: 'секрет 1' });
    expect(await password()).toBe('секрет 1');
    await ok('UpdateContractPassword', { cid, set_pswd: 1 });
    expect(await password()).toMatch(/^[a-z2-9]{8}$/);
    await ok('DeleteContract', { cid, save: 1, folder: 'export' });
    expect(await refused('ContractInfo', { cid })).toContain('не найден');
    expect(await faces.rows('SELECT folder, login FROM contract_archive WHERE contract_id = $1', [cid])).toEqual([
      { folder: 'export', login: 'alice' },
    ]);
  });

  test('one status for several contracts', async () => {
    const cids = [await create(), await create()];
    await ok('ContractGroupOperation', { type: 'changeStatus', cids: cids.join(', '), status: 4, date1: '01.01.2026' });
    for (const cid of cids) expect(attribute(await ok('ContractInfo', { cid }), 'status')).toBe('Приостановлен');
    expect(await refused('ContractGroupOperation', { type: 'burn', cids: cids.join(','), status: 4, date1: '01.01.2026' })).toContain(
      'changeStatus',
    );
  });
});

describe('parameters', () => {
  test('of each kind come back as they were set', async () => {
    const cid = await create();
    const of = (name: string, more: Record<string, string | number> = {}) => ({ cid, pid: pid[name] ?? 0, ...more });
    await ok('UpdateParameterType1', of('text', { value: 'Текст <"&">' }));
    await ok('UpdateParameterType5', of('flag', { value: 1 }));
    await ok('UpdateParameterType6', of('date', { value: '29.02.2024' }));
    await ok('UpdateListParam', of('list', { value: 42 }));
    await ok('UpdatePhoneInfo', of('phone', { count: 2, phone1: '+7 900', comment1: 'дом', phone2: '112', comment2: '' }));
    await ok('UpdateEmailInfo', of('email', { 'e-mail': 'Имя <a@b.ru>\nc@d.ru', buf: '', eid: 0 }));
    const all = await ok('ContractParameters', { cid, all: 1 });
    const value = (name: string): string | undefined =>
      attribute(all.match(new RegExp(`<parameter[^>]*pid="${pid[name]}"[^>]*>`))?.[0] ?? '', 'value');
    expect(['text', 'flag', 'date', 'list', 'phone', 'email'].map(value)).toEqual([
      'Текст &lt;&quot;&amp;&quot;&gt;',
      '1',
      '29.02.2024',
      'два',
      '+7 900 [дом], 112',
      'Имя &lt;a@b.ru&gt;, c@d.ru',
    ]);
    expect(await ok('GetListParam', of('list'))).toBe(
      '<values value="42"><item id="41" title="один"/><item id="42" title="два"/></values>',
    );
    expect(await ok('GetPhoneInfo', of('phone'))).toBe('<phone count="2" phone1="+7 900" comment1="дом" phone2="112" comment2=""/>');
    expect(await ok('EmailInfo', of('email'))).toContain('<row email="a@b.ru" name="Имя"/><row email="c@d.ru" name=""/>');
    await ok('UpdateParameterType6', of('date', { value: '' }));
    expect(await ok('GetParameterHistory', of('date'))).toMatch(/value="29\.02\.2024"\/><row when="[^"]*" who="alice" value=""\/>/);
    expect(await refused('UpdateParameterType1', of('flag', { value: 'x' }))).toContain('вид «флаг»');
  });

  test('the form follows the group of the contract', async () => {
    const cid = await create();
    await ok('SetGrContract', { cid, pgid: groupId });
    const form = await ok('ContractParameters', { cid, list: 1 });
    expect([...form.matchAll(/pid="(\d+)"/g)].map(([, id]) => Number(id))).toEqual([pid['flag'], pid['text']]);
    expect(form).toContain(`<condel pgid="${groupId}"/>`);
    expect(form).toContain(`<groups><item id="${groupId}" title="Форма"/></groups>`);
  });

  test('an address in a house, by its number or by names, or as text', async () => {
    const cid = await create();
    const given = { cid, pid: pid['address'] ?? 0 };
    const hid = await insert(
      `WITH n AS (INSERT INTO address_country (title) VALUES ('Россия') RETURNING country_id),
         t AS (INSERT INTO address_city (country_id, title) SELECT country_id, 'Уфа' FROM n RETURNING city_id),
         s AS (INSERT INTO address_street (city_id, title) SELECT city_id, 'Ленина' FROM t RETURNING street_id)
       INSERT INTO address_house (street_id, house, frac) SELECT street_id, 5, 'а' FROM s RETURNING house_id AS id`,
    );
    await ok('UpdateAddressInfo', { ...given, hid, pod: 1, floor: 2, flat: '3', room: '', comment: 'код 4' });
    const info = await ok('AddressInfo', given);
    expect(info).toMatch(
      /^<address cityid="\d+" city="Уфа" areaValue="" quarterValue="" streetid="\d+" street="Ленина" hid="\d+" house="5а" flat="3" room="" comment="код 4" pod="1" floor="2"/,
    );
    await ok('UpdateAddressInfo', { ...given, hid: 0, flat: '9', cityStr: 'уфа', streetStr: 'ЛЕНИНА', houseAndFrac: '5А' });
    expect(attribute(await ok('AddressInfo', given), 'title')).toBe('Уфа, Ленина, д. 5а, кв. 9');
    expect(await refused('UpdateAddressInfo', { ...given, hid: 0, cityStr: 'Уфа', streetStr: 'Мира', houseAndFrac: '1' })).toBe(
      'Дом не найден: Уфа, Мира, 1',
    );
    expect(await refused('UpdateAddressInfo', { ...given, hid: 0 })).toContain('Дом не найден');
    const search = { type: 'c2', street: attribute(info, 'streetid') ?? '', house: '5', flat: '9', pageIndex: 1, pageSize: 25 };
    expect(await ok('FindContract', search)).toMatch(
      new RegExp(
        `^<contracts allRecord="1" pageCount="1" pageIndex="1" pageSize="25" recordCount="1"><item id="${cid}" title="[^"]* \\[ {2}\\] \\[Уфа, Ленина, д\\. 5а, кв\\. 9\\]"/>`,
      ),
    );
    await ok('AddAddressCustom', { ...given, address: 'за рекой' });
    expect(attribute(await ok('AddressInfo', given), 'title')).toBe('за рекой');
    await ok('DeleteAddressParameter', given, { module: 'admin' });
    expect(attribute(await ok('AddressInfo', given), 'title')).toBe('');
  });
});

describe('finding', () => {
  test('by mask, comment and page; from 9.2501 on the comment is an attribute', async () => {
    const cid = await create({ title: 'find me 1' });
    await create({ title: 'find me 2' });
    await ok('UpdateContractTitleAndComment', { cid, comment: 'Пётр' });
    const params = {
      filter: 0,
      type: -1,
      contractMask: 'find me',
      contractComment: '',
      del: 0,
      show_sub: 0,
      show_closed: 1,
      pageSize: 1,
      pageIndex: 1,
    };
    expect(await ok('FilterContract', params)).toBe(
      `<contracts allRecord="2" pageCount="2" pageIndex="1" pageSize="1" recordCount="2"><item id="${cid}" title="find me 1 [ Пётр ]"/></contracts>`,
    );
    expect(await ok('FilterContract', params, { prefix: '/new' })).toContain(`<item id="${cid}" title="find me 1" comment="Пётр"/>`);
    expect(await ok('FilterContract', { ...params, contractMask: '', contractComment: 'пётр' })).toContain('recordCount="1"');
    await ok('UpdateContractGroup', { cid, id: 3, value: 1 });
    expect(await ok('FilterContract', { ...params, filter: (2n ** 62n + 8n).toString() })).toContain('recordCount="1"');
    expect(await refused('FilterContract', { ...params, filter: '9223372036854775808' })).toContain('filter');
  });

  test('by text, e-mail, date and phone', async () => {
    const cid = await create({ title: 'searched' });
    const of = (name: string, more: Record<string, string | number>) => ({ cid, pid: pid[name] ?? 0, ...more });
    await ok('UpdateParameterType1', of('text', { value: 'уникальный текст' }));
    await ok('UpdateParameterType6', of('date', { value: '11.11.2011' }));
    await ok('UpdateEmailInfo', of('email', { 'e-mail': 'unique@example.ru' }));
    await ok('UpdatePhoneInfo', of('phone', { count: 1, phone1: '8-347-000', comment1: '' }));
    const searches: Record<string, string | number>[] = [
      { type: 'c1', parameters: `${pid['text']}`, parameter: 'никальный' },
      { type: 'c3', mail: 'unique@' },
      { type: 'c6', date1: '10.11.2011', date2: '11.11.2011' },
      { type: 'c9', phone: '347' },
    ];
    for (const search of searches) expect(await ok('FindContract', search)).toContain(`<item id="${cid}" title="searched [  ]"/>`);
    expect(await ok('FindContract', { type: 'o4', pageIndex: 1, pageSize: 5 })).toBe(
      '<contracts allRecord="0" pageCount="0" pageIndex="1" pageSize="5" recordCount="0"></contracts>',
    );
    expect(await refused('FindContract', { type: 'c7' })).toContain('type');
  });
});

describe('groups, notes and lists', () => {
  test('groups', async () => {
    const cid = await create();
    await ok('UpdateContractGroup', { cid, id: 3, value: 1 });
    expect(await ok('ContractGroup', { cid })).toBe(
      '<groups selected="8"><group id="3" title="VIP" editable="1"/><group id="4" title="Свои" editable="0"/></groups>',
    );
    await ok('ClearContractGroup', { cid, id: 3, value: 0 });
    expect(attribute(await ok('ContractGroup', { cid }), 'selected')).toBe('0');
    expect(await refused('UpdateContractGroup', { cid, id: 4, value: 1 })).toBe('Группа «Свои» не редактируется');
    expect(await ok('GetContractGroupList', {}, { module: 'admin' })).toBe(
      '<groups><item id="3" title="VIP"/><item id="4" title="Свои"/></groups>',
    );
  });

  test('notes', async () => {
    const cid = await create();
    await ok('UpdateContractMemo', { cid, id: 'new', subject: 'Тема', comment: 'раз\nдва & три', visibled: 1 });
    const list = await ok('ContractMemo', { cid });
    expect(list).toMatch(/<row f0="\d+" f1="Тема" f3="\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d"\/>/);
    const id = attribute(list, 'f0') ?? '';
    expect(await ok('GetContractMemo', { id })).toBe(
      '<comment subject="Тема" visibled="1"><row>раз</row><row>два &amp; три</row></comment>',
    );
    await ok('UpdateContractMemo', { cid, id, subject: 'Другая', comment: '', visibled: 0 });
    expect(await ok('GetContractMemo', { id })).toContain('subject="Другая" visibled="0"');
    await ok('DeleteContractMemo', { cid, id });
    expect(await ok('ContractMemo', { cid })).not.toContain('<row');
  });

  test('values of lists are grandchildren of the root; directories by kind', async () => {
    expect(await ok('ListValues', { pid: pid['list'] ?? 0 }, { module: 'admin' })).toBe(
      '<values><item id="41" title="один"/><item id="42" title="два"/></values>',
    );
    expect(await ok('ListDirectory', { mode: 15 }, { module: 'admin' })).toContain(`<item id="${pid['list']}" title="«list»"/>`);
    expect(await ok('ListDirectory', { mode: 9 }, { module: 'admin' })).toContain(`<item id="${pid['phone']}" title="«phone»"/>`);
  });
});
