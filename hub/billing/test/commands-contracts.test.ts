import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';
import { billingCommands } from './support/billing-commands.ts';
import { attach, npayModule, object, plan, service, tariff } from './support/fees.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
  bench.today = Temporal.Now.plainDateISO(SETTINGS.timeZone);
  await bench.rows(`INSERT INTO billing_group (group_id, title) VALUES (0, 'Первая'), (3, 'VIP')`);
  await bench.rows(`INSERT INTO billing_label (label_id, title) VALUES (9, 'Должник')`);
  await bench.rows(
    `INSERT INTO billing_parameter (parameter_id, kind, title, custom_values) VALUES (1, 1, 'ФИО', false), (2, 2, 'Адрес', false), (3, 3, 'Почта', false),
       (5, 5, 'Льгота', false), (6, 6, 'Рождён', false), (7, 7, 'Регион', true), (8, 8, 'Поручитель', false), (9, 9, 'Телефон', false), (10, 10, 'Черта', false),
       (11, 11, 'Услуги', false)`,
  );
  await bench.rows(
    `INSERT INTO billing_list_item (item_id, parameter_id, title) VALUES (70, 7, 'Север'), (110, 11, 'ТВ'), (111, 11, 'Связь')`,
  );
});
afterAll(() => bench.stop());

const day = (days: number): string => bench.today.add({ days }).toString();

const billing = billingCommands(() => bench);
const json = async (...words: (string | number)[]) => JSON.parse(await billing([...words, '--json']));
/** What a refusal tells programs: the reason of the hub, or the code of the command line. */
const refused = (...words: (string | number)[]): Promise<string> =>
  billing(words).then(
    (said) => `not refused: ${said}`,
    (error: { reason?: string; code: string }) => error.reason ?? error.code,
  );

