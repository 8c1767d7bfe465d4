import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { savePayment } from '../save-payment.ts';
import { contractNamed, createTurns } from '../turns.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

describe('turns', () => {
  test('of one key come one after another in order; of others at once', async () => {
    const turns = createTurns(1_000);
    const seen: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const work = (name: string, wait?: Promise<void>) => async (): Promise<string> => {
      seen.push(`+${name}`);
      await wait;
      seen.push(`-${name}`);
      return name;
    };
    const first = [turns.take(1, work('a', gate)), turns.take(1, work('b')), turns.take(1, work('c'))];
    await Promise.all([turns.take(2, work('other')), turns.take(undefined, work('nobody'))]);
    open();
    expect(await Promise.all(first)).toEqual(['a', 'b', 'c']);
    expect(seen.filter((one) => /[abc]$/.test(one)).join(' ')).toBe('+a -a +b -b +c -c');
    expect(seen.indexOf('-other')).toBeLessThan(seen.indexOf('-a'));
    expect(seen.indexOf('-nobody')).toBeLessThan(seen.indexOf('-a'));
  });

  test('go on after a failure', async () => {
    const turns = createTurns(1_000);
    const failed = turns.take(1, () => Promise.reject(new Error('no')));
    const next = turns.take(1, async () => 'done');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
    expect(await turns.take(1, async () => 'again')).toBe('again');
  });

  test('that do not come in time are refused without having begun; those behind are not held up', async () => {
    const turns = createTurns(50);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const held = turns.take(1, () => gate);
    let begun = false;
    await expect(
      turns.take(1, async () => {
        begun = true;
      }),
    ).rejects.toMatchObject({ code: 'BUSY' });
    const behind = turns.take(1, async () => 'mine');
    open();
    await held;
    expect([await behind, begun]).toEqual(['mine', false]);
  });
});

test('a contract is named by itself, in a list, or in a bean', () => {
  expect(contractNamed({ contractId: 5, payment: { contractId: 6 } })).toBe(5);
  expect(contractNamed({ cid: [7, 8] })).toBe(7);
  expect(contractNamed({ distribution: null, payment: { contractId: 6 } })).toBe(6);
  expect(contractNamed({ chargeId: 1, list: [1], none: null })).toBeUndefined();
});

describe('a flood of payments on one contract', () => {
  let bench: BillingBench;
  beforeAll(async () => {
    bench = await openBilling(5);
  });
  afterAll(() => bench.stop());

  test('is all there; another contract is served meanwhile', async () => {
    const turns = createTurns(60_000);
    const [contract, other, typeId] = [await bench.contract(), await bench.contract(), await bench.paymentType()];
    const pay = (contractId: number): Promise<unknown> =>
      turns.take(contractId, () => bench.database.transaction((tx) => savePayment(tx, bench.act(), { contractId, typeId, sum: 100n })));
    let paid = 0;
    const flood = Array.from({ length: 200 }, () => pay(contract).then(() => (paid += 1)));
    await pay(other);
    expect(paid).toBeLessThan(100);
    await Promise.all(flood);
    const [balance] = await bench.rows(
      'SELECT payments, (SELECT count(*) FROM contract_payment p WHERE p.contract_id = b.contract_id) AS rows FROM contract_balance b WHERE contract_id = $1',
      [contract],
    );
    expect(balance).toEqual({ payments: '200.00', rows: 200 });
  }, 60_000);
});
