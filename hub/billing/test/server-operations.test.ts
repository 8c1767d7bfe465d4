import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { aboutActions, adminServerActions, bgsecureActions, installerActions, licviewActions } from '../actions/server.ts';
import { ACTIONS, SERVICES } from '../catalogue/catalogue.ts';
import type { ActionArgs, ActionBinding, Binding, Call } from '../catalogue/descriptor.ts';
import { numberOfRight, rightsTree } from '../catalogue/rights-tree.ts';
import {
  directoryService,
  dynamicCodeService,
  inetSessionService,
  licenseService,
  plugincfgService,
  schedulerService,
} from '../operations/server-services.ts';
import { userService } from '../operations/user-service.ts';
import { createXmlWriter } from '../wire/action/xml-writer.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

const HASH = '$argon2id$v=19$m=1,t=1,p=1$c2VjcmV0c2FsdA$c2VjcmV0aGFzaA';
const everybody = { name: null, status: -1, page: null };

let bench: BillingBench;
const ids: Record<string, number> = {};
let asked: number;

const callOf = (more: Partial<Call> = {}): Call => ({
  ...bench.act(),
  operatorId: asked,
  db: bench.database.work,
  // Nothing here changes anything.
  get tx(): never {
    throw new Error('an operation that reads asked for a transaction');
  },
  profile: '7',
  moduleId: undefined,
  ...more,
});

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
const ask = (binding: Binding, name: string, args: unknown = {}): Promise<any> => binding.operations[name]!(callOf(), args);

async function show(binding: ActionBinding, name: string, more: Partial<Call> = {}): Promise<string> {
  const out = createXmlWriter();
  await binding.actions[name]!(callOf(more), {} as ActionArgs, out);
  return out.document();
}

beforeAll(async () => {
  bench = await openBilling();
  const people: [string, string, string | null, boolean, string[]][] = [
    ['anna', 'Анна Петрова', 'anna@example.org', true, ['billing.call.PaymentService.*', 'billing.action.npay.ServiceSetList']],
    ['boris', 'Boris <b> & "co"', null, false, []],
    ['vera', 'Вера', null, true, ['*']],
  ];
  for (const [login, name, email, enabled, rights] of people) {
    const [row] = await bench.rows<{ id: number }>(
      `INSERT INTO operator (login, display_name, email, enabled, rights, password_hash) VALUES ($1, $2, $3, $4, $5, $6) RETURNING operator_id AS id`,
      [login, name, email, enabled, rights, HASH],
    );
    ids[login] = row!.id;
  }
  await bench.rows(
    `INSERT INTO billing_operator (operator_id, groups, groups_mode, domains, parameter_rules, description) VALUES ($1, $2, 1, '{3,4}', '{"12":"read"}', 'Касса')`,
    [ids['anna']!, 2n ** 62n],
  );
  asked = ids['anna']!;
});
afterAll(() => bench.stop());