describe('vestnik billing contract', () => {
  test('makes, finds, shows, changes and deletes a contract; the audit names the system user', async () => {
    const { id } = await json('contract', 'create', 'Д-100', '--comment', 'Иванов', '--from', '2024-02-01');
    expect(await billing(['contract', 'create', 'Д-101'], 'ru')).toBe(`договор ${id + 1} создан: Д-101\n`);
    expect(await billing(['contract', 'find', 'д-10', '--total'])).toMatch(
      /ID +TITLE[\s\S]*Д-100 +Активен +0\.00[\s\S]*Д-101[\s\S]*2 in all\n$/,
    );
    const first = await json('contract', 'find', 'Д-10', '--limit', 1);
    expect(first.items).toMatchObject([{ id, title: 'Д-100', status_title: 'Активен' }]);
    expect((await json('contract', 'find', 'Д-10', '--after', first.next)).items).toMatchObject([{ title: 'Д-101' }]);
    expect(await billing(['contract', 'change', 'title:Д-100', '--to', '2030-01-31', '--mode', 'debit', '--hide'])).toBe(
      `contract ${id} changed\n`,
    );
    expect((await json('contract', 'show', id)).contract).toMatchObject({
      date_to: '2030-01-31',
      mode: 'debit',
      hidden: true,
      comment: 'Иванов',
    });
    await billing(['contract', 'change', id, '--to', 'none', '--unhide']);
    expect(await billing(['contract', 'show', 'title:Д-100'], 'ru')).toMatch(
      /договор +Д-100\n[\s\S]*срок +2024-02-01\.\.\n[\s\S]*режим +дебет\nстатус +Активен с 2024-02-01/,
    );
    expect(await billing(['contract', 'delete', id])).toBe(`contract ${id} deleted\n`);
    expect(await refused('contract', 'show', id)).toBe('contract');
    expect(await refused('contract', 'show', 'title:Д-100')).toBe('contract');
    expect(await refused('contract', 'show', 'Д-100')).toBe('contract');
    expect(await refused('contract', 'change', id + 1, '--to', 'вчера')).toBe('commander.invalidArgument');
    const audit = await bench.rows(`SELECT DISTINCT login, face FROM audit WHERE object = $1`, [String(id)]);
    expect(audit).toEqual([{ login: 'cli:alice', face: 'cli' }]);
  });

  test('marks and notes', async () => {
    const id = await bench.contract();
    expect(await billing(['contract', 'group', id, 0])).toBe(`contract ${id}: group 0 is on\n`);
    await billing(['contract', 'group', id, 3]);
    await billing(['contract', 'label', id, 9]);
    expect((await json('contract', 'find', '--group', '3', '--label', '9')).items).toMatchObject([{ id, groups: [0, 3] }]);
    expect(await billing(['contract', 'group', id, 3, '--off'], 'ru')).toBe(`договор ${id}: группа 3 снята\n`);
    expect(await refused('contract', 'label', id, 10)).toBe('label');
    await billing(['contract', 'note', id, 'звонил', '--text', 'просил перезвонить', '--visible']);
    expect(await billing(['contract', 'notes', id])).toContain('просил перезвонить');
    expect((await json('contract', 'notes', id)).items).toMatchObject([{ subject: 'звонил', visible: true, login: 'cli:alice' }]);
  });

  test('parameters are typed in the form of their kind', async () => {
    const id = await bench.contract();
    const friend = await bench.contract({ title: 'друг' });
    const typed: readonly (readonly [number, string | number, string])[] = [
      [1, 'Иванов И. И.', 'Иванов И. И.'],
      [2, 'дом у реки', 'дом у реки'],
      [3, 'Иван <i@example.org>; b@example.org', 'Иван <i@example.org>, b@example.org'],
      [5, 'да', '1'],
      [6, '1990-02-28', '28.02.1990'],
      [7, 70, 'Север'],
      [7, '=Запад', 'Запад'],
      [8, friend, 'друг'],
      [9, '+7 900 1, +7 900 2', '+7 900 1, +7 900 2'],
      [11, '111,110', 'Связь, ТВ'],
    ];
    for (const [parameter, value, shown] of typed) {
      await billing(['contract', 'set', id, parameter, value]);
      const form = await json('contract', 'parameters', id);
      expect(form.parameters.find((row: { parameter_id: number }) => row.parameter_id === parameter)).toMatchObject({ shown });
    }
    expect(await billing(['contract', 'parameters', id])).toMatch(/ФИО +text +Иванов/);
    expect((await json('contract', 'find', '--parameter', 9, '--value', '900 2')).items).toMatchObject([{ id }]);
    await billing(['contract', 'set', id, 1]);
    expect(await billing(['contract', 'show', id])).not.toContain('Иванов');
    for (const [parameter, value] of [
      [5, 'может быть'],
      [6, '30.02.1990'],
      [7, 'Север'],
      [2, 'house:999999'],
      [10, 'x'],
    ] as const)
      expect(['value', 'house'], `${parameter}`).toContain(await refused('contract', 'set', id, parameter, value));
  });

  test('family and password', async () => {
    const [head, id] = [await bench.contract(), await bench.contract()];
    await billing(['contract', 'family', id, '--head', head, '--independent']);
    expect((await json('contract', 'find', '--head', head)).items).toMatchObject([{ id, family: { dependent: false } }]);
    expect(await billing(['contract', 'show', id])).toMatch(/family +independent member of/);
    await billing(['contract', 'family', id, '--leave']);
    expect((await json('contract', 'show', id)).contract.family.role).toBe('plain');
    expect(await refused('contract', 'family', id)).toBe('commander.error');
    expect(await billing(['contract', 'password', id])).toBe('there is no password\n');
    const made = await billing(['contract', 'password', id, '--generate']);
    expect(made).toMatch(/^\S{8,}\n$/);
    expect(await billing(['contract', 'password', id])).toBe(made);
  });

  test('tariffs, service objects, modules and fees', async () => {
    const module = await npayModule(bench);
    const internet = await service(bench, module);
    const planId = await plan(bench, internet, '300');
    const id = await bench.contract({ mode: 1 });
    await billing(['contract', 'module', id, module]);
    const from = bench.today.with({ day: 1 }).toString();
    const held = await json('contract', 'tariff', 'add', id, planId, '--from', from);
    const added = await json('contract', 'object', 'add', id, internet, '--from', from, '--count', 2);
    expect(await json('contract', 'fees', id)).toMatchObject([{ service_object_id: added.id, accrued: '600.00', planned: '600.00' }]);
    expect(await billing(['contract', 'fees', id], 'ru')).toMatch(/МЕСЯЦ +ОБЪЕКТ[\s\S]*600\.00/);
    expect(await refused('contract', 'module', id, module, '--off')).toBe('open_objects');
    expect(await billing(['contract', 'object', 'list', id])).toContain(`${from}..`);
    await billing(['contract', 'object', 'end', id, added.id, from]);
    expect(await json('contract', 'object', 'list', id)).toMatchObject([{ date_to: from, count: 2 }]);
    await billing(['contract', 'object', 'remove', id, added.id]);
    await billing(['contract', 'tariff', 'end', id, held.id, day(40)]);
    expect(await json('contract', 'tariff', 'list', id)).toMatchObject([{ plan_id: planId, date_to: day(40) }]);
    await billing(['contract', 'tariff', 'remove', id, held.id]);
    expect(await json('contract', 'tariff', 'list', id)).toEqual([]);
    expect(await billing(['contract', 'module', id, module, '--off'])).toBe(`contract ${id}: module ${module} detached\n`);
  });
});

