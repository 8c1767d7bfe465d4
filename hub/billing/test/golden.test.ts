import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { createRegistry } from '../catalogue/registry.ts';
import { ExactNumber } from '../wire/json/parse.ts';
import { type Params, workingParams } from './support/operation-needs.ts';
import { planCall } from './support/soap-plan.ts';
import { openUndoingHub, type UndoingHub } from './support/undoing-hub.ts';
import { soapMessage } from './support/written-message.ts';

/**
 * Golden files (spec billing 12): what every operation and action of tier 1 answers on the rows of `seedCatalogue`, recorded by us, one file a service or
 * module. A change of an answer is seen in them; one that is meant is recorded anew by `npm test -- hub/billing/test/golden -u`.
 */
const registry = createRegistry(CATALOGUE, [], []);

/** Their answers are lists of what the hub of the day grants. */
const RIGHTS: ReadonlySet<string> = new Set([
  'UserService.getUser',
  'UserService.loadUserActions',
  'UserService.listUsers',
  'admin.bgsecure/GetAllModuleActions',
]);

/** Times at which the rows were put in, which is the day of the run. */
const NOW = Temporal.Now.zonedDateTimeISO('Europe/Moscow');
const DAYS = [-1, 0, 1].flatMap((days) => {
  const { year, month, day } = NOW.add({ days });
  const two = (number: number): string => String(number).padStart(2, '0');
  return [
    `${year}-${two(month)}-${two(day)}(?:T[0-9:.]+(?:Z|[+-]\\d\\d:\\d\\d))?`,
    `${two(day)}\\.${two(month)}\\.${year}(?: \\d\\d:\\d\\d:\\d\\d)?`,
  ];
});
const TODAY = new RegExp(DAYS.join('|'), 'g');
const steady = (text: string): string => text.replace(TODAY, 'TODAY').replaceAll('><', '>\n<').replaceAll('},{', '},\n{');

/** Numbers as they are written, not as a float would have them. */
const plain = (value: unknown): unknown =>
  value instanceof ExactNumber
    ? value.text
    : Array.isArray(value)
      ? value.map(plain)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
        : value;

let hub: UndoingHub;
beforeAll(async () => {
  hub = await openUndoingHub();
});
afterAll(() => hub.stop());

async function post(url: string, body: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${hub.login}:${hub.password}`).toString('base64')}`;
  const answer = await fetch(url, { method: 'POST', body, headers: { authorization, 'content-type': 'text/xml;charset=utf-8' } });
  return steady(await answer.text());
}

/** What an action needs beside its parameters that must be there, each of which is 1 or stands in VALUES. */
const NEEDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  FindContract: { type: 'c1', parameters: '1', parameter: 'сад' },
  UpdateContractPassword: { value: 'новый' },
  UpdateContractDate1: { cid: '1', value: '15.01.2026' },
  UpdateContractDate2: { cid: '1', value: '15.03.2027' },
  ContractGroupOperation: { type: 'changeStatus', status: '4' },
  UpdateParameterType5: { pid: '5' },
  UpdateParameterType6: { pid: '6', value: '15.03.2026' },
  UpdateListParam: { pid: '7' },
  GetListParam: { pid: '7' },
  UpdatePhoneInfo: { pid: '9', phone1: '79000000000', comment1: 'дом' },
  GetPhoneInfo: { pid: '9' },
  UpdateEmailInfo: { pid: '3', 'e-mail': 'Анна <anna@example.org>' },
  EmailInfo: { pid: '3' },
  UpdateAddressInfo: { pid: '2', hid: '1', flat: '5' },
  AddressInfo: { pid: '2' },
  AddAddressCustom: { pid: '2', address: 'Тверь, Садовая' },
  DeleteAddressParameter: { pid: '2' },
  ContractModuleAdd: { module_ids: '1, 3' },
  ContractModuleDelete: { module_id: '3' },
  UserUpdate: { login: 'boris', user_pswd: '0'.repeat(32) },
  ListValues: { pid: '7' },
  DeleteTariffPlan: { tpid: '2' },
};

/** What a parameter needs that is not 1. */
const VALUES: Readonly<Record<string, string>> = {
  value: '1',
  date: '15.03.2026',
  date1: '01.03.2026',
  date2: '31.03.2026',
  summa: '10.00',
};

describe('answers are those that were recorded', () => {
  const services = registry.services.filter(({ service }) =>
    service.operations.some(({ tier, name }) => tier === 1 && !RIGHTS.has(`${service.name}.${name}`)),
  );

  test.each(services.map((served) => [served.service.name, served] as const))('%s', async (name, served) => {
    const sections: string[] = [];
    for (const operation of served.operations.values()) {
      const place = `${name}.${operation.operation.name}`;
      if (operation.operation.tier !== 1 || RIGHTS.has(place)) continue;
      const params: Params = workingParams(served, operation);
      const json = await post(
        hub.addressOf(served, { place: 'json/' }),
        JSON.stringify({ method: operation.operation.name, params: plain(params) }),
      );
      const url = hub.addressOf(served);
      const soap = await post(url, soapMessage(served.service.namespace, planCall(served, operation, url, params)));
      expect(json).toMatch(/^\{"status":"ok"/);
      expect(soap).toContain('Response');
      sections.push(`== ${operation.operation.name}, JSON\n${json}\n\n== ${operation.operation.name}, SOAP\n${soap}\n`);
    }
    await expect(sections.join('\n')).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  const modules = Map.groupBy(
    registry.actions.filter(({ action: { tier, module, name } }) => tier === 1 && !RIGHTS.has(`${module}/${name}`)),
    ({ action }) => action.module,
  );
  test.each([...modules])('actions of %s', async (module, actions) => {
    const sections: string[] = [];
    for (const { action } of actions) {
      const own = action.parameters.filter(({ optional }) => !optional).map(({ name }) => [name, VALUES[name] ?? '1'] as const);
      const query = new URLSearchParams({
        module,
        action: action.name,
        authToSession: '0',
        ...Object.fromEntries(own),
        ...NEEDS[action.name],
      });
      const text = await post(`${hub.url}/executer?${query}`, '');
      expect(text, action.name).not.toContain('status="error"');
      sections.push(`== ${action.name}\n${text}\n`);
    }
    await expect(sections.join('\n')).toMatchFileSnapshot(`golden/actions-${module}.txt`);
  });
});
