import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Accrual, accrueDay } from '../accrue-day.ts';
import { changeStatus } from '../change-status.ts';
import { CLOSED_KINDS } from '../closed-dates.ts';
import { saveContractTariff } from '../save-contract-tariff.ts';
import { deleteServiceObject, saveServiceObject } from '../save-service-object.ts';
import { setClosedDate } from '../set-closed-date.ts';
import { setTariffPrices } from '../set-tariff-prices.ts';
import { schedulerAct } from '../system-act.ts';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';
import { accounts, attach, day, npayModule, object, outgoing, pay, plan, service, tariff } from './support/fees.ts';

let bench: BillingBench;
let [module, serviceId, paymentType] = [0, 0, 0];
beforeAll(async () => {
  bench = await openBilling();
  module = await npayModule(bench);
  serviceId = await service(bench, module);
  paymentType = await bench.paymentType();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  bench.today = day('2026-03-15');
  await bench.rows('DELETE FROM accrual_mark');
  await bench.rows('DELETE FROM closed_date');
});

/** A day of the clock. */
const run = (today: string): Promise<Accrual | undefined> => {
  bench.today = day(today);
  return accrueDay(bench.database, schedulerAct(SETTINGS, bench.secretKey, bench.act().now));
};

/** A contract with a tariff of this price from January 2026 on. */
async function subscriber(price = '310.00', columns: Record<string, number | string> = {}): Promise<number> {
  const id = await bench.contract(columns);
  await attach(bench, id, module);
  await tariff(bench, id, await plan(bench, serviceId, price), '2026-01-01');
  return id;
}

const status = (id: number, code: number, from: string, to?: string): Promise<number> =>
  bench.write((tx, act) =>
    changeStatus(tx, act, id, { status: code, dateFrom: day(from), dateTo: to ? day(to) : null, comment: '' }, { reason: 'manual' }),
  );

