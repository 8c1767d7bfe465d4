import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Faces, openFaces, passwordOf } from './support/faces.ts';

// Contracts, their parameters, notes, groups, entities and addresses through the web services, as a foreign program calls them.

const CONTRACT = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const NOTE = 'ru.bitel.bgbilling.kernel.contract.api/ContractNoteService';
const GROUP = 'ru.bitel.bgbilling.kernel.contract.api/ContractGroupService';
const PARAMETER = 'ru.bitel.bgbilling.kernel.contract.param/ContractParameterService';
const ENTITY = 'ru.bitel.oss.kernel.entity/EntityService';
const ADDRESS = 'ru.bitel.oss.kernel.directories.address/AddressService';

let faces: Faces;
let patternId = 0;
let house = 0;
const pid: Record<string, number> = {};

async function insert(sql: string, ...values: (string | number)[]): Promise<number> {
  const [row] = await faces.rows<{ id: number }>(sql, values);
  return row?.id ?? 0;
}

beforeAll(async () => {
  faces = await openFaces({ VESTNIK_BILLING__PROFILES: 'new=9.2501' });
  patternId = await insert("INSERT INTO contract_pattern (title, number_mask) VALUES ('p', 'S-NNN') RETURNING pattern_id AS id");
  for (const [name, kind] of Object.entries({ text: 1, address: 2, email: 3, flag: 5, date: 6, list: 7, phone: 9, separator: 10 }))
    pid[name] = await insert(
      'INSERT INTO billing_parameter (kind, title, position) VALUES ($1::int, $2, $1) RETURNING parameter_id AS id',
      kind,
      name,
    );
  await faces.rows("INSERT INTO billing_list_item (item_id, parameter_id, title) VALUES (5, $1, 'пять')", [pid['list'] ?? 0]);
  await faces.rows("INSERT INTO billing_parameter_group (parameter_group_id, title) VALUES (14, 'Форма')");
  await faces.rows(
    'INSERT INTO billing_parameter_group_member VALUES (14, $1, 2, true, false), (14, $2, 1, false, false), (14, $3, 3, false, false)',
    [pid['text'] ?? 0, pid['list'] ?? 0, pid['separator'] ?? 0],
  );
  house = await insert(
    `WITH n AS (INSERT INTO address_country (title) VALUES ('Россия') RETURNING country_id),
       t AS (INSERT INTO address_city (country_id, title) SELECT country_id, 'Уфа' FROM n RETURNING city_id),
       s AS (INSERT INTO address_street (city_id, title) SELECT city_id, title FROM t, (VALUES ('Ленина'), ('Мира'), ('Малая Ленина')) AS of (title) RETURNING street_id, title)
     INSERT INTO address_house (street_id, house, frac, params) SELECT street_id, 5, 'а', '{"key": "value"}' FROM s WHERE title = 'Ленина'
     RETURNING house_id AS id`,
  );
});
afterAll(() => faces.stop());

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
async function call(service: string, method: string, params: unknown = {}, more: { prefix?: string } = {}): Promise<any> {
  const answer = await faces.json(service, method, params, more);
  if (answer.status !== 'ok') throw new Error(`${method}: ${answer.exception} ${answer.message}`);
  return answer.data;
}
const value = async (service: string, method: string, params: unknown = {}) => (await call(service, method, params)).return;
const refused = async (service: string, method: string, params: unknown) => {
  const { status, exception, message } = await faces.json(service, method, params);
  expect(status).toBe('error');
  return { exception: exception?.replace('ru.bitel.bgbilling.common.', ''), message };
};
const create = (more: object = {}): Promise<number> => value(CONTRACT, 'contractCreate', { contractCreateData: { patternId, ...more } });