describe('UserService', () => {
  test('getUser shows the operator with fence and actions, never a password', async () => {
    expect(await ask(userService, 'getUser', { userId: ids['anna'] })).toMatchObject({
      id: ids['anna'],
      login: 'anna',
      name: 'Анна Петрова',
      title: 'Анна Петрова',
      email: 'anna@example.org',
      password: null,
      status: 0,
      contractGroups: 2n ** 62n,
      contractGroupsMode: 1,
      domainIds: [3, 4],
      ruleAccessContractParameter: [12],
      description: 'Касса',
    });
  });

  test('no answer holds a hash', async () => {
    const answers = await Promise.all([
      ask(userService, 'listUsers'),
      ask(userService, 'findUsers', everybody),
      ask(userService, 'userInfoList'),
      ask(userService, 'getUser', { userId: ids['vera'] }),
      show(adminServerActions, 'UserList'),
      show(adminServerActions, 'MenuAndToolBar'),
    ]);
    const text = JSON.stringify(answers, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(text).toContain('anna');
    expect(text).not.toMatch(/argon2|c2VjcmV0/);
    expect(text).not.toMatch(/"password":(?!null)/);
  });

  test('findUsers by a part of login or name, in any letters, and by state', async () => {
    const logins = async (more: object) =>
      (await ask(userService, 'findUsers', { ...everybody, ...more })).list.map((one: { login: string }) => one.login);
    expect(await logins({})).toEqual(['anna', 'boris', 'vera']);
    expect(await logins({ name: 'ПЕТР' })).toEqual(['anna']);
    expect(await logins({ name: 'OR' })).toEqual(['boris']);
    expect(await logins({ name: '%' })).toEqual([]);
    expect(await logins({ status: 1 })).toEqual(['boris']);
    expect(await logins({ status: 0, name: 'a' })).toEqual(['anna', 'vera']);
  });

  test('findUsers in pages', async () => {
    const second = await ask(userService, 'findUsers', { ...everybody, page: { pageIndex: 2, pageSize: 2 } });
    expect(second.list).toMatchObject([{ $type: 'user', login: 'vera' }]);
    expect(second.page).toEqual({ pageIndex: 2, pageSize: 2, pageCount: 2, recordCount: 3, pageFirstRecordNumber: 2 });
    const beyond = await ask(userService, 'findUsers', { ...everybody, page: { pageIndex: 9, pageSize: 2 } });
    expect([beyond.list, beyond.page.recordCount]).toEqual([[], 3]);
  });

  test('a state that is none is refused by its name', async () => {
    await expect(ask(userService, 'findUsers', { ...everybody, status: 2 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'status',
    });
  });

  test('names, and the address of who asks', async () => {
    expect(await ask(userService, 'userInfoGet', { userId: ids['vera'] })).toEqual({ id: ids['vera'], name: 'Вера' });
    expect(await ask(userService, 'userInfoList')).toHaveLength(3);
    expect(await ask(userService, 'getCurrentUserEmail')).toBe('anna@example.org');
  });

  test.each(['getUser', 'userInfoGet', 'loadUserActions'])('%s refuses an operator who is not there', async (name) => {
    const refusal = await ask(userService, name, { userId: 999_999 }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(HubError);
    expect(refusal).toMatchObject({ code: 'NOT_FOUND', russian: 'Пользователь не найден: 999999' });
  });

  test('loadUserActions names what rights cover, by the numbers of GetAllModuleActions', async () => {
    const actions = await ask(userService, 'loadUserActions', { userId: ids['anna'] });
    expect(actions).toHaveLength(11);
    expect(actions).toContainEqual({ mid: '0', actionID: numberOfRight('billing.call.PaymentService.paymentUpdate') });
    expect(actions).toContainEqual({ mid: 'npay', actionID: numberOfRight('billing.action.npay.ServiceSetList') });
    expect(await ask(userService, 'loadUserActions', { userId: ids['boris'] })).toEqual([]);
    expect(await ask(userService, 'loadUserActions', { userId: ids['vera'] })).toHaveLength(420 + 116);
    const tree = await show(bgsecureActions, 'GetAllModuleActions');
    for (const { actionID } of actions) expect(tree).toContain(` id="${actionID}"`);
  });
});

describe('the tree of rights', () => {
  const leaves = rightsTree(SERVICES, ACTIONS).flatMap(({ groups }) =>
    groups.flatMap(({ actions, operations }) => [...actions, ...operations]),
  );

  test('holds every action and operation once, each with a number of its own', () => {
    expect(leaves).toHaveLength(420 + 116);
    expect(new Set(leaves.map(({ right }) => right)).size).toBe(leaves.length);
    expect(new Set(leaves.map(({ number }) => number)).size).toBe(leaves.length);
    expect(leaves.every(({ number }) => Number.isInteger(number) && number > 0 && number < 2 ** 31)).toBe(true);
  });

  test('gives numbers that stay', () => {
    expect(numberOfRight('billing.call.ContractService.contractGet')).toBe(204184292);
  });

  test('is the answer of GetAllModuleActions', async () => {
    const text = await show(bgsecureActions, 'GetAllModuleActions');
    expect(text).toContain('<actions id="0" title="Ядро"><group title="contract"><action id="');
    expect(text).toMatch(/<action id="\d+" mask="module=contract;action=NewContract" title="Создаёт договор/);
    expect(text).toMatch(
      /<actions id="inet" title="Интернет"><group title="InetServService"><service id="\d+" name="InetServService" operation="inetServTypeList" title="/,
    );
    expect(text.match(/<(action|service) id=/g)).toHaveLength(420 + 116);
  });
});

describe('actions about the server', () => {
  test('UserList, with names as they are', async () => {
    const text = await show(adminServerActions, 'UserList');
    expect(text).toContain(
      `<user id="${ids['boris']}" login="boris" name="Boris &lt;b&gt; &amp; &quot;co&quot;" title="Boris &lt;b&gt; &amp; &quot;co&quot;" descr="" status="1"/>`,
    );
    expect(text).toContain('login="anna" name="Анна Петрова" title="Анна Петрова" descr="Касса" status="0"/>');
  });

  test.each([
    ['7', '7.1'],
    ['8', '8.0'],
    ['9.2501', '9.2'],
  ] as const)('MenuAndToolBar in profile %s names release %s (checklist 52)', async (profile, release) => {
    const text = await show(adminServerActions, 'MenuAndToolBar', { profile });
    expect(text).toMatch(new RegExp(`^<data serverversion="${release}" status="ok"><params><param key="user.id" value="${ids['anna']}"/>`));
    expect(text).toMatch(/<\/params><plugin_list\/><\/data>$/);
  });

  test('About, modules and plugins', async () => {
    expect(await show(aboutActions, 'About')).toMatch(
      /^<data status="ok"><modules><module name="npay" version="7\.1" build\.number="0" build\.time="" versionstring="npay 7\.1"\/>.*<\/modules><server name="Vestnik" version="7\.1"/,
    );
    expect(await show(installerActions, 'GetInstalledModules')).toContain('<module id="1" title="Абонплата" name="npay" version="7.1"');
    expect(await show(installerActions, 'GetInstalledPlugins')).toBe('<data status="ok"><plugins/></data>');
  });

  test('LicView shows the rows of getCurrentLicense', async () => {
    const items = await ask(licenseService, 'getCurrentLicense');
    expect(items).toContainEqual({ title: 'Договоры', date: '', count: '' });
    expect((await show(licviewActions, 'LicView')).match(/<row title="[^"]+" date="" count=""\/>/g)).toHaveLength(items.length);
  });
});

describe('services about the server', () => {
  test('what this server does not have is an empty list', async () => {
    expect(await ask(plugincfgService, 'getPlugins')).toEqual([]);
    expect(await ask(dynamicCodeService, 'getDynamicClasses')).toEqual([]);
    expect(await ask(inetSessionService, 'inetSessionAliveList', { page: { pageIndex: 1, pageSize: 25 } })).toEqual({
      data: [],
      page: { pageIndex: 1, pageSize: 25, pageCount: 0, recordCount: 0, pageFirstRecordNumber: 0 },
      attributes: null,
    });
    expect(await ask(inetSessionService, 'inetSessionAliveList', { page: null })).toMatchObject({ page: { recordCount: 0 } });
  });
});

describe('SchedulerService.getAvailableSchedulerTasks', () => {
  const codes = async (moduleId: string | null): Promise<string[]> =>
    (await ask(schedulerService, 'getAvailableSchedulerTasks', { moduleId })).map(({ first }: { first: string }) => first);

  test('are pairs of code and title', async () => {
    const tasks = await ask(schedulerService, 'getAvailableSchedulerTasks', { moduleId: '' });
    expect(tasks).toContainEqual({ first: 'fees', second: 'Начисление абонплаты' });
  });

  test('all of them, those of no module, those of an instance', async () => {
    const [npay] = await bench.rows<{ id: number }>(
      "INSERT INTO billing_module (name, title) VALUES ('npay', 'Плата') RETURNING module_id AS id",
    );
    const [inet] = await bench.rows<{ id: number }>(
      "INSERT INTO billing_module (name, title) VALUES ('inet', 'Сеть') RETURNING module_id AS id",
    );
    expect(await codes(null)).toEqual(['statuses', 'limits', 'fees']);
    expect(await codes('0')).toEqual(['statuses', 'limits']);
    expect(await codes(String(npay?.id))).toEqual(['fees']);
    expect(await codes('npay')).toEqual(['fees']);
    expect(await codes(String(inet?.id))).toEqual([]);
  });

  test('a module that is none is refused', async () => {
    await expect(codes('9999')).rejects.toMatchObject({ reason: 'moduleId' });
  });
});

describe('DirectoryService.getVersion', () => {
  const version = async (): Promise<bigint> => ask(directoryService, 'getVersion', { directoryItemClass: null, moduleId: 0 });

  test.each([
    ['a group', `INSERT INTO billing_group (group_id, title) VALUES (7, 'Семь')`],
    ['a changed title', `UPDATE billing_group SET title = 'Седьмая' WHERE group_id = 7`],
    ['a removed one', 'DELETE FROM billing_group WHERE group_id = 7'],
    [
      'a city of a new country',
      `WITH c AS (INSERT INTO address_country (title) VALUES ('Россия') RETURNING country_id) INSERT INTO address_city (country_id, title) SELECT country_id, 'Тверь' FROM c`,
    ],
    ['a payment type', `INSERT INTO payment_type (title) VALUES ('Касса')`],
    ['an operator', `UPDATE operator SET display_name = 'Вера II' WHERE login = 'vera'`],
  ])('grows by %s', async (_what, change) => {
    const before = await version();
    await bench.rows(change);
    expect(await version()).toBeGreaterThan(before);
  });

  test('stays while nothing changes, and when a change is undone', async () => {
    const before = await version();
    await bench.contract();
    await bench.database
      .transaction(async (tx) => {
        await tx.query({ text: `INSERT INTO billing_group (group_id, title) VALUES (8, 'Восемь')` });
        throw new Error('undone');
      })
      .catch(() => undefined);
    expect(await version()).toBe(before);
  });

  test('grows once in a transaction, however much it changes', async () => {
    const before = await version();
    await bench.rows(`INSERT INTO address_country (title) SELECT 'Страна ' || n FROM generate_series(1, 50) n`);
    expect(await version()).toBe(before + 1n);
  });

  test('two transactions that change directories do not wait for each other', async () => {
    const before = await version();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = bench.database.transaction(async (tx) => {
      await tx.query({ text: `INSERT INTO payment_type (title) VALUES ('Первый')` });
      await held;
    });
    await bench.rows(`INSERT INTO charge_type (title) VALUES ('Второй')`);
    release();
    await first;
    expect(await version()).toBe(before + 2n);
  });
});
