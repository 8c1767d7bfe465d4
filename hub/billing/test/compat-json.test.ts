import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMENT, type CompatData, compatData, TITLE } from './support/compat-data.ts';
import { type Faces, openFaces, passwordOf } from './support/faces.ts';

// The checklist of compatibility (spec billing 7): what concerns JSON.

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const PAYMENTS = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const BALANCES = 'ru.bitel.bgbilling.kernel.contract.balance/BalanceService';
const MONITOR = 'ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService';
const TARIFFS = 'ru.bitel.bgbilling.kernel.contract.api/ContractTariffService';
const USERS = 'ru.bitel.bgbilling.kernel.bgsecure/UserService';
const SERVICES = 'ru.bitel.bgbilling.kernel.module/ServiceService';

const SEARCH = { title: '.*', fc: -1, groupMask: 0, subContracts: false, closed: true, hidden: false };

let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces();
  data = await compatData(faces);
});
afterAll(() => faces.stop());

/** The JSON text as it is on the wire. */
const raw = async (service: string, method: string, params: unknown): Promise<string> => {
  const body = JSON.stringify({ method, user: { user: 'alice', pswd: passwordOf('alice') }, params });
  return (await faces.send(`/executer/json/${service}`, { method: 'POST', body })).text;
};

const list = async (more: object = {}) => (await faces.json(CONTRACTS, 'contractList', { ...SEARCH, ...more })).data;

describe('18 in JSON: cid of a status change', () => {
  test.each([
    ['a number', (id: number) => id],
    ['a text', (id: number) => String(id)],
    ['a list', (id: number) => [id]],
  ])('%s', async (_, cid) => {
    const params = {
      cid: cid(data.other),
      statusId: 4,
      dateFrom: '2030-01-01',
      dateTo: null,
      comment: 'x',
      confirmChecked: false,
      objectId: 0,
    };
    expect(await faces.json(MONITOR, 'changeContractStatus', params)).toEqual({
      status: 'ok',
      message: '',
      exception: null,
      tag: null,
      data: { return: null },
    });
  });
});

test('20: paymentList without a period means all time, and its total stands beside', async () => {
  for (const [date, sum] of [
    ['2001-02-03', '10.10'],
    ['2020-02-03', 20.2],
  ] as const)
    expect(
      (await faces.json(PAYMENTS, 'paymentUpdate', { payment: { contractId: data.contract, typeId: data.paymentType, date, sum } })).status,
    ).toBe('ok');
  const { return: rows, holderTotalSum } = (await faces.json(PAYMENTS, 'paymentList', { contractId: data.contract, members: 1 })).data;
  expect(rows.map(({ date }: { date: string }) => date.slice(0, 10))).toEqual(['2001-02-03', '2020-02-03']);
  expect(holderTotalSum).toBe(30.3);
});

test('31: misspelt names stay, and JSON takes the right one, too', async () => {
  const [{ id } = { id: 0 }] = await faces.rows<{ id: number }>(
    `INSERT INTO billing_service (module_id, title) VALUES (${data.npay}, 'Аренда') RETURNING service_id AS id`,
  );
  expect((await faces.json(SERVICES, 'serviceGet', { serivceId: id })).data.return.title).toBe('Аренда');
  expect((await faces.json(SERVICES, 'serviceGet', { serviceId: id })).data.return.title).toBe('Аренда');
});

test('33: hasModuleInstance by contractId and moduleId', async () => {
  await faces.rows(`INSERT INTO contract_module VALUES (${data.contract}, ${data.npay})`);
  expect((await faces.json(CONTRACTS, 'hasModuleInstance', { contractId: data.contract, moduleId: data.npay })).data.return).toBe(true);
  expect((await faces.json(CONTRACTS, 'hasModuleInstance', { arg0: data.contract, arg1: data.inet })).data.return).toBe(false);
});

test('34: texts for numbers, numbers for flags, null for primitives', async () => {
  const found = await list({ fc: '-1', groupMask: null, subContracts: 0, closed: '1', hidden: 'false' });
  expect(found.page.recordCount).toBe(2);
  expect((await faces.json(CONTRACTS, 'contractGet', { contractId: String(data.contract) })).data.return.id).toBe(data.contract);
});

