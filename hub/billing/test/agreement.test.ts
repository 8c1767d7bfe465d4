import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  agree,
  amount,
  anyDay,
  anySum,
  anyText,
  below,
  dayOfIso,
  dayOfRussian,
  type FiveWays,
  listOf,
  one,
  openFiveWays,
  type Row,
} from './support/five-ways.ts';

/** A read through XML actions, SOAP, JSON, REST and the views of the database agrees field by field (spec billing 2.15, property 9): contracts, their statuses, tariffs and parameters. */
let ways: FiveWays;
let parameters: { text: number; flag: number; date: number };
let plans: [number, number];

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const STATUSES = 'ru.bitel.bgbilling.kernel.contract.api/ContractStatusService';
const TARIFFS = 'ru.bitel.bgbilling.kernel.contract.api/ContractTariffService';

beforeAll(async () => {
  ways = await openFiveWays();
  const insert = async (text: string): Promise<number> => (await ways.faces.rows<{ id: number }>(text))[0]?.id ?? 0;
  const parameter = (kind: number) =>
    insert(`INSERT INTO billing_parameter (kind, title) VALUES (${kind}, 'П-${kind}') RETURNING parameter_id AS id`);
  const plan = (title: string) => insert(`INSERT INTO tariff_plan (title) VALUES ('${title}') RETURNING plan_id AS id`);
  parameters = { text: await parameter(1), flag: await parameter(5), date: await parameter(6) };
  plans = [await plan('Старый'), await plan('Новый')];
  await ways.faces.rows(`INSERT INTO billing_group (group_id, title) VALUES (0, 'a'), (5, 'b'), (62, 'c')`);
});
afterAll(() => ways.faces.stop());

