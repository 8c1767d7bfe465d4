import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRate } from '../feed/rate.ts';

test('one second allows as many requests as the rate says, then as many as time has brought', () => {
  let now = 0;
  const allowed = createRate(5, () => now);
  const ask = (times: number) => Array.from({ length: times }, () => allowed('a')).filter(Boolean).length;
  expect(ask(10)).toBe(5);
  now = 400;
  expect(ask(10)).toBe(2);
  expect(allowed('b')).toBe(true);
  now = 60_000;
  expect(ask(10)).toBe(5);
});

test('over any stretch of time no key gets more than the rate and one second on top', () => {
  const request = fc.record({ key: fc.constantFrom('a', 'b', 'c'), wait: fc.nat({ max: 3_000 }) });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (requests, rate) => {
      let now = 0;
      const allowed = createRate(rate, () => now);
      const counts = new Map<string, number>();
      for (const { key, wait } of requests) {
        now += wait;
        if (allowed(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      for (const count of counts.values()) expect(count).toBeLessThanOrEqual(rate + Math.ceil((now / 1000) * rate));
    }),
  );
});

test('a key that was forgotten starts with what it would have had', () => {
  let now = 0;
  const allowed = createRate(2, () => now);
  expect([allowed('a'), allowed('a'), allowed('a')]).toEqual([true, true, false]);
  now = 6_000;
  expect(allowed('other')).toBe(true);
  expect([allowed('a'), allowed('a'), allowed('a')]).toEqual([true, true, false]);
});