describe('35, 44 and 45: filters', () => {
  const filtered = async (filter: object) => (await list({ entityFilter: [filter] })).return.map(({ title }: { title: string }) => title);

  test.each([
    ['an array', (id: number) => [id]],
    ['a number', (id: number) => id],
    ['a comma string', (id: number) => `${id}, 999`],
  ])('entitySpecAttrIds as %s', async (_, ids) => {
    const parameter = { entitySpecAttrId: data.textParameter, value: 'серия 4509' };
    expect((await faces.json(CONTRACTS, 'contractParameterTextUpdate', { contractId: data.contract, parameter })).status).toBe('ok');
    expect(await filtered({ type: 'Text', entitySpecAttrIds: ids(data.textParameter), value: '4509' })).toEqual([TITLE]);
  });

  test.each(['Address', 'Date', 'House', 'Int', 'List', 'Text', 'Email', 'MultiList', 'Contract', 'Boolean', 'Phone'])(
    '%s is known',
    async (type) => {
      const answer = await faces.json(CONTRACTS, 'contractList', { ...SEARCH, entityFilter: [{ type, entitySpecAttrIds: [] }] });
      expect(answer.message).not.toMatch(/type/);
    },
  );

  test('an unknown one names those that are', async () => {
    const answer = await faces.json(CONTRACTS, 'contractList', { ...SEARCH, entityFilter: [{ type: 'Wrong' }] });
    expect(answer).toMatchObject({ status: 'error', exception: 'ru.bitel.bgbilling.common.BGException' });
    expect(answer.message).toMatch(/Address.*Text/);
  });
});

test.each([null, {}, [], undefined, ''])('36: params %j', async (params) => {
  expect((await faces.json('ru.bitel.bgbilling.kernel.module/ModuleService', 'moduleList', params)).status).toBe('ok');
});

describe('37, 38 and 39: pages', () => {
  test('the page is there though none was sent', async () => {
    const { page } = await list();
    expect(page).toMatchObject({ recordCount: 2 });
    expect(Object.keys(page)).toEqual(
      expect.arrayContaining(['pageSize', 'pageIndex', 'pageCount', 'recordCount', 'pageFirstRecordNumber']),
    );
  });

  test('0 and 0 give everything; a walk ends at pageCount', async () => {
    expect((await list({ page: { pageIndex: 0, pageSize: 0 } })).return).toHaveLength(2);
    const first = await list({ page: { pageIndex: 1, pageSize: 1 } });
    expect(first.page).toMatchObject({ pageCount: 2, recordCount: 2, pageFirstRecordNumber: 0 });
    const last = await list({ page: { pageIndex: 2, pageSize: 1 } });
    expect(last.return[0].title).not.toBe(first.return[0].title);
  });

  test('pageFirstRecordNumber is (index - 1) x size', async () => {
    expect((await list({ page: { pageIndex: 2, pageSize: 2 } })).page.pageFirstRecordNumber).toBe(2);
  });
});

test('40 and 58: amounts are numbers with two decimals, under both names', async () => {
  const text = await raw(PAYMENTS, 'paymentList', { contractId: data.contract, members: 1 });
  expect(text).toMatch(/"sum":10\.10,"summa":10\.10[,}]/);
  expect(text).toContain('"holderTotalSum":30.30');
  const made = await faces.json(PAYMENTS, 'paymentUpdate', {
    payment: { id: 0, contractId: data.other, typeId: data.paymentType, date: '2020-01-01', summa: 5 },
  });
  expect(made.data.return).toHaveLength(1);
});

test('41: exception, tag and message are always there', async () => {
  const good = JSON.parse(await raw(CONTRACTS, 'contractGet', { contractId: data.contract }));
  expect(good).toMatchObject({ status: 'ok', message: '', exception: null, tag: null });
  const bad = JSON.parse(await raw(CONTRACTS, 'contractGet', {}));
  expect(Object.keys(bad)).toEqual(expect.arrayContaining(['status', 'message', 'exception', 'tag', 'data']));
});

test('42: what users can mend is BGMessageException, the rest BGException', async () => {
  expect((await faces.json(CONTRACTS, 'contractGet', { contractId: 999 })).exception).toBe('ru.bitel.bgbilling.common.BGMessageException');
  for (const [method, params] of [
    ['contractGet', {}],
    ['contractGet', { contractId: 'x' }],
    ['noSuchMethod', {}],
  ] as const)
    expect((await faces.json(CONTRACTS, method, params)).exception).toBe('ru.bitel.bgbilling.common.BGException');
});

test('43: the password in clear for whoever has the right, empty for others', async () => {
  await faces.json(CONTRACTS, 'contractPasswordUpdate', { contractId: data.contract, password: 'Секрет-1', generate: false });
  expect((await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract })).data.return.password).toBe('Секрет-1');
  await faces.operator('dave', 'billing.call.ContractService.*');
  const user = { user: 'dave', pswd: passwordOf('dave') };
  expect((await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract }, { user })).data.return.password).toBe('');
});

describe('46: titles', () => {
  test.each([
    ['.*', 2],
    ['0', 1],
    [TITLE, 1],
    ['Б-2', 1],
    ['(', 0],
  ])('%j finds %i', async (title, count) => {
    expect((await list({ title })).return).toHaveLength(count);
  });
});