describe('a contract', () => {
  test('has every key of the sample, and the derived flags', async () => {
    const id = await create({ title: '06-10-10/И-Г/0', dateFrom: '2010-10-06', password: '9351220759' });
    expect(await value(CONTRACT, 'contractGet', { contractId: id })).toEqual({
      id,
      title: '06-10-10/И-Г/0',
      groups: 0,
      password: '9351220759',
      dateFrom: '2010-10-06',
      dateTo: null,
      balanceMode: 0,
      paramGroupId: 0,
      personType: 0,
      comment: '',
      hidden: false,
      superCid: 0,
      dependSubList: '',
      status: 0,
      statusTimeChange: '2010-10-06',
      titlePatternId: patternId,
      balanceSubMode: 0,
      domainId: 0,
      balanceLimit: 0,
      sub: false,
      super: false,
      dependSub: false,
      independSub: false,
    });
    expect(await value(CONTRACT, 'contractByTitle', { contractTitle: '06-10-10/И-Г/0' })).toMatchObject({ id });
    expect(await refused(CONTRACT, 'contractByTitle', { contractTitle: '06-10-10' })).toMatchObject({ exception: 'BGMessageException' });
    expect(await refused(CONTRACT, 'contractGet', { contractId: 404_404 })).toEqual({
      exception: 'BGMessageException',
      message: 'Договор не найден: 404404',
    });
  });

  test('shows its password only with the right to it, and lists with passwords are in the audit', async () => {
    const id = await create({ title: 'with password', password: 'bg2rFZ2PEX' });
    await faces.operator('reader', 'billing.call.*');
    const user = { user: 'reader', pswd: passwordOf('reader') };
    await faces.operator('trusted', 'billing.call.ContractService.*', 'billing.contract.password.read');
    const trusted = { user: { user: 'trusted', pswd: passwordOf('trusted') } };
    expect((await faces.json(CONTRACT, 'contractGet', { contractId: id }, trusted)).data.return.password).toBe('bg2rFZ2PEX');
    const list = { title: 'with password', fc: -1, groupMask: 0, subContracts: false, closed: true, hidden: false };
    expect((await faces.json(CONTRACT, 'contractGet', { contractId: id }, { user })).data.return.password).toBe('');
    expect((await faces.json(CONTRACT, 'contractList', list, { user })).data.return[0].password).toBe('');
    const counted = () => faces.rows("SELECT login, after FROM audit WHERE action = 'billing.contract.password.list'");
    expect(await counted()).toEqual([]);
    expect(await value(CONTRACT, 'contractList', list)).toMatchObject([{ password: 'bg2rFZ2PEX' }]);
    expect(await counted()).toEqual([{ login: 'alice', after: { passwords: 1 } }]);
  });

  test('changes by its verbs', async () => {
    const id = await create();
    await call(CONTRACT, 'contractTitleAndCommentUpdate', { contractId: id, title: null, comment: 'новый', patternId: 0 });
    await call(CONTRACT, 'contractDateToUpdate', { contractId: id, dateTo: '2031-05-31' });
    await call(CONTRACT, 'contractParameterGroupSet', { contractId: id, paramGroupId: 14 });
    await call(CONTRACT, 'contractPasswordUpdate', { contractId: id, password: null, generate: true });
    const changed = await value(CONTRACT, 'contractGet', { contractId: id });
    expect(changed).toMatchObject({ comment: 'новый', dateTo: '2031-05-31', paramGroupId: 14 });
    expect(changed.title).toMatch(/^S-\d{3}$/);
    expect(changed.password).toMatch(/^[a-z2-9]{8}$/);
    await call(CONTRACT, 'contractDateToUpdate', { contractId: id, dateTo: null });
    await call(CONTRACT, 'contractTitleAndCommentUpdate', { contractId: id, title: 'Renamed', comment: null, patternId: 0 });
    expect(await value(CONTRACT, 'contractGet', { contractId: id })).toMatchObject({ title: 'Renamed', comment: 'новый', dateTo: null });
    const info = JSON.parse((await value(CONTRACT, 'contractInfoGet', { contractId: id })).json);
    expect(info).toMatchObject({
      contract: { title: 'Renamed', mode: 'credit' },
      balance: { summa5: '0.00' },
      modules: [],
      info: { groups: [] },
    });
  });

  test('has members, modules and groups', async () => {
    const head = await create();
    const [dependent, independent] = [await create({ contractSuperId: head }), await create({ contractSuperId: head, contractSubMode: 1 })];
    const members = async (subMode: number, withSuperCid: boolean) =>
      (await value(CONTRACT, 'contractSubList', { contractId: head, subMode, withSuperCid })).map((row: { id: number }) => row.id);
    expect(await members(-1, false)).toEqual([dependent, independent]);
    expect(await members(0, true)).toEqual([head, dependent]);
    expect(await members(1, false)).toEqual([independent]);
    const mid = await insert("INSERT INTO billing_module (name, title) VALUES ('npay', 'm') RETURNING module_id AS id");
    const has = () => value(CONTRACT, 'hasModuleInstance', { contractId: head, moduleId: mid });
    expect(await has()).toBe(false);
    await call(CONTRACT, 'contractModuleAdd', { contractId: head, moduleIds: [mid] });
    expect(await has()).toBe(true);
    await call(CONTRACT, 'contractModuleDelete', { contractId: head, moduleIds: [mid] });
    expect(await has()).toBe(false);
    await call(GROUP, 'contractGroupUpdate', { contractGroup: { id: 7, title: 'Семь', enabled: true, notEditable: false } });
    await call(GROUP, 'contractGroupUpdate', { contractGroup: { id: 8, title: 'Архив', enabled: false, notEditable: false } });
    await call(CONTRACT, 'contractGroupAdd', { contractId: head, contractGroupId: 7 });
    expect(await value(CONTRACT, 'contractGet', { contractId: head })).toMatchObject({ groups: 128, dependSubList: String(dependent) });
    await call(CONTRACT, 'contractGroupRemove', { contractId: head, contractGroupId: 7 });
    expect(await value(CONTRACT, 'contractGet', { contractId: head })).toMatchObject({ groups: 0 });
    expect(await value(GROUP, 'contractGroupGet', { id: 7 })).toEqual({ id: 7, title: 'Семь', enabled: true, notEditable: false });
    expect(await value(GROUP, 'contractGroupList', { all: false, order: null })).toMatchObject([{ id: 7 }]);
    expect(await value(GROUP, 'contractGroupList', { all: true, order: 'title' })).toMatchObject([{ title: 'Архив' }, { title: 'Семь' }]);
  });
});

