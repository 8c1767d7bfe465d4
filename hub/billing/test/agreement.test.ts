import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseXml, type XmlElement } from '../wire/soap/tree.ts';
import { basicOf, type Faces, openFaces } from './support/faces.ts';

/**
 * A read through XML actions, SOAP, JSON, REST and the views of the database agrees field by field (spec billing 2.15, 9). Each way is brought into the same
 * words, which are the views'; a way that does not show a field leaves it out.
 */
let faces: Faces;
let types: { payment: number; charge: number };
let parameters: { text: number; flag: number; date: number };
let plans: number[];

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const STATUSES = 'ru.bitel.bgbilling.kernel.contract.api/ContractStatusService';
const TARIFFS = 'ru.bitel.bgbilling.kernel.contract.api/ContractTariffService';
const PAYMENTS = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const CHARGES = 'ru.bitel.bgbilling.kernel.contract.balance/ChargeService';
const BALANCES = 'ru.bitel.bgbilling.kernel.contract.balance/BalanceService';
const ALL_TIME = { date1: '01.01.2020', date2: '31.12.2030' };

beforeAll(async () => {
  faces = await openFaces();
  const insert = async (text: string): Promise<number> => (await faces.rows<{ id: number }>(text))[0]?.id ?? 0;
  const parameter = (kind: number) =>
    insert(`INSERT INTO billing_parameter (kind, title) VALUES (${kind}, 'П-${kind}') RETURNING parameter_id AS id`);
  types = {
    payment: await insert(`INSERT INTO payment_type (title) VALUES ('Касса') RETURNING type_id AS id`),
    charge: await insert(`INSERT INTO charge_type (title) VALUES ('Штраф') RETURNING type_id AS id`),
  };
  parameters = { text: await parameter(1), flag: await parameter(5), date: await parameter(6) };
  plans = [
    await insert(`INSERT INTO tariff_plan (title) VALUES ('Старый') RETURNING plan_id AS id`),
    await insert(`INSERT INTO tariff_plan (title) VALUES ('Новый') RETURNING plan_id AS id`),
  ];
  await faces.rows(`INSERT INTO billing_group (group_id, title) VALUES (0, 'a'), (5, 'b'), (62, 'c')`);
});
afterAll(() => faces.stop());

type Row = Readonly<Record<string, unknown>>;
type Element = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
};

const plain = ({ local, attributes, children, text }: XmlElement): Element => ({
  name: local,
  attributes: Object.fromEntries(attributes.map((one) => [one.local, one.value])),
  children: children.map(plain),
  text,
});
const below = (element: Element, name: string): Element[] =>
  element.children.flatMap((child) => (child.name === name ? [child] : below(child, name)));
const one = (element: Element, name: string): Element => below(element, name)[0] ?? expect.fail(`there is no ${name}`);

const action = async (module: string, name: string, params: Record<string, string>): Promise<Element> =>
  plain(parseXml((await faces.action(module, name, params)).text));
/** The beans of an answer: attributes and elements alike, as SOAP does not care which a field is. */
const soap = async (service: string, operation: string, inside: string): Promise<Record<string, string>[]> =>
  below(plain(parseXml((await faces.soap(service, operation, inside)).text)), 'return').map(({ attributes, children }) => ({
    ...attributes,
    ...Object.fromEntries(children.map(({ name, text }) => [name, text])),
  }));
const json = async (service: string, method: string, params: unknown) => (await faces.json(service, method, params)).data.return;
const rest = async (path: string) => {
  const { status, text } = await faces.send(`/api/v1/billing${path}`, { headers: { authorization: basicOf('alice') } });
  expect(status, text).toBe(200);
  return JSON.parse(text);
};
/** What the view shows; days and times as text. */
const view = (name: string, columns: string, contract: number, order: string): Promise<Row[]> =>
  faces.rows(`SELECT ${columns} FROM billing_read.${name} WHERE contract_id = ${contract} ORDER BY ${order}`);

const dayOfRussian = (text: string | undefined): string | null => (text ? text.split('.').reverse().join('-') : null);
const dayOfIso = (text: string | null | undefined): string | null => text?.slice(0, 10) ?? null;
const amount = (value: number): string => value.toFixed(2);