test('options are offered, activated with their charge, and ended', async () => {
  const id = await bench.contract();
  const type = await bench.chargeType();
  await bench.rows(`INSERT INTO tariff_option (option_id, title) VALUES (8, 'Турбо')`);
  await bench.rows(
    `INSERT INTO tariff_option_mode (mode_id, option_id, title, charge_sum, charge_type_id, period_mode, period_count, deactivation_mode)
     VALUES (80, 8, 'на день', 15, $1, 0, 1, 0)`,
    [type],
  );
  expect(await billing(['contract', 'option', 'offers', id])).toMatch(/8 +Турбо +80 +на день +15\.00 +-\n$/);
  const held = await json('contract', 'option', 'activate', id, 8, 80);
  expect(await refused('contract', 'option', 'activate', id, 8, 80)).toBe('active_already');
  expect(await billing(['contract', 'option', 'list', id, '--active'], 'ru')).toContain('Турбо');
  expect((await json('contract', 'show', id)).balance.charges).toBe('15.00');
  expect(await billing(['contract', 'option', 'end', id, held.id])).toBe(`contract ${id}: option ${held.id} ended\n`);
  expect(await json('contract', 'option', 'list', id, '--active')).toEqual([]);
});

describe('vestnik billing status, limit, what-if', () => {
  test('a status now, a planned one, its end, and the log', async () => {
    const id = await bench.contract();
    expect(await billing(['status', 'set', id, 4, '--to', day(3), '--comment', 'отпуск'])).toBe(
      `contract ${id}: status 4 ${day(0)}..${day(3)}\n`,
    );
    await billing(['status', 'set', id, 2, '--from', day(10)]);
    const line = await json('status', 'show', id);
    const planned = line.periods.at(-1);
    expect(planned).toMatchObject({ status: 2, when: 'planned' });
    expect(await billing(['status', 'show', id], 'ru')).toMatch(/Приостановлен \(4\)[\s\S]*действует +отпуск/);
    expect(await billing(['status', 'cancel', id, planned.id])).toBe(`contract ${id}: plan ${planned.id} canceled\n`);
    expect((await json('status', 'show', id)).periods.at(-1)).toMatchObject({ status: 0 });
    expect((await json('status', 'log', id)).items).toMatchObject([{ status: 2 }, { status: 4, comment: 'отпуск', login: 'cli:alice' }]);
    expect(await refused('status', 'set', id, 1)).toBe('transitional_status');
  });

  test('a limit for some days, kept, and for good', async () => {
    const id = await bench.contract();
    expect(await billing(['limit', 'set', id, '--days', 3, '-500'])).toBe(`contract ${id}: limit -500.00 for 3 days\n`);
    expect(await billing(['limit', 'show', id])).toMatch(new RegExp(`limit +-500\\.00\nreturns to +0\\.00\non +${day(3)}\n`));
    await billing(['limit', 'keep', id]);
    expect(await json('limit', 'show', id)).toMatchObject({ limit: '-500.00', plan: null });
    expect(await refused('limit', 'keep', id)).toBe('limit_plan');
    await billing(['limit', 'set', id, '10.5', '--comment', 'строго']);
    expect((await json('limit', 'log', id)).items).toMatchObject([
      { value: '10.50', comment: 'строго' },
      { value: '-500.00', days: 3 },
    ]);
    expect(await refused('limit', 'set', id, '1e3')).toBe('commander.invalidArgument');
  });

  test('what a payment, a status and a limit would do, and nothing is stored', async () => {
    const module = await npayModule(bench, { manage: true });
    const internet = await service(bench, module);
    const id = await bench.contract({ mode: 1, status: 3 });
    await bench.rows(`INSERT INTO contract_status (contract_id, status, date_from) VALUES ($1, 3, '2020-01-01')`, [id]);
    await attach(bench, id, module);
    await tariff(bench, id, await plan(bench, internet, '300'), '2020-01-01');
    await object(bench, id, internet, '2020-01-01');
    const type = await bench.paymentType();
    expect(await json('what-if', 'payment', id, '300', '--type', type)).toMatchObject({
      before: { status: 3 },
      after: { status: 0 },
      status_changes: true,
    });
    expect(await json('what-if', 'limit', id, '-1000')).toMatchObject({ after: { status: 0, limit: '-1000.00' } });
    expect(await billing(['what-if', 'status', id, 0], 'ru')).toMatch(/в долгу +- +\+\nстатус +3 +0\n/);
    expect((await json('contract', 'show', id)).contract).toMatchObject({ status: 3, limit: '0.00' });
    expect(await bench.rows('SELECT FROM contract_payment')).toEqual([]);
  });
});
