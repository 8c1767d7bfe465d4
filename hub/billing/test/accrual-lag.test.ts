import { afterAll, beforeAll, expect, test } from 'vitest';
import { accrueDay } from '../accrue-day.ts';
import { billingGauges, readAccrualLag } from '../metrics.ts';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';
import { npayModule, object, service } from './support/fees.ts';

// How late the fees are (spec billing 9.8): from the midnight of the billing on.

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const lagAt = (at: string) => readAccrualLag(bench.database.work, SETTINGS.timeZone, Temporal.Instant.from(at));
const accrue = async (day: string): Promise<void> => {
  bench.today = Temporal.PlainDate.from(day);
  await accrueDay(bench.database, bench.act({ caller: { ...bench.act().caller, face: 'system' }, protocol: 'scheduler' }));
};

test('nothing is late where nothing has a fee', async () => {
  expect(await lagAt('2026-03-15T12:00:00+03:00')).toEqual({ day: undefined, seconds: 0 });
});

test('from the first object on, the fees of a day are due from its midnight', async () => {
  const moduleId = await npayModule(bench);
  await object(bench, await bench.contract(), await service(bench, moduleId), '2026-03-01');
  expect(await lagAt('2026-03-15T00:10:00+03:00')).toEqual({ day: undefined, seconds: 600 });
  await accrue('2026-03-15');
  for (const at of ['2026-03-15T00:10:00+03:00', '2026-03-15T23:59:59+03:00'])
    expect(await lagAt(at)).toEqual({ day: Temporal.PlainDate.from('2026-03-15'), seconds: 0 });
  expect((await lagAt('2026-03-16T00:00:30+03:00')).seconds).toBe(30);
  expect((await lagAt('2026-03-18T00:00:00+03:00')).seconds).toBe(2 * 86_400);
  await accrue('2026-03-18');
  expect((await lagAt('2026-03-18T01:00:00+03:00')).seconds).toBe(0);
});

test('the gauge tells it', async () => {
  const gauge = billingGauges(bench.database.work, SETTINGS.timeZone, { size: 3 }).find(
    ({ name }) => name === 'vestnik_billing_accrual_lag_seconds',
  );
  expect(await gauge?.collect()).toBeGreaterThan(3_600);
  await accrue(Temporal.Now.plainDateISO(SETTINGS.timeZone).toString());
  expect(await gauge?.collect()).toBe(0);
});
