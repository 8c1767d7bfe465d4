import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Faces, openFaces } from './support/faces.ts';

// Payments, charges, their types, balances and limits through the web services, as a foreign program calls them.

const PAYMENT = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const CHARGE = 'ru.bitel.bgbilling.kernel.contract.balance/ChargeService';
const BALANCE = 'ru.bitel.bgbilling.kernel.contract.balance/BalanceService';
const LIMIT = 'ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService';

let faces: Faces;
let typeId = 0;
let chargeTypeId = 0;
let contracts = 0;
const insert = async (sql: string, ...values: (string | number)[]): Promise<number> =>
  (await faces.rows<{ id: number }>(sql, values))[0]?.id ?? 0;
const contract = (columns = ''): Promise<number> => {
  contracts += 1;
  return insert(
    `INSERT INTO contract (title, date_from${columns && ', super_id'}) VALUES ($1, '2020-01-01'${columns && `, ${columns}`}) RETURNING contract_id AS id`,
    `К-${contracts}`,
  );
};
beforeAll(async () => {
  faces = await openFaces({ VESTNIK_BILLING__PROFILES: 'new=9.2501' });
  typeId = await insert("INSERT INTO payment_type (title) VALUES ('Касса') RETURNING type_id AS id");
  chargeTypeId = await insert("INSERT INTO charge_type (title) VALUES ('Штраф') RETURNING type_id AS id");
});
afterAll(() => faces.stop());

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
async function call(service: string, method: string, params: unknown, prefix = ''): Promise<any> {
  const answer = await faces.json(service, method, params, { prefix });
  if (answer.status !== 'ok') throw new Error(`${method}: ${answer.exception} ${answer.message}`);
  return answer.data;
}
const refused = async (service: string, method: string, params: unknown): Promise<[string | null, string]> => {
  const { status, exception, message } = await faces.json(service, method, params);
  expect(status).toBe('error');
  return [exception?.replace(/^.*\./, '') ?? null, message];
};

describe('PaymentService', () => {
  test('makes, reads, changes, lists and deletes; the amount has two names, the operator and the time are the server’s', async () => {
    const contractId = await contract();
    const payment = {
      contractId,
      typeId,
      date: '2026-03-10T15:04:05.123456',
      sum: 100.5,
      comment: 'Ж "1"',
      userId: 999,
      timeChange: '2000-01-01',
    };
    const { return: ids } = await call(PAYMENT, 'paymentUpdate', { payment });
    expect(ids).toHaveLength(1);
    const [id] = ids;
    const read = (await call(PAYMENT, 'paymentGet', { paymentId: id })).return;
    expect(read).toMatchObject({ id, contractId, typeId, sum: 100.5, summa: 100.5, comment: 'Ж "1"' });
    expect(read.date).toMatch(/^2026-03-10/);
    expect(read.userId).not.toBe(999);
    expect(read.timeChange).not.toMatch(/^2000/);
    // What was read can be sent back, with one thing changed.
    expect((await call(PAYMENT, 'paymentUpdate', { payment: { ...read, sum: 7, summa: 7 } })).return).toEqual([id]);
    await call(PAYMENT, 'paymentUpdate', { payment: { id: 0, contractId, typeId, date: '2026-03-01', summa: '3' }, distribution: null });
    const list = await call(PAYMENT, 'paymentList', { contractId, members: 1 });
    expect(list.return.map((row: { sum: number }) => row.sum)).toEqual([3, 7]);
    expect(list.holderTotalSum).toBe(10);
    const march5 = { dateFrom: '2026-03-05', dateTo: '2026-03-31' };
    const later = await call(PAYMENT, 'paymentList', { contractId, members: 1, period: march5 }, '/new');
    expect(later.return).toMatchObject({ list: [{ id }], sum: 7 });
    expect((await call(PAYMENT, 'paymentDelete', { contractId, paymentId: id })).return).toBe(id);
    expect(await refused(PAYMENT, 'paymentGet', { paymentId: id })).toEqual(['BGMessageException', `Приход не найден: ${id}`]);
  });

  test('refuses two different amounts, none, fractions of a kopeck and what is too large', async () => {
    const contractId = await contract();
    const send = (more: object) => refused(PAYMENT, 'paymentUpdate', { payment: { contractId, typeId, date: '2026-03-10', ...more } });
    for (const more of [{ sum: 1, summa: 2 }, {}, { sum: 0 }, { sum: '1.001' }, { sum: '1e3' }, { sum: '10000000000000' }, { sum: 'сто' }])
      expect((await send(more))[1], JSON.stringify(more)).toMatch(/sum/);
    expect(await faces.rows('SELECT 1 FROM contract_payment WHERE contract_id = $1', [contractId])).toEqual([]);
  });

  test('pays once what a desk sends twice, over JSON; a split payment answers all its ids', async () => {
    const head = await contract('-1');
    const members = [await contract(String(head)), await contract(String(head))];
    const payment = { contractId: head, typeId, date: '2026-03-10', sum: 10, externalId: 'J-1', source: 'terminal' };
    const first = (await call(PAYMENT, 'paymentUpdate', { payment, distribution: 'equal' })).return;
    expect(first).toHaveLength(2);
    expect((await call(PAYMENT, 'paymentUpdate', { payment, distribution: 'equal' })).return).toEqual(first);
    expect((await refused(PAYMENT, 'paymentUpdate', { payment: { ...payment, sum: 11 }, distribution: 'equal' }))[0]).toBe(
      'BGMessageException',
    );
    const list = await call(PAYMENT, 'paymentList', { contractId: head, members: 3 });
    expect(list.return.map((row: { contractId: number }) => row.contractId)).toEqual(members);
    expect(list.return[0]).toMatchObject({ externalId: 'J-1', source: 'terminal' });
  });

  test('speaks SOAP: a new payment without an id, its total beside the list', async () => {
    const contractId = await contract();
    const made = await faces.soap(
      PAYMENT,
      'paymentUpdate',
      `<payment contractId="${contractId}" typeId="${typeId}" date="2026-03-10T00:00:00+03:00" sum="12.30"><comment>&lt;ж&gt;</comment></payment>`,
    );
    expect(made.status).toBe(200);
    expect(made.text).toMatch(/<return>\d+<\/return>/);
    const list = await faces.soap(PAYMENT, 'paymentList', `<contractId>${contractId}</contractId><period></period><members>1</members>`);
    expect(list.text).toContain('summa="12.30"');
    expect(list.text).toContain('<holderTotalSum>12.30</holderTotalSum>');
    const gone = await faces.soap(PAYMENT, 'paymentGet', '<paymentId>999999</paymentId>');
    expect(gone.status).toBe(500);
    expect(gone.text).toContain('BGMessageException');
  });
});