describe('the accrual of the day (spec 2.10)', () => {
  test('in credit mode: up to yesterday; a second run of the day changes and tells nothing', async () => {
    const id = await subscriber();
    await object(bench, id, serviceId, '2026-03-01');
    expect(await accounts(bench, id)).toEqual({ '2026-03': '140.00' });
    expect(await run('2026-03-16')).toMatchObject({ changed: 1 });
    expect(await accounts(bench, id)).toEqual({ '2026-03': '150.00' });
    await bench.events();
    expect(await run('2026-03-16')).toBeUndefined();
    await bench.rows('DELETE FROM accrual_mark');
    expect(await run('2026-03-16')).toMatchObject({ changed: 0 });
    expect(await accounts(bench, id)).toEqual({ '2026-03': '150.00' });
    expect(await bench.events()).toEqual([]);
  });

  test('days without a running hub are made up for, over the end of the month', async () => {
    const id = await subscriber();
    await object(bench, id, serviceId, '2026-03-01');
    await run('2026-03-16');
    await run('2026-05-03');
    expect(await accounts(bench, id)).toEqual({ '2026-03': '310.00', '2026-04': '310.00', '2026-05': '20.00' });
    expect(await outgoing(bench, id)).toBe('-640.00');
  });

  test('day by day it adds up to the price of the month, over any suspensions (2.15 number 7)', async () => {
    const prices = fc.integer({ min: 0, max: 999_999 }).map((kopecks) => (kopecks / 100).toFixed(2));
    const suspension = fc.record({ from: fc.integer({ min: 1, max: 30 }), length: fc.integer({ min: 0, max: 29 }) });
    await fc.assert(
      fc.asyncProperty(prices, fc.option(suspension, { nil: undefined }), async (price, gap) => {
        await bench.rows('DELETE FROM accrual_mark');
        bench.today = day('2026-04-01');
        const id = await subscriber(price);
        await object(bench, id, serviceId, '2026-04-01');
        const last = gap && Math.min(30, gap.from + gap.length);
        if (gap && last) await status(id, 4, `2026-04-${String(gap.from).padStart(2, '0')}`, `2026-04-${String(last).padStart(2, '0')}`);
        for (const today of ['2026-04-02', '2026-04-09', '2026-04-10', '2026-04-23', '2026-05-01']) await run(today);
        const counted = BigInt(30 - (gap && last ? last - gap.from + 1 : 0));
        const kopecks = BigInt(price.replace('.', ''));
        const fee = (kopecks * counted * 2n + 30n) / 60n;
        const [row] = await bench.rows<{ sum: string }>(
          "SELECT COALESCE(sum(accounts), 0)::text AS sum FROM contract_balance WHERE contract_id = $1 AND month = '2026-04-01'",
          [id],
        );
        expect(BigInt((Number(row?.sum) * 100).toFixed(0))).toBe(fee);
        const rows = await bench.rows<{ sum: string }>(
          "SELECT COALESCE(sum(sum), 0)::text AS sum FROM contract_account WHERE contract_id = $1 AND month = '2026-04-01'",
          [id],
        );
        expect(Number(rows[0]?.sum)).toBe(Number(row?.sum));
        await bench.rows('DELETE FROM service_object WHERE contract_id = $1', [id]);
      }),
      { numRuns: 12 },
    );
  });

  test('more contracts than a batch, all of them, and those of a family on the money of the head', async () => {
    const planId = await plan(bench, serviceId, '31.00');
    const made = await bench.rows<{ id: number }>(
      `WITH c AS (INSERT INTO contract (title, date_from) SELECT 'batch ' || n, '2026-01-01' FROM generate_series(1, 450) n RETURNING contract_id),
         t AS (INSERT INTO contract_tariff (contract_id, plan_id, date_from) SELECT contract_id, $1, '2026-01-01' FROM c),
         o AS (INSERT INTO service_object (contract_id, service_id, date_from) SELECT contract_id, $2, '2026-03-10' FROM c)
       SELECT contract_id AS id FROM c`,
      [planId, serviceId],
    );
    const head = await bench.contract({ super_id: -1 });
    const member = await subscriber('31.00', { super_id: head });
    await object(bench, member, serviceId, '2026-03-10');
    await run('2026-03-20');
    const rows = await bench.rows<{ sum: string; n: number }>(
      'SELECT accounts AS sum, count(*)::int AS n FROM contract_balance WHERE contract_id = ANY ($1::int[]) GROUP BY accounts',
      [made.map(({ id }) => id)],
    );
    expect(rows).toEqual([{ sum: '10.00', n: 450 }]);
    expect([await outgoing(bench, head), await outgoing(bench, member)]).toEqual(['-10.00', '0.00']);
  });

  test('a run that is stopped in between leaves the day open; the next one does the rest, and nothing twice', async () => {
    const planId = await plan(bench, serviceId, '31.00');
    const made = await bench.rows<{ id: number }>(
      `WITH c AS (INSERT INTO contract (title, date_from) SELECT 'stopped ' || n, '2026-01-01' FROM generate_series(1, 650) n RETURNING contract_id),
         t AS (INSERT INTO contract_tariff (contract_id, plan_id, date_from) SELECT contract_id, $1, '2026-01-01' FROM c),
         o AS (INSERT INTO service_object (contract_id, service_id, date_from) SELECT contract_id, $2, '2026-03-10' FROM c)
       SELECT contract_id AS id FROM c`,
      [planId, serviceId],
    );
    const sums = () =>
      bench.rows('SELECT accounts AS sum, count(*)::int AS n FROM contract_balance WHERE contract_id = ANY ($1::int[]) GROUP BY accounts', [
        made.map(({ id }) => id),
      ]);
    bench.today = day('2026-03-20');
    let batches = 0;
    const stopped = await accrueDay(bench.database, schedulerAct(SETTINGS, bench.secretKey, bench.act().now), () => {
      batches += 1;
      return batches === 4;
    });
    expect(stopped).toBeUndefined();
    const [half] = (await sums()) as unknown as { n: number }[];
    expect(half?.n).toBeGreaterThan(0);
    expect(half?.n).toBeLessThan(650);
    expect(await run('2026-03-20')).toMatchObject({ changed: 650 - (half?.n ?? 0) });
    expect(await sums()).toEqual([{ sum: '10.00', n: 650 }]);
  });
});

