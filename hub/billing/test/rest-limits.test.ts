import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
});
afterAll(() => bench.stop());

const day = (days: number): string => bench.today.add({ days }).toString();

describe('the limit', () => {
  test('for good, for days, and for good again: the plan comes and goes, the log keeps all', async () => {
    const id = await bench.contract();
    const read = await bench.call('GET', `/contracts/${id}/limit`);
    expect(read.json).toEqual({ limit: '0.00', plan: null, version: 1 });
    expect(read.headers.get('etag')).toBe('"1"');
    await bench.events();
    expect(await bench.ok('PUT', `/contracts/${id}/limit`, { limit: '-100.5', comment: 'доверяем', version: 1 })).toEqual({
      limit: '-100.50',
      plan: null,
      version: 2,
    });
    expect(await bench.refusal('PUT', `/contracts/${id}/limit`, { limit: '-7', version: 1 })).toEqual({
      status: 412,
      code: 'STALE_VERSION',
      reason: 'version',
    });
    const temporary = await bench.ok('PUT', `/contracts/${id}/limit`, { limit: '-500', days: 3 });
    expect(temporary).toMatchObject({ limit: '-500.00', plan: { limit: '-100.50', due_on: day(3) } });
    const longer = await bench.ok('PUT', `/contracts/${id}/limit`, { limit: '-700', days: 5 });
    expect(longer).toMatchObject({ limit: '-700.00', plan: { limit: '-100.50', due_on: day(5) } });
    expect(await bench.ok('PUT', `/contracts/${id}/limit`, { limit: '-50' })).toMatchObject({ limit: '-50.00', plan: null });
    expect((await bench.events()).map(({ data }) => [data.limit, data.former, data.until])).toEqual([
      ['-100.50', '0.00', null],
      ['-500.00', '-100.50', day(3)],
      ['-700.00', '-500.00', day(5)],
      ['-50.00', '-700.00', null],
    ]);
    const log = await bench.ok('GET', `/contracts/${id}/limit/log?limit=3`);
    expect(log.items).toMatchObject([
      { limit: '-50.00', days: null, login: '*' },
      { limit: '-700.00', days: 5 },
      { limit: '-500.00', days: 3 },
    ]);
    expect(await bench.ok('GET', `/contracts/${id}/limit/log?limit=3&after=${log.next}`)).toMatchObject({
      items: [{ limit: '-100.50', comment: 'доверяем' }],
      next: null,
    });
    expect((await bench.ok('GET', `/contracts/${id}/limit/plans`)).items).toMatchObject([
      { state: 'canceled', limit: '-100.50', due_on: day(5) },
      { state: 'replaced', due_on: day(3) },
    ]);
  });

  test('a planned return is canceled by its number alone', async () => {
    const id = await bench.contract();
    const { plan } = await bench.ok('PUT', `/contracts/${id}/limit`, { limit: '-500', days: 3 });
    const other = await bench.contract();
    expect(await bench.refusal('DELETE', `/contracts/${other}/limit/plans/${plan.id}`)).toMatchObject({
      status: 404,
      reason: 'limit_plan',
    });
    expect(await bench.ok('DELETE', `/contracts/${id}/limit/plans/${plan.id}`)).toMatchObject({ limit: '-500.00', plan: null });
    expect(await bench.refusal('DELETE', `/contracts/${id}/limit/plans/${plan.id}`)).toMatchObject({ status: 404, reason: 'limit_plan' });
  });

  test.each([
    { limit: 5 },
    { limit: '1.234' },
    { limit: '1e3' },
    { limit: '-5', days: 0 },
    { limit: '-5', days: 3_661 },
    { limit: '-5', dys: 1 },
    {},
  ])('%o is refused and changes nothing', async (body) => {
    const id = await bench.contract();
    expect(await bench.refusal('PUT', `/contracts/${id}/limit`, body)).toMatchObject({ status: 422, code: 'VALIDATION' });
    expect(await bench.ok('GET', `/contracts/${id}/limit`)).toEqual({ limit: '0.00', plan: null, version: 1 });
  });
});
