import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toHubError } from '../../core/errors.ts';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { Call } from '../catalogue/descriptor.ts';
import { createRegistry, type ServedAction } from '../catalogue/registry.ts';
import { actionArgs } from '../wire/action/args.ts';
import { createXmlWriter } from '../wire/action/xml-writer.ts';
import { parseXml } from '../wire/soap/tree.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { seedCatalogue } from './support/catalogue-seed.ts';

const ACTIONS = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS).actions.flatMap((served) =>
  served.run ? [[`${served.action.module}/${served.action.name}`, served] as const] : [],
);

/** What each parameter is sent as; `1` where it is not here. `action.parameter` is for one action. */
const VALUES: Readonly<Record<string, string>> = {
  date: '16.03.2026',
  date1: '01.03.2026',
  date2: '31.03.2026',
  comment: 'Строка',
  title: 'Название',
  custom_title: '',
  summa: '10.50',
  value: '1',
  limit: '-100',
  super_id: '',
  params: '',
  subject: 'Тема',
  address: 'Тверь, Садовая, 1',
  'e-mail': 'Анна <anna@example.org>',
  phone1: '79000000000',
  comment1: 'рабочий',
  phone: '7900',
  mail: 'anna',
  filter: '0',
  contractMask: '',
  contractComment: '',
  type: 'c1',
  external_id: 'x-1',
  formatKey: '',
  'FindContract.parameters': '',
  'FindContract.parameter': 'Иванов',
  'FilterContract.type': '0',
  'ContractMode.type': 'mode',
  'ContractGroupOperation.type': 'changeStatus',
  'ContractGroupOperation.cids': '1,3',
  'ContractGroupOperation.status': '4',
  'NewContract.sub_mode': '',
  'UpdateContractDate1.value': '01.02.2026',
  'UpdateContractDate2.value': '31.12.2026',
  'UpdateContractMode.value': 'debet',
  'UpdateContractPassword.value': 'secret77',
  'UpdateContractPassword.set_pswd': '0',
  'UpdateParameterType5.pid': '5',
  'UpdateParameterType6.pid': '6',
  'UpdateParameterType6.value': '01.03.2026',
  'UpdateListParam.pid': '7',
  'UpdateListParam.custom_value': '',
  'GetListParam.pid': '7',
  'ListValues.pid': '7',
  'UpdatePhoneInfo.pid': '9',
  'GetPhoneInfo.pid': '9',
  'UpdateEmailInfo.pid': '3',
  'EmailInfo.pid': '3',
  'UpdateAddressInfo.pid': '2',
  'AddressInfo.pid': '2',
  'AddAddressCustom.pid': '2',
  'DeleteAddressParameter.pid': '2',
  'ContractModuleAdd.module_ids': '1, 3',
  'ContractModuleDelete.module_id': '3',
  'ContractServices.mid': '1',
  'UpdateContractTariffPlan.date1': '01.04.2026',
  'UpdateContractTariffPlan.date2': '',
  'ServiceObjectUpdate.date1': '01.04.2026',
  'ServiceObjectUpdate.date2': '',
  'ServiceObjectTable.actualItemsDate': '16.03.2026',
  'DeleteTariffPlan.tpid': '2',
  'SetClosedDate.date': '28.02.2026',
  'ListDirectory.mode': '15',
  'UserUpdate.login': 'anna',
  'UserUpdate.user_pswd': '5F4DCC3B5AA765D61D8327DEB882CF99',
  'UpdateTariffPlan.mask': '',
  'UpdateTariffPlan.config': '',
  'UpdateTariffPlan.titleWeb': '',
  'UpdateTariffPlan.face': '-1',
};

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
  await seedCatalogue(bench);
});
afterAll(() => bench.stop());

const UNDONE = new Error('undone');

/** Runs an action with these pairs, and undoes it. */
async function tryAction({ action, run }: ServedAction, pairs: ReadonlyMap<string, string>): Promise<{ text?: string; error?: unknown }> {
  let seen: { text?: string; error?: unknown } = {};
  await bench.database
    .transaction(async (tx) => {
      const call: Call = { ...bench.act({ operatorId: 1, protocol: 'action' }), db: tx, tx, profile: '7', moduleId: undefined };
      const out = createXmlWriter();
      try {
        await run?.(call, actionArgs(pairs, 'Europe/Moscow'), out);
        seen = { text: out.document() };
      } catch (error) {
        seen = { error: new Error(`${action.module}/${action.name}`, { cause: error }) };
      }
      throw UNDONE;
    })
    .catch((error: unknown) => {
      if (error !== UNDONE) throw error;
    });
  return seen;
}

const pairsOf = ({ action }: ServedAction, sent: (name: string) => string): Map<string, string> =>
  new Map(action.parameters.map(({ name }) => [name, sent(name)]));

test('no value of this test is left over', () => {
  const used = new Set(ACTIONS.flatMap(([, { action }]) => action.parameters.flatMap(({ name }) => [name, `${action.name}.${name}`])));
  expect(Object.keys(VALUES).filter((name) => !used.has(name))).toEqual([]);
});

describe('every action answers a document with what the catalogue says is in it', () => {
  test.each(ACTIONS)('%s', async (_place, served) => {
    const { name, answer } = served.action;
    const { text = '', error } = await tryAction(
      served,
      pairsOf(served, (parameter) => VALUES[`${name}.${parameter}`] ?? VALUES[parameter] ?? '1'),
    );
    expect((error as Error | undefined)?.cause).toBeUndefined();
    const root = parseXml(text);
    expect([root.local, root.attributes.find(({ local }) => local === 'status')?.value]).toEqual(['data', 'ok']);
    // The first element of the answer: `table(...)`, `items list`, `contracts(...): item(...)`.
    const first = /^(?:items )?(?<element>\w+)/.exec(answer)?.groups?.['element'];
    if (first === undefined) expect(root.children).toEqual([]);
    else if (!['id', 'serverversion', 'items', 'row'].includes(first)) expect(root.children.map(({ local }) => local)).toContain(first);
  });
});

describe('whatever is sent, a refusal is of the table of errors', () => {
  test.each([
    ['nothing at all', undefined],
    ['empty values', ''],
    ['a negative number', '-1'],
    ['a number beyond any row', '2147483647'],
    ['a statement', "1'; DROP TABLE contract; --"],
    ['a broken expression', '\\((['.repeat(60)],
    ['a day that is none', '31.02.2026'],
  ])('%s', async (_name, value) => {
    const defects: string[] = [];
    for (const [place, served] of ACTIONS) {
      const { error } = await tryAction(served, value === undefined ? new Map() : pairsOf(served, () => value));
      const cause = (error as Error | undefined)?.cause;
      if (cause !== undefined && toHubError(cause).code === 'INTERNAL') defects.push(`${place}: ${(cause as Error).stack?.slice(0, 300)}`);
    }
    expect(defects).toEqual([]);
  });
});