test('47: the value of a parameter is at return.value, of lists and addresses at return.title', async () => {
  const parameter = { entitySpecAttrId: data.listParameter, value: data.listItem };
  expect((await faces.json(CONTRACTS, 'contractParameterListUpdate', { contractId: data.contract, parameter })).status).toBe('ok');
  const text = await faces.json(CONTRACTS, 'contractParameterGet', { contractId: data.contract, parameterId: data.textParameter });
  expect(text.data.return).toMatchObject({ type: 'Text', value: 'серия 4509' });
  const item = await faces.json(CONTRACTS, 'contractParameterGet', { contractId: data.contract, parameterId: data.listParameter });
  expect(item.data.return).toMatchObject({ type: 'List', title: 'Север', value: data.listItem });
});

test('49: the detail of the balance', async () => {
  const rows = (await faces.json(BALANCES, 'balanceDetailList', { contractId: data.contract, available: false })).data.return;
  const payments = rows.filter(({ type }: { type: number }) => type === 1);
  expect(payments.map(({ date }: { date: string }) => date.slice(0, 10))).toEqual(['2001-02-03', '2020-02-03']);
  expect(payments.at(-1).sumAfterChange).toBe(30.3);
});

test('50 and 51: a balance by year and month as texts gives the outgoing one', async () => {
  const balance = (await faces.json(BALANCES, 'contractBalanceGet', { contractId: data.contract, year: '2020', month: '2' })).data.return;
  const { incomingSaldo, payments, accounts, charges } = balance;
  expect(Math.round((incomingSaldo + payments - accounts - charges) * 100)).toBe(3_030);
});

test('56: no list of users carries a hash, though the key is there', async () => {
  const rows = (await faces.json(USERS, 'listUsers')).data.return;
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(Object.keys(row)).toContain('password');
    expect(row.password || '').toBe('');
  }
});

test('59: contractTariffList with nulls for the entity', async () => {
  const answer = await faces.json(TARIFFS, 'contractTariffList', {
    contractId: data.contract,
    date: null,
    entityMid: null,
    entityId: null,
  });
  expect(answer.data.return.map(({ tariffPlanId }: { tariffPlanId: number }) => tariffPlanId)).toContain(data.plan);
  expect(answer.data.return[0].dateFrom).toMatch(/^\d{4}-\d\d-\d\dT00:00:00\+03:00$/);
});

test.each(['2020-03-31T22:00:00Z', '2020-04-01T01:00:00+0300', '2020-04-01', '01.04.2020', 1_585_688_400_000])(
  '62: %j is 1 April 2020 in Moscow',
  async (date) => {
    const payment = { contractId: data.other, typeId: data.paymentType, date, sum: 1 };
    const [id] = (await faces.json(PAYMENTS, 'paymentUpdate', { payment })).data.return;
    expect((await faces.json(PAYMENTS, 'paymentGet', { paymentId: id })).data.return.date).toBe('2020-04-01T00:00:00+03:00');
  },
);

test('63 in JSON: quotes, ampersands and both alphabets, written as they are', async () => {
  const text = await raw(CONTRACTS, 'contractGet', { contractId: data.contract });
  expect(text).toContain(JSON.stringify(COMMENT));
  expect(text).toContain('"dateFrom":"2020-01-02"');
});

test('55: no character that XML forbids in any answer, whatever was stored', async () => {
  await faces.rows(`UPDATE contract SET comment = E'a\\u0001b\\u000bc\\uFFFEd' WHERE contract_id = ${data.other}`);
  const texts = [
    await raw(CONTRACTS, 'contractGet', { contractId: data.other }),
    (await faces.soap(CONTRACTS, 'contractGet', `<contractId>${data.other}</contractId>`)).text,
    (await faces.action('contract', 'ContractInfo', { cid: String(data.other) })).text,
  ];
  for (const text of texts) expect(text).toContain('abcd');
});

describe('the profile 9.2501', () => {
  test('lists and their holders in one object, short rows of contractList', async () => {
    const newer = await openFaces({ VESTNIK_BILLING__PROFILE: '9.2501' });
    try {
      const own = await compatData(newer);
      const found = (await newer.json(CONTRACTS, 'contractList', SEARCH)).data;
      expect(Object.keys(found)).toEqual(['return']);
      expect(found.return.list[0]).toEqual({ contractId: own.contract, contractTitle: TITLE, contractComment: COMMENT });
      expect(found.return.page.recordCount).toBe(2);
      expect((await newer.json(PAYMENTS, 'paymentList', { contractId: own.contract, members: 1 })).data).toEqual({
        return: { list: [], sum: 0 },
      });
    } finally {
      await newer.stop();
    }
  });
});