describe('contractList', () => {
  const any = { fc: -1, groupMask: 0, subContracts: false, closed: true, hidden: false };
  beforeAll(async () => {
    for (const title of ['L-1', 'L-2', 'L-3']) {
      const contractId = await create({ title });
      await call(CONTRACT, 'contractParameterTextUpdate', {
        contractId,
        parameter: { entitySpecAttrId: pid['text'] ?? 0, value: `текст ${title}` },
      });
    }
  });

  test('answers the page that was asked for, and a page also where none was', async () => {
    const data = await call(CONTRACT, 'contractList', { ...any, title: 'l-', page: { pageIndex: 2, pageSize: 2 } });
    expect(data.return.map((row: { title: string }) => row.title)).toEqual(['L-3']);
    expect(data.page).toEqual({ pageSize: 2, pageIndex: 2, pageCount: 2, recordCount: 3, pageFirstRecordNumber: 2 });
    expect((await call(CONTRACT, 'contractList0', { ...any, title: 'L-' })).page).toMatchObject({ recordCount: 3 });
  });

  test('finds by the filters of the source', async () => {
    for (const entitySpecAttrIds of [[pid['text']], pid['text'], `${pid['text']}`, []]) {
      const entityFilter = [{ type: 'Text', entitySpecAttrIds, value: 'L-2' }];
      expect(await value(CONTRACT, 'contractList', { ...any, entityFilter })).toMatchObject([{ title: 'L-2' }]);
    }
    expect((await refused(CONTRACT, 'contractList', { ...any, entityFilter: [{ type: 'Nothing' }] })).message).toContain('Text');
  });

  test('has short rows and its page inside in the release 9.2501', async () => {
    const { return: found } = await call(CONTRACT, 'contractList', { ...any, title: 'L-1' }, { prefix: '/new' });
    expect(found).toMatchObject({ list: [{ contractTitle: 'L-1', contractComment: '' }], page: { recordCount: 1 } });
  });

  test('comes over SOAP, its filter told by its type', async () => {
    const { text } = await faces.soap(
      CONTRACT,
      'contractList',
      `<title>.*</title><fc>-1</fc><groupMask>0</groupMask>
       <entityFilter xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="filterEntityAttrText" entitySpecAttrIds="${pid['text']}" value="L-3"/>
       <subContracts>0</subContracts><closed>1</closed><hidden>0</hidden>`,
    );
    expect(text.match(/<return[ >]/g)).toHaveLength(1);
    expect(text).toContain('title="L-3"');
    expect(text).toMatch(/<page [^>]*recordCount="1"/);
  });
});