describe('types', () => {
  test('make a tree: classes with what fits in them, leaves without children', async () => {
    const folder = (await call(CHARGE, 'chargeTypeUpdate', { chargeType: { title: 'Класс', type: 1, editable: true } })).return;
    const inside = (await call(CHARGE, 'chargeTypeUpdate', { chargeType: { title: 'Внутри', parentId: folder, editable: false } })).return;
    const payback = (await call(CHARGE, 'chargeTypeUpdate', { chargeType: { title: 'Возврат', editable: true, payback: true } })).return;
    await call(CHARGE, 'chargeTypeUpdate', { chargeType: { title: 'Пустой', type: 1, editable: true } });
    const tree = async (editable: number, isPayback: boolean, showEmptyRoot: boolean) =>
      (await call(CHARGE, 'chargeTypeTree', { editable, isPayback, showEmptyRoot })).return;
    const all = await tree(0, false, false);
    expect(all).toMatchObject({ id: 0, title: 'Типы', type: 1, editable: true, parentId: null });
    expect(all.children).toMatchObject([
      { id: folder, title: 'Класс', type: 1, parentId: 0, children: [{ id: inside, parentId: folder, type: 0, children: null }] },
      { id: chargeTypeId, title: 'Штраф', children: null },
    ]);
    const titles = (node: { children: { title: string }[] }): string[] => node.children.map(({ title }) => title);
    expect(titles(await tree(1, false, false))).toEqual(['Штраф']);
    expect(titles(await tree(0, true, false))).toEqual(['Возврат']);
    expect(titles(await tree(1, false, true))).toEqual(['Класс', 'Пустой', 'Штраф']);
    const list = async (params: object): Promise<number[]> =>
      (await call(CHARGE, 'chargeTypeList', params)).return.map(({ id }: { id: number }) => id);
    expect(await list({ editable: 1, type: 0, isPayback: true })).toEqual([payback]);
    expect(await list({ type: 0, isPayback: false })).toEqual([inside, chargeTypeId]);
    expect((await call(CHARGE, 'chargeTypeGet', { chargeTypeId: payback })).return).toMatchObject({
      title: 'Возврат',
      payback: true,
      type: 0,
    });
    expect((await faces.soap(CHARGE, 'chargeTypeTree', '<editable>0</editable>')).text).toContain('title="Внутри"');
  });

  test('stay a tree, and what is in use stays what it is', async () => {
    const update = (paymentType: object) => call(PAYMENT, 'paymentTypeUpdate', { paymentType: { editable: true, ...paymentType } });
    const outer = (await update({ title: 'Внешний', type: 1 })).return;
    const inner = (await update({ title: 'Внутренний', type: 1, parentId: outer })).return;
    const no = async (paymentType: object) =>
      (await refused(PAYMENT, 'paymentTypeUpdate', { paymentType: { editable: true, ...paymentType } }))[1];
    expect(await no({ id: outer, title: 'Внешний', type: 1, parentId: inner })).toMatch(/parentId/);
    expect(await no({ title: 'В типе', parentId: typeId })).toMatch(/parentId/);
    expect(await no({ title: ' ' })).toMatch(/title/);
    expect(await no({ title: 'x', type: 5 })).toMatch(/type/);
    expect(await no({ id: outer, title: 'Внешний', type: 0 })).toBe('В классе «Внешний» есть типы');
    await call(PAYMENT, 'paymentUpdate', { payment: { contractId: await contract(), typeId, date: '2026-03-10', sum: 1 } });
    expect(await no({ id: typeId, title: 'Касса', type: 1 })).toBe('Тип «Касса» уже используется');
    expect(await no({ id: 999_999, title: 'нет' })).toBe('Тип не найден: 999999');
  });
});

