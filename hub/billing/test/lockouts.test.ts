import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { createLockouts } from '../wire/lockouts.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

/** Spec billing 2.13: `billing.operator.locked-out`, once for each refusal. */
let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const refused = new HubError('TOO_MANY_REQUESTS', 'too many failed logins', { retryAfter: 30 });
const ADDRESS = '192.0.2.9';

/** Logins that fail as they are told to, on a clock of their own. */
function open() {
  const now = { ms: 0 };
  let failure: Error | undefined = refused;
  const lockouts = createLockouts(bench.database, () => now.ms);
  const logins = lockouts.hear('soap', {
    authenticateBasic: async () => {
      if (failure) throw failure;
      return { login: 'desk' } as never;
    },
  });
  return {
    now,
    fail(error: Error | undefined) {
      failure = error;
    },
    tryAs: (login: string) => logins.authenticateBasic(login, 'wrong', ADDRESS),
  };
}

const PATIENCE = { timeout: 20_000, interval: 20 };

async function told(count: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  await vi.waitUntil(async () => {
    seen.push(...(await bench.events()));
    return seen.length >= count;
  }, PATIENCE);
  return seen;
}

test('a refused login is told once while it lasts, and again with the next refusal; the caller gets its refusal', async () => {
  const { now, tryAs } = open();
  await expect(tryAs('desk')).rejects.toBe(refused);
  await expect(tryAs('desk')).rejects.toBe(refused);
  expect(await told(1)).toEqual([
    {
      type: 'operator.locked-out',
      subject: 'operator/desk',
      data: { operatorId: 0, protocol: 'soap', requestId: null, login: 'desk', remoteAddress: ADDRESS },
    },
  ]);
  now.ms = 29_999;
  await expect(tryAs('desk')).rejects.toBe(refused);
  now.ms = 30_000;
  await expect(tryAs('desk')).rejects.toBe(refused);
  expect(await told(1)).toHaveLength(1);
});

test('other failures and successes are told to nobody', async () => {
  const { fail, tryAs } = open();
  fail(new HubError('UNAUTHORIZED'));
  await expect(tryAs('desk')).rejects.toThrow();
  fail(undefined);
  expect(await tryAs('desk')).toMatchObject({ login: 'desk' });
  fail(refused);
  await expect(tryAs('last')).rejects.toBe(refused);
  expect(await told(1)).toMatchObject([{ subject: 'operator/last' }]);
});

test('somebody who tries many names fills no table: so many a minute are told, and long names are cut', async () => {
  const { now, tryAs } = open();
  for (let n = 0; n < 200; n += 1) await tryAs(`name-${n}-${'x'.repeat(500)}`).catch(() => undefined);
  const first = (await told(30)) as { data: { login: string } }[];
  expect(first.every(({ data }) => data.login.length === 100)).toBe(true);
  now.ms = 60_000;
  await tryAs('later').catch(() => undefined);
  expect(await told(1)).toMatchObject([{ subject: 'operator/later' }]);
  expect(first).toHaveLength(30);
});