describe('parameters', () => {
  test('of each verb come back with their class', async () => {
    const id = await create();
    const set = (verb: string, name: string, parameter: object) =>
      call(CONTRACT, `contractParameter${verb}Update`, {
        contractId: id,
        parameter: { entityId: id, entitySpecAttrId: pid[name], ...parameter },
      });
    const get = (name: string) => value(CONTRACT, 'contractParameterGet', { contractId: id, parameterId: pid[name] });
    expect(await get('text')).toBeNull();
    await set('Text', 'text', { value: 'т"е&к' });
    await set('List', 'list', { value: 5 });
    await set('Date', 'date', { value: '2024-02-29' });
    await set('Phone', 'phone', { contactList: [{ phone: '112', comment: 'к' }] });
    await set('Email', 'email', { contactList: [{ name: 'Имя', address: 'a@b.ru' }] });
    await set('Address', 'address', { houseId: house, flat: '7', pod: 0, floor: 0, formatKey: 'street' });
    expect(await get('text')).toMatchObject({ value: 'т"е&к', entityId: id, entitySpecAttrId: pid['text'] });
    expect(await get('list')).toMatchObject({ value: 5, title: 'пять' });
    expect((await get('date')).value).toContain('2024-02-29');
    expect(await get('phone')).toMatchObject({ contactList: [{ phone: '112', comment: 'к' }] });
    expect(await get('email')).toMatchObject({ value: 'Имя <a@b.ru>', contactList: [{ name: 'Имя', address: 'a@b.ru' }] });
    expect(await get('address')).toMatchObject({ title: 'Ленина, д. 5а, кв. 7', houseId: house, flat: '7' });
    await set('Email', 'email', { value: 'x@y.ru\nz@y.ru' });
    expect(await get('email')).toMatchObject({ contactList: [{ address: 'x@y.ru' }, { address: 'z@y.ru' }] });
    expect(
      (await refused(CONTRACT, 'contractParameterDateUpdate', { contractId: id, parameter: { entitySpecAttrId: pid['text'] } })).message,
    ).toContain('pid');
    expect((await refused(CONTRACT, 'contractParameterTextUpdate', { contractId: id, parameter: null })).message).toContain('parameter');
    expect(await value(CONTRACT, 'contractParameterMap', { contractId: id, paramGroupId: 14 })).toMatchObject({
      data: {
        entry: [
          { key: pid['list'], value: { type: 'List', title: 'пять' } },
          { key: pid['text'], value: { type: 'Text', value: 'т"е&к' } },
        ],
      },
    });
    const soap = await faces.soap(
      CONTRACT,
      'contractParameterGet',
      `<contractId>${id}</contractId><parameterId>${pid['list']}</parameterId>`,
    );
    expect(soap.text).toMatch(/xsi:type="[^"]*entityAttrList"/);
  });

  test('are described, in groups and as entities', async () => {
    expect(await value(PARAMETER, 'getContractParameterPref', { paramId: pid['flag'] })).toMatchObject({
      title: 'flag',
      type: 'TYPE_FLAG',
      sort: 5,
    });
    expect(await value(PARAMETER, 'getContractParameterPrefList', { paramType: 7 })).toMatchObject([
      { id: pid['list'], type: 'TYPE_LIST' },
    ]);
    expect(await value(PARAMETER, 'getContractParameterPrefList', { paramType: 0 })).toHaveLength(8);
    expect(await value(PARAMETER, 'contractParameterListItemList', { parameterTypeId: pid['list'] })).toEqual([{ id: 5, title: 'пять' }]);
    const attributeList = [
      { id: pid['list'], type: 4, order: 1 },
      { id: pid['text'], type: 1, order: 2, customerRead: true },
    ];
    expect(await value(CONTRACT, 'contractParameterGroupGet', { id: 14 })).toMatchObject({ id: 14, title: 'Форма', attributeList });
    expect(await value(CONTRACT, 'contractParameterGroupList')).toMatchObject([{ id: 14 }]);
    expect(await value(ENTITY, 'entitySpecList')).toMatchObject([{ id: 14, title: 'Форма' }]);
    expect(await value(ENTITY, 'entitySpecGet', { arg0: 14 })).toMatchObject({ attributeList: [{ id: pid['list'] }, { id: pid['text'] }] });
    const attributes = await value(ENTITY, 'entitySpecAttrList');
    expect(attributes.map(({ id, type }: { id: number; type: number }) => [id, type])).toEqual([
      [pid['text'], 1],
      [pid['address'], 8],
      [pid['email'], 9],
      [pid['flag'], 3],
      [pid['date'], 5],
      [pid['list'], 4],
      [pid['phone'], 10],
    ]);
    expect(await value(ENTITY, 'entitySpecAttrGet', { arg0: pid['phone'] })).toMatchObject({
      title: 'phone',
      typeName: 'Phone',
      history: true,
    });
    expect(await value(ENTITY, 'entitySpecAttrListItemList', { arg0: pid['list'] })).toEqual([{ id: 5, title: 'пять' }]);
    expect(await refused(ENTITY, 'entitySpecGet', { arg0: 404 })).toMatchObject({ exception: 'BGMessageException' });
  });
});

