import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ListedPrice, pricesFrom, pricesOn } from '../price-list.ts';
import { day } from './support/fees.ts';

const priced = (price: string, from: string | null = null, to: string | null = null, more: Partial<ListedPrice> = {}): ListedPrice => ({
  ...{ serviceId: 1, unit: 'month', price },
  dateFrom: from === null ? null : day(from),
  dateTo: to === null ? null : day(to),
  ...more,
});
const on = (list: readonly ListedPrice[], text: string): string[] => pricesOn(list, day(text)).map(({ price }) => price);

describe('what counts on a day', () => {
  test('of overlapping prices the one that began last, also when the list is not in order', () => {
    const list = [priced('300', '2026-03-01', '2026-03-31'), priced('100'), priced('200', '2026-02-01')];
    expect(on(list, '2026-01-31')).toEqual(['100']);
    expect(on(list, '2026-02-01')).toEqual(['200']);
    expect(on(list, '2026-03-31')).toEqual(['300']);
    expect(on(list, '2026-04-01')).toEqual(['200']);
  });

  test('each service and unit by itself', () => {
    const list = [priced('100'), priced('5', null, null, { unit: 'day' }), priced('7', null, null, { serviceId: 2 })];
    expect(on(list, '2026-01-01')).toEqual(['100', '5', '7']);
  });
});

describe('other prices from a day on', () => {
  const news = (price: string | null) => [{ serviceId: 1, unit: 'month' as const, price }];

  test('the present price ends the day before, what was to come is replaced, what is over stays', () => {
    const list = [priced('50', null, '2025-12-31'), priced('100', '2026-01-01'), priced('120', '2026-06-01')];
    expect(pricesFrom(list, day('2026-04-01'), news('110'))).toEqual([
      priced('50', null, '2025-12-31'),
      priced('100', '2026-01-01', '2026-03-31'),
      priced('110', '2026-04-01'),
    ]);
  });

  test('from the day on which the present one begins: in its place', () => {
    expect(pricesFrom([priced('100', '2026-01-01')], day('2026-01-01'), news('110'))).toEqual([priced('110', '2026-01-01')]);
  });

  test('null ends a price', () => {
    expect(pricesFrom([priced('100')], day('2026-04-01'), news(null))).toEqual([priced('100', null, '2026-03-31')]);
  });

  test('before the day nothing differs, from it on the new price counts, others stay as they are', () => {
    const start = day('2026-01-01');
    const at = fc.integer({ min: 0, max: 60 }).map((days) => start.add({ days }));
    const price = fc
      .record({
        serviceId: fc.integer({ min: 1, max: 2 }),
        unit: fc.constantFrom('month' as const, 'day' as const),
        price: fc.nat(999).map(String),
        dateFrom: fc.option(at),
        length: fc.option(fc.nat(30)),
      })
      .map(({ length, ...rest }) => ({ ...rest, dateTo: length === null ? null : (rest.dateFrom ?? start).add({ days: length }) }));
    const lists = fc.uniqueArray(price, { maxLength: 12, selector: ({ serviceId, unit, dateFrom }) => `${serviceId} ${unit} ${dateFrom}` });
    fc.assert(
      fc.property(lists, at, at, (list, from, seen) => {
        const now = (of: readonly ListedPrice[]): Map<string, string> =>
          new Map(pricesOn(of, seen).map(({ serviceId, unit, price: amount }) => [`${serviceId} ${unit}`, amount]));
        const wanted = now(list);
        if (Temporal.PlainDate.compare(seen, from) >= 0) wanted.set('1 month', 'new');
        expect(Object.fromEntries(now(pricesFrom(list, from, news('new'))))).toEqual(Object.fromEntries(wanted));
      }),
    );
  });
});
