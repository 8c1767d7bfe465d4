import { afterEach, describe, expect, test } from 'vitest';
import { compileEntry } from '../../guard/allow-match.ts';
import type { Target } from '../../guard/judge-address.ts';
import { entryOf, policyOf } from '../../test/support/guard.ts';
import { dialAddresses } from '../connect.ts';
import { createPools, type Pools } from '../pools.ts';

const made: Pools[] = [];
afterEach(async () => {
  for (const pools of made.splice(0)) await pools.stop();
});

function open(limits?: { most: number; idle: number }): Pools {
  const ports = { policy: policyOf(), resolve: async () => [], dial: dialAddresses, proxy: undefined };
  const pools = createPools(ports, limits);
  made.push(pools);
  return pools;
}

const targetOf = (host: string, networks: readonly string[] = []): Target => ({
  secure: false,
  host,
  literal: false,
  port: 80,
  origin: `http://${host}`,
  path: '/',
  entry: compileEntry(entryOf(`http://${host}`, { networks })),
});

test('one pool for one origin, identity and set of networks', () => {
  const pools = open();
  const plain = pools.poolFor(targetOf('a.ru'), undefined);
  expect(pools.poolFor(targetOf('a.ru'), undefined)).toBe(plain);
  expect(pools.poolFor(targetOf('b.ru'), undefined)).not.toBe(plain);
  expect(pools.poolFor(targetOf('a.ru', ['10.0.0.0/8']), undefined)).not.toBe(plain);
  const trusted = pools.poolFor(targetOf('a.ru'), { ca: 'one' });
  expect(trusted).not.toBe(plain);
  expect(pools.poolFor(targetOf('a.ru'), { ca: 'one' })).toBe(trusted);
  expect(pools.poolFor(targetOf('a.ru'), { ca: 'two' })).not.toBe(trusted);
  expect(pools.size).toBe(5);
});

describe('limits', () => {
  test('the longest unused goes when there are too many', () => {
    const pools = open({ most: 3, idle: 60_000 });
    const [first, second] = ['a.ru', 'b.ru', 'c.ru'].map((host) => pools.poolFor(targetOf(host), undefined));
    if (first) first.usedAt = performance.now() + 1_000;
    pools.poolFor(targetOf('d.ru'), undefined);
    expect(pools.size).toBe(3);
    expect(pools.poolFor(targetOf('a.ru'), undefined)).toBe(first);
    expect(second?.pool.closed).toBe(true);
    expect(first?.pool.closed).toBe(false);
  });

  test('1,000 pools are kept', () => {
    const pools = open();
    for (let at = 0; at < 1_010; at += 1) pools.poolFor(targetOf(`h${at}.ru`), undefined);
    expect(pools.size).toBe(1_000);
  });

  test('an idle pool is closed, one in use is not', async () => {
    const pools = open({ most: 10, idle: 60 });
    const idle = pools.poolFor(targetOf('a.ru'), undefined);
    const busy = pools.poolFor(targetOf('b.ru'), undefined);
    busy.running = 1;
    await expect.poll(() => pools.size).toBe(1);
    expect([idle.pool.closed, busy.pool.closed]).toEqual([true, false]);
  });
});
