import { afterAll, beforeAll, expect, test } from 'vitest';
import { billingRoutes } from '../api.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';
import { npayModule, plan, service } from './support/fees.ts';

/** A contract outside the fence of an operator does not exist for him (spec 2.14): every route of contracts is asked for one. */
let bench: BillingRest;
let outside: number;
let inside: number;
/** Numbers of things that are there, so that nothing but the fence can refuse. */
const real = {
  group: 3,
  label: 9,
  parameter: 1,
  note: 0,
  period: 0,
  plan: 0,
  tariff: 0,
  assignment: 0,
  activation: 0,
  module: 0,
  service: 0,
  object: 0,
  record: 0,
  type: 0,
  tariffPlan: 0,
};

beforeAll(async () => {
  bench = await openBillingRest();
  outside = await bench.contract({ title: 'outside', groups: 2 });
  inside = await bench.contract({ title: 'inside', groups: 8 });
  await bench.rows(`INSERT INTO billing_group (group_id, title) VALUES (3, 'Моя')`);
  await bench.rows(`INSERT INTO billing_label (label_id, title) VALUES (9, 'Метка')`);
  await bench.rows(`INSERT INTO billing_parameter (parameter_id, kind, title) VALUES (1, 1, 'ФИО')`);
  await bench.rows(`INSERT INTO contract_pattern (pattern_id, title, groups) VALUES (6, 'Мои', 8)`);
  await bench.rows(`INSERT INTO tariff_group (tariff_group_id, title) VALUES (4, 'Группа')`);
  real.module = await npayModule(bench);
  real.service = await service(bench, real.module);
  real.tariffPlan = await plan(bench, real.service, '100');
  real.type = await bench.paymentType();
  // Without a fence yet.
  const make = async (path: string, body: object): Promise<number> => (await bench.ok('POST', `/contracts/${outside}/${path}`, body)).id;
  real.note = await make('notes', { subject: 'тайна' });
  real.tariff = await make('tariffs', { plan_id: real.tariffPlan });
  real.assignment = await make('tariff-groups', { tariff_group_id: 4 });
  real.object = await make('service-objects', { service_id: real.service });
  real.record = await make('services', { service_id: real.service });
  await bench.ok('PUT', `/contracts/${outside}/modules/${real.module}`);
  real.plan = (await bench.ok('PUT', `/contracts/${outside}/limit`, { limit: '-5', days: 3 })).plan.id;
  real.period = (
    await bench.ok('POST', `/contracts/${outside}/statuses`, { status: 4, date_from: bench.today.add({ days: 5 }).toString() })
  ).periods.at(-1).id;
  await bench.rows(
    `INSERT INTO operator (operator_id, login, display_name, password_hash) OVERRIDING SYSTEM VALUE VALUES (1, 'one', 'One', '')`,
  );
  await bench.rows('INSERT INTO billing_operator (operator_id, groups) VALUES (1, 8)');
});
afterAll(() => bench.stop());

/** A body that is right, by method and path, for every route that takes one. */
const bodies = (): Readonly<Record<string, object>> => ({
  'PATCH /contracts/:id': { comment: 'моё' },
  'PUT /contracts/:id/password': { password: 'моё' },
  'PUT /contracts/:id/groups/:mark': {},
  'PUT /contracts/:id/labels/:mark': {},
  'POST /contracts/:id/notes': { subject: 'моё' },
  'PATCH /contracts/:id/notes/:note': { subject: 'моё' },
  'PUT /contracts/:id/parameters': { values: [{ parameter_id: 1, value: { kind: 'text', text: 'моё' } }] },
  'PUT /contracts/:id/parameters/:parameter': { value: { kind: 'text', text: 'моё' } },
  'POST /contracts/:id/statuses': { status: 4 },
  'PUT /contracts/:id/limit': { limit: '5' },
  'PUT /contracts/:id/family': { head_id: inside },
  'POST /contracts/:id/tariffs': { plan_id: real.tariffPlan },
  'PATCH /contracts/:id/tariffs/:tariff': { comment: 'моё' },
  'POST /contracts/:id/tariff-groups': { tariff_group_id: 4 },
  'PATCH /contracts/:id/tariff-groups/:assignment': { comment: 'моё' },
  'POST /contracts/:id/options': { option_id: 1, mode_id: 1 },
  'POST /contracts/:id/services': { service_id: real.service },
  'PATCH /contracts/:id/services/:record': { comment: 'моё' },
  'POST /contracts/:id/service-objects': { service_id: real.service },
  'PATCH /contracts/:id/service-objects/:object': { comment: 'моё' },
  'POST /contracts/:id/what-if/payment': { type_id: real.type, sum: '5' },
  'POST /contracts/:id/what-if/status': { status: 4 },
  'POST /contracts/:id/what-if/limit': { limit: '5' },
});

