import { afterAll, beforeAll, expect, test } from 'vitest';
import { money, moneyText } from '../money.ts';
import { monthBalance, moveBalance, outgoingOf } from '../move-balance.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);

test('a movement is carried into later months; a month without movement has what came in', async () => {
  const contract = await bench.contract();
  await bench.write(async (tx) => {
    await moveBalance(tx, contract, day('2026-05-31'), { payments: money('100.00') });
    await moveBalance(tx, contract, day('2026-02-01'), { charges: money('30.50') });
    await moveBalance(tx, contract, day('2026-02-28'), { accounts: money('0.01') });
  });
  const outgoing = async (on: string): Promise<string> => moneyText(outgoingOf(await monthBalance(bench.database.work, contract, day(on))));
  expect(await outgoing('2026-01-31')).toBe('0.00');
  expect(await outgoing('2026-02-10')).toBe('-30.51');
  expect(await outgoing('2026-05-01')).toBe('69.49');
  expect(await monthBalance(bench.database.work, contract, day('2026-04-15'))).toEqual({
    month: day('2026-04-01'),
    incoming: money('-30.51'),
    payments: 0n,
    accounts: 0n,
    charges: 0n,
  });
});
