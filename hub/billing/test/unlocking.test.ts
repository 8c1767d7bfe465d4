import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accrueDay } from '../accrue-day.ts';
import { changeStatus } from '../change-status.ts';
import { deleteCharge } from '../delete-charge.ts';
import { moneyText, parseMoney } from '../money.ts';
import { saveCharge } from '../save-charge.ts';
import { setContractLimit } from '../set-limit.ts';
import { schedulerAct } from '../system-act.ts';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';
import { attach, day, npayModule, object, outgoing, pay, plan, service, statusOf, tariff } from './support/fees.ts';

let bench: BillingBench;
let [paymentType, chargeType] = [0, 0];
beforeAll(async () => {
  bench = await openBilling();
  [paymentType, chargeType] = [await bench.paymentType(), await bench.chargeType()];
  // What settings of instances name below.
  const module = await npayModule(bench);
  await bench.rows("INSERT INTO billing_group (group_id, title) VALUES (5, 'VIP')");
  await bench.rows("INSERT INTO tariff_plan (plan_id, title) VALUES (99, 'Другой')");
  await bench.rows("INSERT INTO billing_label (label_id, title) VALUES (99, 'Другая')");
  await bench.rows("INSERT INTO service_set (set_id, module_id, title) VALUES (99, $1, 'Другой')", [module]);
});
afterAll(() => bench.stop());
beforeEach(() => {
  bench.today = day('2026-03-15');
});

const DEBIT = 1;

/** A contract of a managing instance; with a price it has a service object from the first of the month. */
async function managed(
  settings: Record<string, unknown> = {},
  { price, ...columns }: { price?: string } & Record<string, string | number> = {},
): Promise<number> {
  const module = await npayModule(bench, { manage: true, ...settings });
  const id = await bench.contract({ mode: DEBIT, ...columns });
  await attach(bench, id, module);
  if (price === undefined) return id;
  const serviceId = await service(bench, module);
  await tariff(bench, id, await plan(bench, serviceId, price), '2026-01-01');
  await object(bench, id, serviceId, '2026-03-01');
  return id;
}

const lock = (id: number, status = 3): Promise<number> =>
  bench.write((tx, act) => changeStatus(tx, act, id, { status, dateFrom: act.today, dateTo: null, comment: '' }, { reason: 'manual' }));
const charge = (id: number, sum: string): Promise<number> =>
  bench.write((tx, act) => saveCharge(tx, act, { contractId: id, typeId: chargeType, sum: parseMoney(sum) }));
const periods = (id: number) =>
  bench.rows<{ status: number; from: string; to: string | null; comment: string }>(
    'SELECT status, date_from::text AS "from", date_to::text AS "to", comment FROM contract_status WHERE contract_id = $1 ORDER BY date_from',
    [id],
  );

describe('a payment (spec 2.11)', () => {
  test('unlocks a locked contract in its transaction, and its event names the payment', async () => {
    const id = await managed();
    await lock(id);
    await bench.events();
    const paymentId = await pay(bench, id, '0.01', paymentType);
    expect(await periods(id)).toEqual([
      { status: 0, from: '2020-01-01', to: '2026-03-14', comment: '' },
      { status: 0, from: '2026-03-15', to: null, comment: `Разблокировка: платёж №${paymentId}` },
    ]);
    const events = await bench.events();
    expect(events.map(({ type }) => type)).toEqual(['payment.created', 'contract.status-changed']);
    expect(events[1]?.data).toMatchObject({
      contractId: id,
      status: 0,
      statusTitle: 'Активен',
      former: 3,
      dateFrom: '2026-03-15',
      dateTo: null,
      reason: 'payment',
      paymentId,
      operatorId: 7,
      protocol: 'rest',
    });
    const log = await bench.rows('SELECT status, reason, login FROM contract_status_log WHERE contract_id = $1 ORDER BY log_id', [id]);
    expect(log).toEqual([
      { status: 3, reason: 'manual', login: 'alice' },
      { status: 0, reason: 'payment', login: 'alice' },
    ]);
  });

  test('that is rolled back unlocks nothing', async () => {
    const id = await managed();
    await lock(id);
    await expect(
      bench.write(async (tx, act) => {
        await setContractLimit(tx, act, id, -1_000n);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await statusOf(bench, id)).toBe(3);
  });

  test('unlocks at the threshold and not one kopeck below it (2.15 number 6)', async () => {
    const amount = fc.bigInt({ min: 1n, max: 500_000n });
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: -100_000n, max: 100_000n }),
        fc.bigInt({ min: -50_000n, max: 50_000n }),
        fc.option(amount, { nil: undefined }),
        async (limit, above, price) => {
          const id = await managed(
            { unlockBalanceLimit: moneyText(above) },
            { balance_limit: '-9999999.00', ...(price !== undefined && { price: moneyText(price) }) },
          );
          // Locked on the first day of the month: nothing of it has been used, and unlocking charges the rest from today on.
          bench.today = day('2026-03-01');
          await lock(id);
          bench.today = day('2026-03-15');
          await bench.rows('UPDATE contract SET balance_limit = $2 WHERE contract_id = $1', [id, moneyText(limit)]);
          const held = parseMoney(await outgoing(bench, id)) ?? 0n;
          const due = price === undefined ? 0n : (price * 17n * 2n + 31n) / 62n;
          const needed = limit + above + due - held;
          const below = needed - 1n;
          if (below !== 0n) await pay(bench, id, moneyText(below), paymentType);
          expect(await statusOf(bench, id)).toBe(3);
          await pay(bench, id, '0.01', paymentType);
          expect(await statusOf(bench, id)).toBe(0);
          expect(parseMoney(await outgoing(bench, id))).toBe(limit + above);
        },
      ),
      { numRuns: 15 },
    );
  });

  test.each([
    ['an instance that does not manage', { manage: false }, {}],
    ['a contract in credit mode', {}, { mode: 0 }],
    ['a contract without the group', { groups: [5] }, { groups: '1' }],
    ['a contract without the tariff', { tariffs: [99] }, {}],
    ['a contract without the label', { labels: [99] }, {}],
    ['a contract without a service of the set', { serviceSet: 99 }, {}],
    ['another locked status', { lockedStatus: 2 }, {}],
  ])('leaves alone %s', async (_, settings, columns) => {
    const id = await managed(settings, columns);
    await lock(id);
    await pay(bench, id, '100.00', paymentType);
    expect(await statusOf(bench, id)).toBe(3);
  });

  test.each([
    ['credit mode, when the instance names both', { modes: ['debit', 'credit'] }, { mode: 0 }],
    ['with the group', { groups: [5] }, { groups: '32' }],
  ])('unlocks a contract of %s', async (_, settings, columns) => {
    const id = await managed(settings, columns);
    await lock(id);
    await pay(bench, id, '100.00', paymentType);
    expect(await statusOf(bench, id)).toBe(0);
  });

  test('follows the pairs of statuses, also to a transitional one', async () => {
    const id = await managed({ statusPairs: '0:3,3:0,4:1,1:4' });
    await lock(id, 4);
    await pay(bench, id, '1.00', paymentType);
    expect(await statusOf(bench, id)).toBe(1);
    await charge(id, '5.00');
    expect(await statusOf(bench, id)).toBe(4);
  });
});