const routes = () =>
  billingRoutes({ database: bench.database } as Parameters<typeof billingRoutes>[0]).filter(({ path }) =>
    path.startsWith('/contracts/:id'),
  );

const address = (path: string): string =>
  path
    .replace(':id', String(outside))
    .replace(':mark', String(path.includes('groups') ? real.group : real.label))
    .replace(/:(\w+)/, (_, name: keyof typeof real) => String(real[name] || 1));

test('every route that names a contract answers that there is none, and leaves it as it was', async () => {
  const before = await bench.rows('SELECT * FROM contract WHERE contract_id = $1', [outside]);
  const asked = routes();
  expect(asked.length).toBeGreaterThan(50);
  const wrong: string[] = [];
  for (const { method, path } of asked) {
    const body = bodies()[`${method} ${path}`];
    const answer = await bench.call(
      method,
      `${address(path)}${path.endsWith('/log') && !path.includes('limit') && !path.includes('status') ? '?field=mode' : ''}`,
      body,
    );
    if (answer.status !== 404 || answer.json?.reason !== 'contract') wrong.push(`${method} ${path}: ${answer.status} ${answer.bytes}`);
  }
  expect(wrong).toEqual([]);
  expect(await bench.rows('SELECT * FROM contract WHERE contract_id = $1', [outside])).toEqual(before);
});

test('no list shows it, and no change of several contracts reaches it', async () => {
  for (const query of ['', '?title=out', '?group=1', '?value=x', `?head=${outside}`, '?total=true']) {
    const { items, total } = await bench.ok('GET', `/contracts${query}`);
    expect(
      items.map(({ id }: { id: number }) => id),
      query,
    ).not.toContain(outside);
    if (query === '?total=true') expect(total).toBe(1);
  }
  expect(await bench.ok('POST', '/status-changes', { contract_ids: [outside, inside], status: 4 })).toMatchObject({
    done: [inside],
    failed: [{ contract_id: outside, code: 'NOT_FOUND' }],
  });
  expect(await bench.refusal('PUT', `/contracts/${inside}/family`, { head_id: outside })).toMatchObject({
    status: 404,
    reason: 'contract',
  });
  expect(await bench.refusal('POST', '/contracts', { pattern_id: 6, title: 'x', head_id: outside })).toMatchObject({
    status: 404,
    reason: 'contract',
  });
  // What a contract inside points to is not a way around: the part is not its own.
  for (const path of [
    `notes/${real.note}`,
    `tariffs/${real.tariff}`,
    `service-objects/${real.object}`,
    `services/${real.record}`,
    `tariff-groups/${real.assignment}`,
  ])
    expect(await bench.refusal('DELETE', `/contracts/${inside}/${path}`), path).toMatchObject({ status: 404 });
});

test('nobody makes a contract that he could not see', async () => {
  expect(await bench.refusal('POST', '/contracts', { title: 'без группы' })).toEqual({ status: 403, code: 'FORBIDDEN', reason: 'fence' });
});