test('notes', async () => {
  const id = await create();
  const noteId = await value(NOTE, 'contractNoteUpdate', {
    contractId: id,
    contractNote: { title: 'Тема', comment: 'а\nб', visible: true },
  });
  const note = { id: noteId, title: 'Тема', comment: 'а\nб', visible: true, contractId: id };
  expect(await value(NOTE, 'contractNoteGet', { contractId: id, id: noteId })).toMatchObject(note);
  expect(await value(NOTE, 'getContractNote', { contractNoteId: noteId })).toMatchObject(note);
  await call(NOTE, 'contractNoteUpdate', { contractId: id, contractNote: { id: noteId, title: 'Т2', comment: '', visible: false } });
  expect(await value(NOTE, 'contractNoteList', { contractId: id, customer: false })).toMatchObject([{ title: 'Т2' }]);
  expect(await value(NOTE, 'contractNoteList', { contractId: id, customer: true })).toEqual([]);
  await call(NOTE, 'contractNoteDelete', { contractId: id, id: noteId });
  expect(await refused(NOTE, 'contractNoteGet', { contractId: id, id: noteId })).toMatchObject({ exception: 'BGMessageException' });
});

test('the address directory', async () => {
  const found = await value(ADDRESS, 'houseGet', { id: house });
  expect(found).toMatchObject({
    house: 5,
    frac: 'а',
    houseFrac: '5а',
    streetTitle: 'Ленина',
    cityTitle: 'Уфа',
    params: [{ key: 'key', value: 'value' }],
  });
  const { cityId, streetId } = found;
  const [country] = await value(ADDRESS, 'countryList', { title: 'росс' });
  expect(country).toMatchObject({ title: 'Россия' });
  expect(await value(ADDRESS, 'cityList', { countryId: country.id, title: null })).toMatchObject([{ id: cityId, title: 'Уфа' }]);
  expect(await value(ADDRESS, 'cityGet', { id: cityId })).toMatchObject({ countryId: country.id });
  expect(await value(ADDRESS, 'streetGet', { id: streetId })).toEqual({ id: streetId, title: 'Ленина', cityId, cityTitle: 'Уфа' });
  expect(await value(ADDRESS, 'streetList', { cityId, title: 'ленина' })).toMatchObject([{ title: 'Ленина' }, { title: 'Малая Ленина' }]);
  const search = { cityId: 0, title: 'лен', cityTitle: 'уф', page: { pageIndex: 2, pageSize: 1 } };
  expect(await value(ADDRESS, 'streetSearch', search)).toMatchObject([{ title: 'Малая Ленина' }]);
  const any = { cityId: 0, areaId: 0, streetId: 0, quarterId: 0, house: 0, frac: null };
  expect(await value(ADDRESS, 'houseList', { ...any, streetId, house: 5, frac: 'А' })).toMatchObject([{ id: house }]);
  expect(await value(ADDRESS, 'houseList', { ...any, house: 6 })).toEqual([]);
  const forms = await value(ADDRESS, 'addressFormat', { houseId: house, pod: 1, floor: 0, flat: '2', room: null, comment: null });
  expect(forms).toContainEqual({ key: 'default', value: 'Уфа, Ленина, д. 5а, под. 1, кв. 2' });
  expect(await refused(ADDRESS, 'houseGet', { id: 404 })).toMatchObject({ exception: 'BGMessageException', message: 'Дом не найден: 404' });
});