describe('ChargeService and BalanceService', () => {
  test('a charge is in the balance of its month; a month without movement carries on; the detail list runs', async () => {
    const contractId = await contract();
    await call(PAYMENT, 'paymentUpdate', { payment: { contractId, typeId, date: '2026-01-10', sum: 100 } });
    const chargeId = (await call(CHARGE, 'chargeUpdate', { charge: { contractId, typeId: chargeTypeId, date: '2026-03-05', sum: 30.25 } }))
      .return;
    expect((await call(CHARGE, 'chargeList', { contractId, type: 0, members: 1 })).return).toMatchObject([
      { id: chargeId, sum: 30.25, payback: false },
    ]);
    const get = async (year: unknown, month: unknown) => (await call(BALANCE, 'contractBalanceGet', { contractId, year, month })).return;
    expect(await get('2026', '3')).toMatchObject({
      year: 2026,
      month: 3,
      incomingSaldo: 100,
      payments: 0,
      accounts: 0,
      charges: 30.25,
      reserve: 0,
    });
    expect(await get(2026, 12)).toMatchObject({ incomingSaldo: 69.75, payments: 0, charges: 0 });
    expect((await refused(BALANCE, 'contractBalanceGet', { contractId, year: 2026, month: 13 }))[1]).toMatch(/month/);
    const months = (await call(BALANCE, 'contractBalanceList', { contractId })).return;
    expect(months.map(({ month }: { month: number }) => month)).toEqual([1, 3]);
    const detail = (await call(BALANCE, 'balanceDetailList', { contractId, available: false })).return;
    expect(detail).toMatchObject([
      { type: 1, sum: 100, sumAfterChange: 100, title: 'Касса' },
      { type: 3, sum: -30.25, sumAfterChange: 69.75, title: 'Штраф' },
    ]);
    expect(detail[0].date.slice(0, 10)).toBe('2026-01-10');
    expect(await call(BALANCE, 'contractAccountList', { contractId, members: 1 })).toMatchObject({ return: [], holderTotalSum: 0 });
    expect((await call(CHARGE, 'chargeDeleteById', { chargeId })).return).toBe(chargeId);
    expect((await refused(CHARGE, 'chargeDelete', { contractId, chargeId }))[0]).toBe('BGMessageException');
  });
});

describe('ContractLimitService', () => {
  test('sets, plans, lists and cancels', async () => {
    const contractId = await contract();
    await call(LIMIT, 'updateContractLimit', { contractId, limit: '-10', comment: 'насовсем' });
    await call(LIMIT, 'updateContractLimitPeriod', { contractId, limit: -20.5, period: 3 });
    expect((await call(LIMIT, 'contractLimitGet', { contractId })).return).toBe(-20.5);
    const log = (await call(LIMIT, 'searchContractLimitLogList', { contractId, page: { pageIndex: 1, pageSize: 1 } })).return;
    expect(log).toMatchObject({ list: [{ limitValue: -20.5, days: 3, userName: 'alice' }], page: { recordCount: 2, pageCount: 2 } });
    const planned = (await call(LIMIT, 'searchContractLimitAvtoList', { contractId, status: 'planned' })).return;
    expect(planned.list).toMatchObject([{ value: -10, status: 'planned' }]);
    const soap = await faces.soap(LIMIT, 'searchContractLimitAvtoList', `<contractId>${contractId}</contractId>`);
    expect(soap.text).toMatch(/xsi:type="\w+:contractLimitAvto"/);
    await call(LIMIT, 'cancelLimitChangeTask', { contractId, taskIds: [planned.list[0].id] });
    expect((await call(LIMIT, 'searchContractLimitAvtoList', { contractId, status: 'planned' })).return.list).toEqual([]);
    expect((await call(LIMIT, 'searchContractLimitAvtoList', { contractId })).return.list).toMatchObject([{ status: 'canceled' }]);
    expect((await refused(LIMIT, 'searchContractLimitAvtoList', { contractId, status: 'gone' }))[1]).toMatch(/status/);
    expect((await refused(LIMIT, 'updateContractLimitPeriod', { contractId, limit: -1, period: 0 }))[1]).toMatch(/period/);
  });
});
