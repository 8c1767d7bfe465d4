import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { createRegistry } from '../catalogue/registry.ts';
import { type CompatData, compatData, TITLE } from './support/compat-data.ts';
import { type Faces, openFaces, passwordOf } from './support/faces.ts';

// The checklist of compatibility (spec billing 7): what concerns XML actions.

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';

let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces();
  data = await compatData(faces);
});
afterAll(() => faces.stop());

/** What stands inside the root, which must say ok. */
async function inside(module: string, name: string, params: Record<string, string | number> = {}): Promise<string> {
  const texts = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]));
  const { text } = await faces.action(module, name, { authToSession: '0', ...texts });
  expect(text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><data [^>]*status="ok"/);
  return text.replace(/^<\?xml[^>]*\?>/, '');
}

const root = (text: string): string => /^<data[^>]*>/.exec(text)?.[0] ?? '';

test('21: rows of ContractTariffPlans have names and f0 to f5, the current plan last', async () => {
  const text = await inside('contract', 'ContractTariffPlans', { cid: data.contract });
  const rows = [...text.matchAll(/<row ([^>]*)\/>/g)].map(([, attributes = '']) => attributes);
  expect(rows).toHaveLength(2);
  for (const name of ['id', 'tpid', 'title', 'date1', 'date2', 'period', 'comment', 'pos', 'f0', 'f1', 'f2', 'f3', 'f4', 'f5'])
    expect(rows[1]).toContain(` ${name}="`.trimStart());
  expect(rows[0]).toContain('f3="01.02.2020-31.03.2020"');
  expect(rows[1]).toContain('f2="Новый"');
  expect(rows[1]).toContain('period="01.04.2020-…"');
});

test('22: UpdateContractTitleAndComment without a title keeps it', async () => {
  await inside('contract', 'UpdateContractTitleAndComment', { cid: data.contract, comment: 'другой' });
  expect((await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract })).data.return).toMatchObject({
    title: TITLE,
    comment: 'другой',
  });
});

test('23: NewContract with pattern and sub_mode alone; the contract comes first, with its id', async () => {
  const text = await inside('contract', 'NewContract', { pattern_id: data.pattern, sub_mode: 0 });
  expect(text).toMatch(/^<data [^>]*><contract id="\d+" title="Ф\d{4}"/);
});

test('29: payments and charges put their id on the root', async () => {
  for (const [action, pt] of [
    ['UpdateContractPayment', data.paymentType],
    ['UpdateContractCharge', data.chargeType],
  ] as const) {
    const text = await inside('contract', action, { cid: data.contract, date: '05.02.2020', pt, summa: '12,5', comment: 'c', id: 'new' });
    expect(root(text)).toMatch(/^<data id="[1-9]\d*" status="ok"/);
  }
});

test('30: module_ids="1, 3" without module_id', async () => {
  await inside('contract', 'ContractModuleAdd', { cid: data.other, module_ids: `${data.npay}, ${data.inet}` });
  const text = await inside('contract', 'ContractModuleList', { cid: data.other });
  expect(text).toMatch(/<list_select>.*Абонплата.*Интернет.*<\/list_select>/s);
});

test('31 in XML: list_avaliable keeps its misspelling', async () => {
  expect(await inside('contract', 'ContractModuleList', { cid: data.contract })).toContain('<list_avaliable');
});

test('31: every misspelt name of the catalogue is there', async () => {
  const { services } = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
  const names = services.flatMap(({ shapes, operations }) => [
    ...[...shapes.values()].flatMap(({ fields }) => fields.map(({ name }) => name)),
    ...[...operations.values()].flatMap(({ operation }) => [operation.name, ...operation.parameters.map(({ name }) => name)]),
  ]);
  for (const name of [
    'serivceId',
    'amout',
    'contractTitile',
    'contractTariffOptionActivateWhithSum',
    'numedNumberPatternList',
    'ipResSubsriptionId',
  ])
    expect(names).toContain(name);
});

test('48: the items of ListValues are grandchildren of the root', async () => {
  const text = await inside('admin', 'ListValues', { pid: data.listParameter });
  expect(text).toContain(`<values><item id="${data.listItem}" title="Север"/></values></data>`);
});

test('52: MenuAndToolBar carries serverversion, params and plugin_list', async () => {
  const text = await inside('admin', 'MenuAndToolBar');
  expect(root(text)).toContain('serverversion="7.1"');
  expect(text).toMatch(/<params>.*<param key="[^"]+" value="[^"]*"\/>.*<\/params><plugin_list/s);
});

test('53: RunScheduledTask, which is not served, says so and invents no success', async () => {
  const { text } = await faces.action('admin', 'RunScheduledTask', { id: '1' });
  expect(text).toMatch(/status="error">Operation is not supported by this server: .*admin\/RunScheduledTask/);
});

test('57: raw SQL is refused, nothing is run, and the try is audited', async () => {
  const sql = "INSERT INTO contract (title, date_from) VALUES ('hacked', now())";
  const { text } = await faces.action('sqleditor', 'SQLEditor', { base: '0', sql });
  expect(text).toContain('status="error"');
  expect(await faces.rows("SELECT 1 FROM contract WHERE title = 'hacked'")).toEqual([]);
  await expect
    .poll(async () =>
      (await faces.rows<{ object: string }>("SELECT object FROM audit WHERE action = 'billing.call.refused'")).map(({ object }) => object),
    )
    .toContain('sqleditor/SQLEditor');
  expect((await faces.action('admin', 'Command', { command: 'x' })).text).toContain('status="error"');
});

describe('64: what is described twice stops the start', () => {
  test.each([
    ['a service', { ...CATALOGUE, services: [...CATALOGUE.services, CATALOGUE.services[0]!] }],
    ['an action', { ...CATALOGUE, actions: [...CATALOGUE.actions, CATALOGUE.actions[0]!] }],
    [
      'a bean',
      {
        ...CATALOGUE,
        beansOf: (service: (typeof CATALOGUE.services)[number]) => [...CATALOGUE.beansOf(service), ...CATALOGUE.beansOf(service)],
      },
    ],
  ])('%s', (_, catalogue) => {
    expect(() => createRegistry(catalogue, [], [])).toThrow(/twice|two services/);
  });

  test('what is bound twice, or bound and not described', () => {
    expect(() => createRegistry(CATALOGUE, [...BINDINGS, BINDINGS[0]!], [])).toThrow(/bound twice/);
    expect(() => createRegistry(CATALOGUE, [{ service: 'NoService', operations: { fly: async () => null } }], [])).toThrow(/not described/);
  });
});

test('answers in windows-1251 where the configuration says so: declaration, bytes and header', async () => {
  const old = await openFaces({ VESTNIK_BILLING__ACTION_CHARSET: 'windows-1251' });
  try {
    await old.rows("INSERT INTO contract (title, comment, date_from) VALUES ('1', 'Привет ₽', '2020-01-01')");
    const query = new URLSearchParams({ user: 'alice', pswd: passwordOf('alice'), module: 'contract', action: 'ContractInfo', cid: '1' });
    const answer = await fetch(`${old.url}/executer?${query}`);
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=windows-1251');
    const text = new TextDecoder('windows-1251').decode(await answer.arrayBuffer());
    expect(text).toContain('<?xml version="1.0" encoding="windows-1251"?>');
    expect(text).toContain('comment="Привет &#8381;"');
  } finally {
    await old.stop();
  }
});