describe('a change', () => {
  test('of status, object or price takes the open months anew; balances of later months follow', async () => {
    const id = await subscriber();
    const objectId = await object(bench, id, serviceId, '2026-02-01');
    await pay(bench, id, '1000.00', paymentType);
    expect(await accounts(bench, id)).toEqual({ '2026-02': '310.00', '2026-03': '140.00' });
    await status(id, 4, '2026-02-15', '2026-02-28');
    expect(await accounts(bench, id)).toEqual({ '2026-02': '155.00', '2026-03': '140.00' });
    expect(await outgoing(bench, id)).toBe('705.00');
    await object(bench, id, serviceId, '2026-02-01', { id: objectId, count: 2 });
    expect(await accounts(bench, id)).toEqual({ '2026-02': '310.00', '2026-03': '280.00' });
    await bench.write((tx, act) => deleteServiceObject(tx, act, objectId, id));
    expect(await accounts(bench, id)).toEqual({});
    expect(await outgoing(bench, id)).toBe('1000.00');
    expect(await bench.rows('SELECT 1 FROM contract_account WHERE contract_id = $1', [id])).toEqual([]);
  });

  test('of an object is told once with its days', async () => {
    const id = await subscriber();
    await bench.events();
    const objectId = await object(bench, id, serviceId, '2026-03-01', { to: '2026-03-20', count: 2 });
    const events = await bench.events();
    expect(events.map(({ type }) => type)).toEqual(['service-object.changed', 'balance.below-limit']);
    expect(events[0]?.data).toMatchObject({
      id: objectId,
      serviceId,
      count: 2,
      dateFrom: '2026-03-01',
      dateTo: '2026-03-20',
      contractId: id,
    });
  });

  test('leaves closed months; inside them objects do not change', async () => {
    const id = await subscriber();
    const objectId = await object(bench, id, serviceId, '2026-02-01');
    await bench.write((tx, act) => setClosedDate(tx, act, CLOSED_KINDS.accounts, day('2026-02-28')));
    await status(id, 4, '2026-02-15');
    expect(await accounts(bench, id)).toEqual({ '2026-02': '310.00' });
    const change = (more: { count?: number; dateFrom?: string; dateTo?: string }) =>
      bench.refused((tx, act) =>
        saveServiceObject(tx, act, {
          id: objectId,
          contractId: id,
          serviceId,
          objectId: 0,
          count: more.count ?? 1,
          dateFrom: day(more.dateFrom ?? '2026-02-01'),
          dateTo: more.dateTo ? day(more.dateTo) : null,
          comment: '',
        }),
      );
    const refusal = { code: 'CONFLICT', reason: 'closed_period' };
    expect(await change({ count: 2 })).toMatchObject(refusal);
    expect(await change({ dateFrom: '2026-02-02' })).toMatchObject(refusal);
    expect(await change({ dateTo: '2026-02-27' })).toMatchObject(refusal);
    expect(await bench.refused((tx, act) => deleteServiceObject(tx, act, objectId))).toMatchObject(refusal);
    await object(bench, id, serviceId, '2026-02-01', { id: objectId, to: '2026-02-28' });
    expect(await accounts(bench, id)).toEqual({ '2026-02': '310.00' });
  });

  test('of prices counts from the next accrual on', async () => {
    const id = await bench.contract();
    const planId = await plan(bench, serviceId, '310.00');
    await tariff(bench, id, planId, '2026-01-01');
    await object(bench, id, serviceId, '2026-03-01');
    await bench.write((tx, act) =>
      setTariffPrices(tx, act, planId, [
        { serviceId, unit: 'month', price: '310.00', dateFrom: null, dateTo: null },
        { serviceId, unit: 'month', price: '620.00', dateFrom: day('2026-03-15'), dateTo: null },
      ]),
    );
    await run('2026-03-17');
    expect(await accounts(bench, id)).toEqual({ '2026-03': '180.00' });
  });

  test('of the tariff: from the day of the new plan on, by position', async () => {
    const id = await subscriber();
    await object(bench, id, serviceId, '2026-03-01');
    const better = await plan(bench, serviceId, '620.00');
    await bench.write((tx, act) =>
      saveContractTariff(tx, act, { id: 0, contractId: id, planId: better, dateFrom: day('2026-03-11'), dateTo: null, position: -1 }),
    );
    expect(await accounts(bench, id)).toEqual({ '2026-03': '180.00' });
  });
});