test('an operator with a fence meets no contract outside it, by no operation of a contract', async () => {
  const outside = await create({ title: 'outside the fence' });
  const operatorId = await faces.operator('fenced', 'billing.call.*', 'billing.action.*');
  await faces.rows('INSERT INTO billing_operator (operator_id, groups) VALUES ($1, 4)', [operatorId]);
  const user = { user: 'fenced', pswd: passwordOf('fenced') };
  const parameter = { entitySpecAttrId: pid['text'], value: 'x' };
  const calls: [string, string, object][] = [
    [CONTRACT, 'contractGet', {}],
    [CONTRACT, 'contractSubList', { subMode: -1, withSuperCid: true }],
    [CONTRACT, 'hasModuleInstance', { moduleId: 1 }],
    [CONTRACT, 'contractParameterMap', { paramGroupId: 0 }],
    [CONTRACT, 'contractInfoGet', {}],
    [CONTRACT, 'contractParameterGet', { parameterId: pid['text'] }],
    [CONTRACT, 'contractByTitle', { contractTitle: 'outside the fence' }],
    [CONTRACT, 'contractGroupAdd', { contractGroupId: 7 }],
    [CONTRACT, 'contractPasswordUpdate', { generate: true }],
    [CONTRACT, 'contractTitleAndCommentUpdate', { comment: 'x', patternId: 0 }],
    [CONTRACT, 'contractDateToUpdate', { dateTo: null }],
    [CONTRACT, 'contractParameterTextUpdate', { parameter }],
    [CONTRACT, 'contractModuleAdd', { moduleIds: [1] }],
    [CONTRACT, 'contractParameterGroupSet', { paramGroupId: 14 }],
    [CONTRACT, 'contractCreate', { contractCreateData: { title: 'x', contractSuperId: outside } }],
    [NOTE, 'contractNoteList', { customer: false }],
    [NOTE, 'contractNoteUpdate', { contractNote: { title: 'x', visible: true } }],
  ];
  const before = await value(CONTRACT, 'contractGet', { contractId: outside });
  for (const [service, method, params] of calls) {
    const answer = await faces.json(service, method, { contractId: outside, ...params }, { user });
    expect([method, answer.status, answer.exception]).toEqual([method, 'error', 'ru.bitel.bgbilling.common.BGMessageException']);
  }
  const list = { title: '.*', fc: -1, groupMask: 0, subContracts: true, closed: true, hidden: true };
  expect((await faces.json(CONTRACT, 'contractList', list, { user })).data).toMatchObject({ return: [], page: { recordCount: 0 } });
  expect(await value(CONTRACT, 'contractGet', { contractId: outside })).toEqual(before);
});
