import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { applyLimitPlans } from '../apply-limit-plans.ts';
import { money } from '../money.ts';
import { saveCharge } from '../save-charge.ts';
import { cancelLimitPlan, setContractLimit, setTemporaryLimit } from '../set-limit.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());
const MARCH_15 = Temporal.PlainDate.from('2026-03-15');
beforeEach(async () => {
  bench.today = MARCH_15;
  await bench.events();
});

const setGood = (contract: number, limit: string, comment?: string) =>
  bench.write((tx, act) => setContractLimit(tx, act, contract, money(limit), comment));
const setFor = (contract: number, limit: string, days: number, comment?: string) =>
  bench.write((tx, act) => setTemporaryLimit(tx, act, contract, money(limit), days, comment));
const apply = () => applyLimitPlans(bench.database, bench.act({ protocol: 'scheduler', operatorId: 0 }));
const limitOf = async (contract: number): Promise<string | undefined> =>
  (await bench.rows<{ balance_limit: string }>('SELECT balance_limit FROM contract WHERE contract_id = $1', [contract]))[0]?.balance_limit;
const plansOf = async (contract: number) =>
  (
    await bench.rows<{ value: string; due_on: Temporal.PlainDate; state: string }>(
      'SELECT value, due_on, state FROM contract_limit_plan WHERE contract_id = $1 ORDER BY plan_id',
      [contract],
    )
  ).map(({ value, due_on, state }) => [value, due_on.toString(), state]);

describe('a limit for good', () => {
  test('is logged, told and audited', async () => {
    const contract = await bench.contract({ balance_limit: '5' });
    await setGood(contract, '-100.50', 'по заявлению');
    expect(await limitOf(contract)).toBe('-100.50');
    expect(
      await bench.rows('SELECT value, comment, days, operator_id, login FROM contract_limit_log WHERE contract_id = $1', [contract]),
    ).toEqual([{ value: '-100.50', comment: 'по заявлению', days: null, operator_id: 7, login: 'alice' }]);
    // 0 is no longer below -100.50, as it was below 5.
    expect(await bench.events()).toMatchObject([
      { type: 'contract.limit-changed', subject: `contract/${contract}`, data: { limit: '-100.50', former: '5.00', until: null } },
      { type: 'balance.restored', data: { balance: '0.00', limit: '-100.50', mode: 'credit' } },
    ]);
  });

  test('above the balance brings it below the limit, one kopeck below it does not', async () => {
    const contract = await bench.contract();
    const type = await bench.chargeType();
    await bench.write((tx, act) => saveCharge(tx, act, { contractId: contract, typeId: type, sum: money('-10') }));
    await bench.events();
    await setGood(contract, '10');
    expect((await bench.events()).map(({ type: name }) => name)).toEqual(['contract.limit-changed']);
    await setGood(contract, '10.01');
    expect((await bench.events()).map(({ type: name }) => name)).toEqual(['contract.limit-changed', 'balance.below-limit']);
  });
});

describe('a temporary limit', () => {
  test('returns on its day, not before, and only once', async () => {
    const contract = await bench.contract({ balance_limit: '-50' });
    await setFor(contract, '-500', 3, 'обещанный платёж');
    expect(await bench.events()).toMatchObject([
      { type: 'contract.limit-changed', data: { limit: '-500.00', former: '-50.00', until: '2026-03-18' } },
    ]);
    bench.today = MARCH_15.add({ days: 2 });
    expect([await apply(), await limitOf(contract)]).toEqual([0, '-500.00']);
    bench.today = MARCH_15.add({ days: 3 });
    expect([await apply(), await limitOf(contract), await apply()]).toEqual([1, '-50.00', 0]);
    expect(await plansOf(contract)).toEqual([['-50.00', '2026-03-18', 'done']]);
    expect(await bench.events()).toMatchObject([
      { type: 'contract.limit-changed', data: { limit: '-50.00', former: '-500.00', until: null, protocol: 'scheduler' } },
    ]);
    const log = await bench.rows<{ value: string; days: number | null }>(
      'SELECT value, days FROM contract_limit_log WHERE contract_id = $1 ORDER BY log_id',
      [contract],
    );
    expect(log).toEqual([
      { value: '-500.00', days: 3 },
      { value: '-50.00', days: null },
    ]);
  });

  test('after another keeps the first base; days without a hub are made up for', async () => {
    const contract = await bench.contract({ balance_limit: '-50' });
    await setFor(contract, '-500', 3);
    await setFor(contract, '-900', 10);
    expect(await plansOf(contract)).toEqual([
      ['-50.00', '2026-03-18', 'replaced'],
      ['-50.00', '2026-03-25', 'planned'],
    ]);
    bench.today = MARCH_15.add({ days: 40 });
    expect([await apply(), await limitOf(contract)]).toEqual([1, '-50.00']);
  });

  test('is over when one for good is set, or its return is canceled', async () => {
    const [one, other] = [await bench.contract(), await bench.contract()];
    await setFor(one, '-1', 1);
    await setGood(one, '-2');
    await setFor(other, '-3', 1);
    const [plan] = await bench.rows<{ id: number }>('SELECT plan_id AS id FROM contract_limit_plan WHERE contract_id = $1', [other]);
    const cancel = (contract: number) => bench.write((tx, act) => cancelLimitPlan(tx, act, contract, plan?.id ?? 0));
    await expect(cancel(one)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'limit_plan' });
    await cancel(other);
    await expect(cancel(other)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'limit_plan' });
    bench.today = MARCH_15.add({ days: 2 });
    expect([await apply(), await limitOf(one), await limitOf(other)]).toEqual([0, '-2.00', '-3.00']);
    expect([await plansOf(one), await plansOf(other)]).toEqual([
      [['0.00', '2026-03-16', 'canceled']],
      [['0.00', '2026-03-16', 'canceled']],
    ]);
  });

  test('lasts whole days, from one to ten years', async () => {
    const contract = await bench.contract();
    for (const days of [0, -1, 3_661, 1.5])
      await expect(setFor(contract, '-1', days)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'period' });
    expect(await plansOf(contract)).toEqual([]);
  });

  test('of a dependent member is kept with it and moves nothing at its head', async () => {
    const head = await bench.contract({ super_id: -1 });
    const member = await bench.contract({ super_id: head });
    await setFor(member, '10', 1);
    expect((await bench.events()).map(({ type, subject }) => [type, subject])).toEqual([['contract.limit-changed', `contract/${member}`]]);
    expect([await limitOf(head), await limitOf(member)]).toEqual(['0.00', '10.00']);
  });
});