describe('settings that cannot be read', () => {
  test('lock and unlock nobody, and keep no payment away', async () => {
    const module = await npayModule(bench, { manage: true });
    const id = await bench.contract({ mode: DEBIT });
    await attach(bench, id, module);
    await lock(id);
    await bench.rows('UPDATE billing_module SET settings = $2 WHERE module_id = $1', [module, { manage: true, lockedStatus: 'x' }]);
    await pay(bench, id, '5.00', paymentType);
    expect([await statusOf(bench, id), await outgoing(bench, id)]).toEqual([3, '5.00']);
  });
});

describe('a charge, a limit', () => {
  test('a charge that leads into debt locks, its removal unlocks', async () => {
    const id = await managed();
    const chargeId = await charge(id, '0.01');
    expect(await statusOf(bench, id)).toBe(3);
    const events = await bench.events();
    expect(events.at(-1)?.data).toMatchObject({ status: 3, former: 0, reason: 'debt', paymentId: null });
    await bench.write((tx, act) => deleteCharge(tx, act, { id: chargeId, contractId: id }));
    expect(await statusOf(bench, id)).toBe(0);
  });

  test('a charge down to the limit locks nobody: debt is strictly below it', async () => {
    const id = await managed({}, { balance_limit: '-10.00' });
    await charge(id, '10.00');
    expect(await statusOf(bench, id)).toBe(0);
    await charge(id, '0.01');
    expect(await statusOf(bench, id)).toBe(3);
  });

  test('a lower limit unlocks, a higher one locks', async () => {
    const id = await managed();
    await charge(id, '10.00');
    await bench.write((tx, act) => setContractLimit(tx, act, id, -1_000n));
    expect(await statusOf(bench, id)).toBe(0);
    await bench.write((tx, act) => setContractLimit(tx, act, id, -999n));
    expect(await statusOf(bench, id)).toBe(3);
  });
});

describe('a family', () => {
  test("a dependent member has its head's money; with processDependentSub all locked members are unlocked", async () => {
    const head = await managed({ processDependentSub: true }, { super_id: -1 });
    const [first, second] = [
      await managed({ processDependentSub: true }, { super_id: head }),
      await managed({ processDependentSub: true }, { super_id: head }),
    ];
    const alone = await managed({}, { super_id: head });
    const independent = await managed({ processDependentSub: true }, { super_id: head, sub_mode: 1 });
    for (const id of [head, first, second, alone, independent]) await lock(id);
    await pay(bench, first, '5.00', paymentType);
    expect(await Promise.all([head, first, second, alone, independent].map((id) => statusOf(bench, id)))).toEqual([0, 0, 0, 3, 3]);
    expect(await outgoing(bench, head)).toBe('5.00');
  });
});

describe('the day', () => {
  test('locks a debit contract whose month is not paid, takes nothing for it, and a payment of the fee unlocks it', async () => {
    const id = await managed({}, { price: '310.00', balance_limit: '0.00' });
    // Made on the 15th with the month from the first day on: it is in debt at once, and locked.
    expect(await statusOf(bench, id)).toBe(3);
    bench.today = day('2026-04-01');
    await accrueDay(bench.database, schedulerAct(SETTINGS, bench.secretKey, bench.act().now));
    expect(await statusOf(bench, id)).toBe(3);
    const held = parseMoney(await outgoing(bench, id)) ?? 0n;
    expect(held).toBe(-14_000n);
    await pay(bench, id, '449.99', paymentType);
    expect(await statusOf(bench, id)).toBe(3);
    await pay(bench, id, '0.01', paymentType);
    expect([await statusOf(bench, id), await outgoing(bench, id)]).toEqual([0, '0.00']);
    // Nothing more is due on the same day, and the next day.
    bench.today = day('2026-04-02');
    await accrueDay(bench.database, schedulerAct(SETTINGS, bench.secretKey, bench.act().now));
    expect([await statusOf(bench, id), await outgoing(bench, id)]).toEqual([0, '0.00']);
    bench.today = day('2026-05-01');
    await accrueDay(bench.database, schedulerAct(SETTINGS, bench.secretKey, bench.act().now));
    expect([await statusOf(bench, id), await outgoing(bench, id)]).toEqual([3, '0.00']);
  });
});