const scene = fc.record({
  comment: anyText,
  mark: anyText,
  groups: fc.constantFrom('0', '1', '33', '4611686018427387937'),
  mode: fc.constantFrom(0, 1),
  personType: fc.constantFrom(0, 1),
  limit: anySum.map((value) => `-${value}`),
  closed: fc.boolean(),
  statusComment: anyText,
  flag: fc.boolean(),
  word: anyText.filter((value) => value !== ''),
  birth: anyDay,
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

let made = 0;
async function build(given: Scene): Promise<number> {
  made += 1;
  const { comment, mark, groups, mode, personType, limit, closed, statusComment } = given;
  const [row] = await ways.faces.rows<{ id: number }>(
    `INSERT INTO contract (title, comment, groups, mode, person_type, balance_limit, date_from, date_to, status, status_from)
     VALUES ($1, $2, $3::bigint, $4, $5, $6, '2020-01-02', $7, 3, '2021-06-01') RETURNING contract_id AS id`,
    [`${made}${mark}`, comment, groups, mode, personType, limit, closed ? '2030-12-31' : null],
  );
  const id = row?.id ?? 0;
  await ways.faces.rows(
    `INSERT INTO contract_status (contract_id, status, date_from, date_to, comment) VALUES ($1, 0, '2020-01-02', '2021-05-31', ''), ($1, 3, '2021-06-01', NULL, $2)`,
    [id, statusComment],
  );
  await ways.faces.rows(
    `INSERT INTO contract_tariff (contract_id, plan_id, date_from, date_to, position, comment) VALUES ($1, $2, '2020-02-01', '2020-03-31', 1, $4), ($1, $3, '2020-04-01', NULL, 0, '')`,
    [id, ...plans, comment],
  );
  const cid = String(id);
  await ways.action('contract', 'UpdateParameterType1', { cid, pid: String(parameters.text), value: given.word });
  await ways.action('contract', 'UpdateParameterType5', { cid, pid: String(parameters.flag), value: given.flag ? '1' : '0' });
  await ways.action('contract', 'UpdateParameterType6', { cid, pid: String(parameters.date), value: given.birth });
  return id;
}

async function contractAgrees(id: number): Promise<void> {
  const rows = await ways.view(
    'contract',
    'contract_id AS id, title, comment, groups::text, date_from::text, date_to::text, balance_mode AS mode, person_type, hidden, status, status_from::text, balance_limit AS limit',
    id,
    '1',
  );
  const beans = await ways.soap(CONTRACTS, 'contractGet', `<contractId>${id}</contractId>`);
  const bean = await ways.json(CONTRACTS, 'contractGet', { contractId: id });
  const info = one(await ways.action('contract', 'ContractInfo', { cid: String(id) }), 'contract').attributes;
  const shown = await ways.rest(`/contracts/${id}`);
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

async function statusesAgree(id: number): Promise<void> {
  const rows = await ways.view('contract_status', 'status_id AS id, status, date_from::text, date_to::text, comment', id, 'date_from');
  expect(rows).toHaveLength(2);
  const inOrder = (a: Row, b: Row): number => String(a['date_from']).localeCompare(String(b['date_from']));
  const beans = await ways.soap(STATUSES, 'contractStatusList', `<contractId>${id}</contractId>`);
  const list = await ways.json(STATUSES, 'contractStatusList', { contractId: id });
  const line = await ways.rest(`/contracts/${id}/statuses`);
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
    C: listOf(list)
      .map((bean) => ({
        id: bean.id,
        status: bean.status,
        date_from: dayOfIso(bean.dateFrom),
        date_to: dayOfIso(bean.dateTo),
        comment: bean.comment,
      }))
      .sort(inOrder),
    REST: listOf(line.periods)
      .map(({ id: number, status, date_from, date_to, comment }) => ({ id: number, status, date_from, date_to, comment }))
      .sort(inOrder),
  });
}

async function tariffsAgree(id: number): Promise<void> {
  const rows = await ways.view(
    'contract_tariff',
    'contract_tariff_id AS id, plan_id, plan_title AS title, date_from::text, date_to::text, position, comment',
    id,
    'date_from',
  );
  expect(rows).toHaveLength(2);
  const table = await ways.action('contract', 'ContractTariffPlans', { cid: String(id) });
  const beans = await ways.soap(TARIFFS, 'contractTariffList', `<contractId>${id}</contractId>`);
  const list = await ways.json(TARIFFS, 'contractTariffList', { contractId: id, date: null, entityMid: null, entityId: null });
  const { items } = await ways.rest(`/contracts/${id}/tariffs`);
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
    C: listOf(list).map((bean) => ({
      id: bean.id,
      plan_id: bean.tariffPlanId,
      date_from: dayOfIso(bean.dateFrom),
      date_to: dayOfIso(bean.dateTo),
      position: bean.position,
      comment: bean.comment,
    })),
    REST: listOf(items).map(({ id: number, plan_id, title, date_from, date_to, position, comment }) => ({
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
  const rows = await ways.view(
    'contract_parameter',
    'parameter_id AS id, parameter_title AS title, kind, text, number, date::text',
    id,
    '1',
  );
  expect(rows).toHaveLength(3);
  const kinds: Readonly<Record<string, string>> = { 1: 'text', 5: 'flag', 6: 'date' };
  const form = below(await ways.action('contract', 'ContractParameters', { cid: String(id), all: '1' }), 'parameter');
  const { parameters: shown } = await ways.rest(`/contracts/${id}/parameters?all=true`);
  agree(rows, {
    A: form.map(({ attributes }) => ({
      id: Number(attributes['pid']),
      title: attributes['title'],
      kind: kinds[attributes['pt'] ?? ''],
      text: attributes['value'],
    })),
    REST: listOf(shown).map((item) => ({ id: item.parameter_id, title: item.title, kind: item.kind, text: item.shown })),
  });
}

test('a read through each of the five ways agrees with the others, field by field', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const id = await build(given);
      await contractAgrees(id);
      await statusesAgree(id);
      await tariffsAgree(id);
      await parametersAgree(id);
    }),
    { numRuns: 12 },
  );
}, 180_000);