/** Holds each way to the rows of the view, in the fields that it shows; a field that the view has not is a mistake of this test. */
function agree(rows: readonly Row[], ways: Readonly<Record<string, readonly Row[]>>): void {
  for (const [way, shown] of Object.entries(ways)) {
    for (const key of Object.keys(shown[0] ?? {})) expect(Object.keys(rows[0] ?? {}), way).toContain(key);
    const expected = rows.map((row, at) => Object.fromEntries(Object.keys(shown[at] ?? row).map((key) => [key, row[key]])));
    expect(shown, way).toStrictEqual(expected);
  }
}

/** Text that people type and programs stumble over; on one line, without spaces around it. */
const text = fc
  .string({ unit: fc.constantFrom(...'абвЯ zZ09"\'&<>;/\\(+)%…€'.split('')), maxLength: 20 })
  .map((value) => value.trim().replace(/\s+/g, ' '));
const day = fc.integer({ min: 0, max: 2_300 }).map((days) => Temporal.PlainDate.from('2020-01-02').add({ days }).toString());
const sum = fc
  .integer({ min: 1, max: 99_999_999 })
  .map((kopecks) => `${Math.floor(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`);
const money = fc.array(fc.record({ day, sum, comment: text }), { maxLength: 4 });
const scene = fc.record({
  comment: text,
  mark: text,
  groups: fc.constantFrom('0', '1', '33', '4611686018427387937'),
  mode: fc.constantFrom(0, 1),
  personType: fc.constantFrom(0, 1),
  limit: sum.map((value) => `-${value}`),
  closed: fc.boolean(),
  payments: money,
  charges: money,
  statusComment: text,
  flag: fc.boolean(),
  word: text.filter((value) => value !== ''),
  birth: day,
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

let made = 0;
async function build(given: Scene): Promise<number> {
  made += 1;
  const { comment, mark, groups, mode, personType, limit, closed, statusComment } = given;
  const [row] = await faces.rows<{ id: number }>(
    `INSERT INTO contract (title, comment, groups, mode, person_type, balance_limit, date_from, date_to, status, status_from)
     VALUES ($1, $2, $3::bigint, $4, $5, $6, '2020-01-02', $7, 3, '2021-06-01') RETURNING contract_id AS id`,
    [`${made}${mark}`, comment, groups, mode, personType, limit, closed ? '2030-12-31' : null],
  );
  const id = row?.id ?? 0;
  await faces.rows(
    `INSERT INTO contract_status (contract_id, status, date_from, date_to, comment) VALUES ($1, 0, '2020-01-02', '2021-05-31', ''), ($1, 3, '2021-06-01', NULL, $2)`,
    [id, statusComment],
  );
  await faces.rows(
    `INSERT INTO contract_tariff (contract_id, plan_id, date_from, date_to, position, comment) VALUES ($1, $2, '2020-02-01', '2020-03-31', 1, $4), ($1, $3, '2020-04-01', NULL, 0, '')`,
    [id, plans[0] ?? 0, plans[1] ?? 0, comment],
  );
  for (const { day: date, sum: amountText, comment: why } of given.payments)
    await json(PAYMENTS, 'paymentUpdate', { payment: { contractId: id, typeId: types.payment, date, sum: amountText, comment: why } });
  for (const { day: date, sum: amountText, comment: why } of given.charges)
    await json(CHARGES, 'chargeUpdate', { charge: { contractId: id, typeId: types.charge, date, sum: amountText, comment: why } });
  const cid = String(id);
  await action('contract', 'UpdateParameterType1', { cid, pid: String(parameters.text), value: given.word });
  await action('contract', 'UpdateParameterType5', { cid, pid: String(parameters.flag), value: given.flag ? '1' : '0' });
  await action('contract', 'UpdateParameterType6', { cid, pid: String(parameters.date), value: given.birth });
  return id;
}

async function contractAgrees(id: number): Promise<void> {
  const rows = await view(
    'contract',
    'contract_id AS id, title, comment, groups::text, date_from::text, date_to::text, balance_mode AS mode, person_type, hidden, status, status_from::text, balance_limit AS limit',
    id,
    '1',
  );
  const beans = await soap(CONTRACTS, 'contractGet', `<contractId>${id}</contractId>`);
  const bean = await json(CONTRACTS, 'contractGet', { contractId: id });
  const info = one(await action('contract', 'ContractInfo', { cid: String(id) }), 'contract').attributes;
  const shown = await rest(`/contracts/${id}`);
  const mode = (value: unknown) => (Number(value) === 1 ? 'debit' : 'credit');
  const person = (value: unknown) => (Number(value) === 1 ? 'company' : 'person');
  agree(rows, {
    A: [
      {
        title: info['title'],
        comment: info['comment'],
        date_from: dayOfRussian(info['date1']),
        date_to: dayOfRussian(info['date2']),
        mode: info['mode'] === 'debet' ? 'debit' : 'credit',
        person_type: person(info['fc']),
        limit: info['limit'],
        groups: info['gr'],
      },
    ],
    B: beans.map((one_) => ({
      id: Number(one_['id']),
      title: one_['title'],
      comment: one_['comment'],
      groups: one_['groups'],
      date_from: dayOfIso(one_['dateFrom']),
      date_to: dayOfIso(one_['dateTo']),
      mode: mode(one_['balanceMode']),
      person_type: person(one_['personType']),
      hidden: one_['hidden'] === 'true',
      status: Number(one_['status']),
      status_from: dayOfIso(one_['statusTimeChange']),
      limit: one_['balanceLimit'],
    })),
    C: [
      {
        id: bean.id,
        title: bean.title,
        comment: bean.comment,
        date_from: bean.dateFrom,
        date_to: bean.dateTo,
        mode: mode(bean.balanceMode),
        person_type: person(bean.personType),
        hidden: bean.hidden,
        status: bean.status,
        status_from: bean.statusTimeChange,
        limit: amount(bean.balanceLimit),
      },
    ],
    REST: [
      {
        id: shown.id,
        title: shown.title,
        comment: shown.comment,
        groups: String((shown.groups as number[]).reduce((mask, group) => mask | (1n << BigInt(group)), 0n)),
        date_from: shown.date_from,
        date_to: shown.date_to,
        mode: shown.mode,
        person_type: shown.person_type,
        hidden: shown.hidden,
        status: shown.status,
        status_from: shown.status_from,
        limit: shown.limit,
      },
    ],
  });
}

/** Payments and charges are shown alike. */
async function moneyAgrees(id: number, kind: 'payment' | 'charge'): Promise<void> {
  const rows = await view(
    kind,
    `${kind}_id AS id, contract_id, type_id, date::text, sum, comment, operator_id, login, date_trunc('second', changed_at) AS at`,
    id,
    '1',
  );
  const seconds = (at: unknown) => Temporal.Instant.from(String(at)).round({ smallestUnit: 'second', roundingMode: 'floor' }).toString();
  const stored = rows.map((row) => ({ ...row, at: seconds(row['at']) }));
  const byId = (a: Row, b: Row): number => Number(a['id']) - Number(b['id']);
  const service = kind === 'payment' ? PAYMENTS : CHARGES;
  const table = one(
    await action('contract', kind === 'payment' ? 'ContractPayments' : 'ContractCharges', { cid: String(id), ...ALL_TIME }),
    'table',
  );
  const beans = await soap(service, `${kind}List`, `<contractId>${id}</contractId><members>0</members>`);
  const list = await json(service, `${kind}List`, { contractId: id, members: 0 });
  const page = await rest(`/${kind}s?contract_id=${id}&limit=100`);
  const moscow = (text_: string): string => {
    const [date = '', time = ''] = text_.split(' ');
    return Temporal.PlainDateTime.from(`${dayOfRussian(date)}T${time}`)
      .toZonedDateTime('Europe/Moscow')
      .toInstant()
      .toString();
  };
  agree(stored, {
    A: below(table, 'row')
      .map(({ attributes: { id: number = '', f2, f3, f5, f6 = '', f7 } }) => ({
        id: Number(number),
        date: dayOfRussian(f2),
        sum: f3,
        comment: f5,
        at: moscow(f6),
        login: f7,
      }))
      .sort(byId),
    B: beans
      .map((bean) => ({
        id: Number(bean['id']),
        contract_id: Number(bean['contractId']),
        type_id: Number(bean['typeId']),
        date: dayOfIso(bean['date']),
        sum: bean['sum'],
        comment: bean['comment'] ?? '',
        operator_id: Number(bean['userId']),
        at: seconds(bean['timeChange']),
      }))
      .sort(byId),
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
    C: (list as any[])
      .map((bean) => ({
        id: bean.id,
        contract_id: bean.contractId,
        type_id: bean.typeId,
        date: dayOfIso(bean.date),
        sum: amount(bean.sum),
        comment: bean.comment,
        operator_id: bean.userId,
        at: seconds(bean.timeChange),
      }))
      .sort(byId),
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
    REST: (page.items as any[])
      .map((item) => ({
        id: item.id,
        contract_id: item.contract_id,
        type_id: item.type_id,
        date: item.date,
        sum: item.sum,
        comment: item.comment,
        operator_id: item.operator_id,
        login: item.login,
        at: seconds(item.changed_at),
      }))
      .sort(byId),
  });
}

async function monthsAgree(id: number): Promise<void> {
  const rows = await view('contract_balance', 'year, month, incoming, payments, accounts, charges, outgoing', id, 'year, month');
  const table = await action('contract', 'ContractBalanceGeneral', { cid: String(id), ...ALL_TIME });
  agree(
    rows,
    // Months without movement stand between the others here.
    {
      A: below(one(table, 'table'), 'row')
        .filter(({ attributes }) => ['payment', 'account', 'charge'].some((name) => Number(attributes[name]) !== 0))
        .map(({ attributes }) => ({
          incoming: attributes['input_balance'],
          payments: attributes['payment'],
          accounts: attributes['account'],
          charges: attributes['charge'],
          outgoing: attributes['output_balance'],
        })),
    },
  );
  for (const row of rows) {
    const { year, month } = row as { year: number; month: number };
    const [bean] = await soap(BALANCES, 'contractBalanceGet', `<contractId>${id}</contractId><year>${year}</year><month>${month}</month>`);
    const json_ = await json(BALANCES, 'contractBalanceGet', { contractId: id, year, month });
    const shown = await rest(`/balances/month?contract_id=${id}&month=${year}-${String(month).padStart(2, '0')}`);
    agree([row], {
      B: [
        {
          year: Number(bean?.['year']),
          month: Number(bean?.['month']),
          incoming: bean?.['incomingSaldo'],
          payments: bean?.['payments'],
          accounts: bean?.['accounts'],
          charges: bean?.['charges'],
        },
      ],
      C: [
        {
          year: json_.year,
          month: json_.month,
          incoming: amount(json_.incomingSaldo),
          payments: amount(json_.payments),
          accounts: amount(json_.accounts),
          charges: amount(json_.charges),
        },
      ],
      REST: [
        {
          incoming: shown.incoming,
          payments: shown.payments,
          accounts: shown.accounts,
          charges: shown.charges,
          outgoing: shown.outgoing,
        },
      ],
    });
  }
}

async function statusesAgree(id: number): Promise<void> {
  const rows = await view('contract_status', 'status_id AS id, status, date_from::text, date_to::text, comment', id, 'date_from');
  expect(rows).toHaveLength(2);
  const inOrder = (a: Row, b: Row): number => String(a['date_from']).localeCompare(String(b['date_from']));
  const beans = await soap(STATUSES, 'contractStatusList', `<contractId>${id}</contractId>`);
  const list = await json(STATUSES, 'contractStatusList', { contractId: id });
  const line = await rest(`/contracts/${id}/statuses`);
  agree(rows, {
    B: beans
      .map((bean) => ({
        id: Number(bean['id']),
        status: Number(bean['status']),
        date_from: dayOfIso(bean['dateFrom']),
        date_to: dayOfIso(bean['dateTo']),
        comment: bean['comment'] ?? '',
      }))
      .sort(inOrder),
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
    C: (list as any[])
      .map((bean) => ({
        id: bean.id,
        status: bean.status,
        date_from: dayOfIso(bean.dateFrom),
        date_to: dayOfIso(bean.dateTo),
        comment: bean.comment,
      }))
      .sort(inOrder),
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
    REST: (line.periods as any[])
      .map(({ id: number, status, date_from, date_to, comment }) => ({ id: number, status, date_from, date_to, comment }))
      .sort(inOrder),
  });
}

async function tariffsAgree(id: number): Promise<void> {
  const rows = await view(
    'contract_tariff',
    'contract_tariff_id AS id, plan_id, plan_title AS title, date_from::text, date_to::text, position, comment',
    id,
    'date_from',
  );
  expect(rows).toHaveLength(2);
  const table = await action('contract', 'ContractTariffPlans', { cid: String(id) });
  const beans = await soap(TARIFFS, 'contractTariffList', `<contractId>${id}</contractId>`);
  const list = await json(TARIFFS, 'contractTariffList', { contractId: id, date: null, entityMid: null, entityId: null });
  const { items } = await rest(`/contracts/${id}/tariffs`);
  agree(rows, {
    A: below(table, 'row').map(({ attributes }) => ({
      id: Number(attributes['id']),
      plan_id: Number(attributes['tpid']),
      title: attributes['title'],
      date_from: dayOfRussian(attributes['date1']),
      date_to: dayOfRussian(attributes['date2']),
      position: Number(attributes['pos']),
      comment: attributes['comment'],
    })),
    B: beans.map((bean) => ({
      id: Number(bean['id']),
      plan_id: Number(bean['tariffPlanId']),
      date_from: dayOfIso(bean['dateFrom']),
      date_to: dayOfIso(bean['dateTo']),
      position: Number(bean['position']),
      comment: bean['comment'] ?? '',
    })),
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
    C: (list as any[]).map((bean) => ({
      id: bean.id,
      plan_id: bean.tariffPlanId,
      date_from: dayOfIso(bean.dateFrom),
      date_to: dayOfIso(bean.dateTo),
      position: bean.position,
      comment: bean.comment,
    })),
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
    REST: (items as any[]).map(({ id: number, plan_id, title, date_from, date_to, position, comment }) => ({
      id: number,
      plan_id,
      title,
      date_from,
      date_to,
      position,
      comment,
    })),
  });
}

async function parametersAgree(id: number): Promise<void> {
  const rows = await view('contract_parameter', 'parameter_id AS id, parameter_title AS title, kind, text, number, date::text', id, '1');
  expect(rows).toHaveLength(3);
  const kinds: Readonly<Record<string, string>> = { 1: 'text', 5: 'flag', 6: 'date' };
  const form = below(await action('contract', 'ContractParameters', { cid: String(id), all: '1' }), 'parameter');
  const { parameters: shown } = await rest(`/contracts/${id}/parameters?all=true`);
  agree(rows, {
    A: form.map(({ attributes }) => ({
      id: Number(attributes['pid']),
      title: attributes['title'],
      kind: kinds[attributes['pt'] ?? ''],
      text: attributes['value'],
    })),
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
    REST: (shown as any[]).map((item) => ({ id: item.parameter_id, title: item.title, kind: item.kind, text: item.shown })),
  });
}

test('a read through each of the five ways agrees with the others, field by field', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const id = await build(given);
      const stored = await faces.rows(`SELECT count(*)::int AS n FROM billing_read.payment WHERE contract_id = ${id}`);
      expect(stored).toEqual([{ n: given.payments.length }]);
      await contractAgrees(id);
      await moneyAgrees(id, 'payment');
      await moneyAgrees(id, 'charge');
      await monthsAgree(id);
      await statusesAgree(id);
      await tariffsAgree(id);
      await parametersAgree(id);
    }),
    { numRuns: 12, interruptAfterTimeLimit: 90_000, markInterruptAsFailure: false },
  );
}, 180_000);
