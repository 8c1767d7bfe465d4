import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FeeGround, type FeeObject, type FeePrice, feeOf, monthsBetween } from '../fee-rules.ts';

const at = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const MONTH = at('2026-03-01');
const OPEN = { dateFrom: null, dateTo: null };

const object = (more: Partial<FeeObject> = {}): FeeObject => ({
  id: 1,
  serviceId: 5,
  count: 1,
  dateFrom: at('2025-01-01'),
  dateTo: null,
  entityMid: 0,
  entityId: 0,
  ...more,
});
const price = (amount: bigint, more: Partial<FeePrice> = {}): FeePrice => ({
  ...OPEN,
  serviceId: 5,
  unit: 'month',
  price: amount,
  ...more,
});

const ground = (more: Partial<FeeGround> = {}): FeeGround => ({
  contract: { dateFrom: at('2020-01-01'), dateTo: null },
  mode: 0,
  objects: [],
  tariffs: [{ planId: 1, entityMid: 0, entityId: 0, ...OPEN }],
  prices: new Map([[1, [price(31_000n)]]]),
  statuses: [],
  suspendCodes: [3, 4],
  ...more,
});

const fee = (more: Partial<FeeGround>, today: string, one = object(), month = MONTH): bigint => feeOf(ground(more), one, month, at(today));

