import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

/** What is added to a contract is added once for an Idempotency-Key, however often it is sent (docs/billing-rest.md). */

let bench: BillingRest;
let contract = 0;
let ids: { readonly service: number; readonly group: number } = { service: 0, group: 0 };
beforeAll(async () => {
  bench = await openBillingRest();
  contract = await bench.contract();
  const { id: moduleId } = await bench.ok('POST', '/modules', { kind: 'npay', title: 'Абонплата' });
  await bench.rows('INSERT INTO contract_module (contract_id, module_id) VALUES ($1, $2)', [contract, moduleId]);
  ids = {
    service: (await bench.ok('POST', '/services', { module_id: moduleId, title: 'Интернет' })).id,
    group: (await bench.ok('POST', '/tariff-groups', { title: 'Домашние' })).id,
  };
});
afterAll(() => bench.stop());

const CALLS: Readonly<
  Record<string, () => { readonly path: string; readonly body: object; readonly count: string; readonly other?: object }>
> = {
  note: () => ({
    path: `/contracts/${contract}/notes`,
    body: { subject: 'Звонок' },
    other: { subject: 'Другое' },
    count: 'SELECT count(*)::int AS count FROM contract_note WHERE contract_id = $1',
  }),
  status: () => ({
    path: `/contracts/${contract}/statuses`,
    body: { status: 4, comment: 'пауза' },
    count: 'SELECT count(*)::int AS count FROM contract_status_log WHERE contract_id = $1',
  }),
  'status of several': () => ({
    path: '/status-changes',
    body: { contract_ids: [contract], status: 0, comment: 'снова' },
    count: 'SELECT count(*)::int AS count FROM contract_status_log WHERE contract_id = $1',
  }),
  'tariff group': () => ({
    path: `/contracts/${contract}/tariff-groups`,
    body: { tariff_group_id: ids.group },
    count: 'SELECT count(*)::int AS count FROM contract_tariff_group WHERE contract_id = $1',
  }),
  'record of a service': () => ({
    path: `/contracts/${contract}/services`,
    body: { service_id: ids.service },
    count: 'SELECT count(*)::int AS count FROM contract_service WHERE contract_id = $1',
  }),
};

test.each(Object.entries(CALLS))('a %s that is sent twice with one key is there once', async (name, make) => {
  const { path, body, count, other = { comment: 'другое' } } = make();
  const rows = async () => (await bench.rows<{ count: number }>(count, [contract]))[0]?.count;
  const before = (await rows()) ?? 0;
  const headers = { 'idempotency-key': `key-${name.replaceAll(' ', '-')}` };
  const first = await bench.call('POST', path, body, { headers });
  expect(first.status).toBe(path === '/status-changes' ? 200 : 201);
  const again = await bench.call('POST', path, body, { headers });
  expect([again.status, again.json, again.headers.get('idempotency-replayed')]).toEqual([first.status, first.json, 'true']);
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect(await rows()).toBe(before + 1);
  expect(await bench.refusal('POST', path, { ...body, ...other }, { headers })).toMatchObject({ status: 422, reason: 'idempotency_key' });
});