describe('the fee of a month (spec 2.10)', () => {
  test('in credit mode: nothing on its first day, day by day up to yesterday, exactly the price when it is over', () => {
    expect(fee({}, '2026-03-01')).toBe(0n);
    expect(fee({}, '2026-03-02')).toBe(1_000n);
    expect(fee({}, '2026-03-31')).toBe(30_000n);
    expect(fee({}, '2026-04-01')).toBe(31_000n);
    expect(fee({}, '2026-02-28')).toBe(0n);
  });

  test('in debit mode: the whole month on its first day', () => {
    expect(fee({ mode: 1 }, '2026-03-01')).toBe(31_000n);
    expect(fee({ mode: 1 }, '2026-03-20')).toBe(31_000n);
    expect(fee({ mode: 1 }, '2026-02-28')).toBe(0n);
  });

  test('in debit mode what begins later in the month is charged when it begins', () => {
    const later = object({ dateFrom: at('2026-03-22') });
    expect(fee({ mode: 1 }, '2026-03-21', later)).toBe(0n);
    expect(fee({ mode: 1 }, '2026-03-22', later)).toBe(10_000n);
    const statuses = [{ status: 4, dateFrom: at('2026-03-11'), dateTo: at('2026-03-20') }];
    expect(fee({ mode: 1, statuses }, '2026-03-05')).toBe(10_000n);
    expect(fee({ mode: 1, statuses }, '2026-03-15')).toBe(10_000n);
    expect(fee({ mode: 1, statuses }, '2026-03-21')).toBe(21_000n);
  });

  test.each([
    ['the object', { one: { dateFrom: at('2026-03-11'), dateTo: at('2026-03-20') } }, 10_000n],
    ['the contract', { contract: { dateFrom: at('2026-03-30'), dateTo: null } }, 2_000n],
    ['the tariff', { tariffs: [{ planId: 1, entityMid: 0, entityId: 0, dateFrom: null, dateTo: at('2026-03-01') }] }, 1_000n],
    ['the price', { prices: new Map([[1, [price(31_000n, { dateFrom: at('2026-03-31') })]]]) }, 1_000n],
    ['a status without fee', { statuses: [{ status: 3, dateFrom: at('2026-03-03'), dateTo: null }] }, 2_000n],
    ['a status with fee', { statuses: [{ status: 2, dateFrom: at('2026-03-03'), dateTo: null }] }, 31_000n],
    ['a period outside of the month', { one: { dateFrom: at('2026-04-01'), dateTo: null } }, 0n],
  ] as const)('counts the days of %s', (_, { one, ...more }: { one?: Partial<FeeObject> } & Partial<FeeGround>, sum) => {
    expect(fee(more, '2026-05-01', object(one))).toBe(sum);
  });

  test('follows the price from day to day, and the count', () => {
    const prices = new Map([[1, [price(31_000n), price(62_000n, { dateFrom: at('2026-03-22') })]]]);
    expect(fee({ prices }, '2026-05-01')).toBe(21_000n + 20_000n);
    expect(fee({}, '2026-05-01', object({ count: 3 }))).toBe(93_000n);
    expect(fee({}, '2026-05-01', object({ count: 0 }))).toBe(0n);
  });

  test('by day and once: so much a counted day, and on the first day of the object', () => {
    expect(fee({ prices: new Map([[1, [price(250n, { unit: 'day' })]]]) }, '2026-03-11')).toBe(2_500n);
    const once = new Map([[1, [price(9_999n, { unit: 'once' })]]]);
    expect(fee({ prices: once }, '2026-05-01', object({ dateFrom: at('2026-03-10') }))).toBe(9_999n);
    expect(fee({ prices: once }, '2026-05-01')).toBe(0n);
  });

  test('the lowest position that prices the service wins; a plan of an entity is for its objects only', () => {
    const plan = (planId: number, entityId = 0) => ({ planId, entityMid: entityId === 0 ? 0 : 3, entityId, ...OPEN });
    const prices = new Map([
      [1, [price(31_000n, { serviceId: 6 })]],
      [2, [price(62_000n)]],
      [3, [price(93_000n)]],
    ]);
    expect(fee({ tariffs: [plan(1), plan(2), plan(3)], prices }, '2026-05-01')).toBe(62_000n);
    expect(fee({ tariffs: [plan(3, 8), plan(2)], prices }, '2026-05-01')).toBe(62_000n);
    expect(fee({ tariffs: [plan(3, 8), plan(2)], prices }, '2026-05-01', object({ entityMid: 3, entityId: 8 }))).toBe(93_000n);
    expect(fee({ tariffs: [] }, '2026-05-01')).toBe(0n);
  });

  test('a full month is exactly the price; the daily differences add up to it (2.15 number 7)', () => {
    const anyMonth = fc.record({ year: fc.integer({ min: 2020, max: 2030 }), month: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(anyMonth, fc.bigInt({ min: 0n, max: 10_000_000n }), fc.integer({ min: 0, max: 9 }), ({ year, month }, amount, count) => {
        const first = Temporal.PlainDate.from({ year, month, day: 1 });
        const one = object({ dateFrom: at('2019-01-01'), count });
        const held = ground({ contract: OPEN, prices: new Map([[1, [price(amount)]]]) });
        let booked = 0n;
        for (let number = 1; number <= first.daysInMonth + 1; number += 1) {
          const difference = feeOf(held, one, first, first.add({ days: number - 1 })) - booked;
          expect(difference >= 0n).toBe(true);
          booked += difference;
        }
        expect(booked).toBe(amount * BigInt(count));
        expect(feeOf({ ...held, mode: 1 }, one, first, first)).toBe(amount * BigInt(count));
      }),
    );
  });

  test('rounds once, half a kopeck away from zero', () => {
    // 1 of 30 days of 0.15 is 0.005.
    const one = object({ dateFrom: at('2026-04-01'), dateTo: at('2026-04-01') });
    expect(fee({ prices: new Map([[1, [price(15n)]]]) }, '2026-05-01', one, at('2026-04-01'))).toBe(1n);
    expect(fee({ prices: new Map([[1, [price(14n)]]]) }, '2026-05-01', one, at('2026-04-01'))).toBe(0n);
  });
});

test('months between two days', () => {
  expect(monthsBetween(at('2025-12-31'), at('2026-02-01')).map(String)).toEqual(['2025-12-01', '2026-01-01', '2026-02-01']);
  expect(monthsBetween(at('2026-02-01'), at('2026-01-31'))).toEqual([]);
});
