import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HubError } from '../../core/errors.ts';
import { minorDigits } from '../currencies.ts';
import { readPrices, totalsOf } from '../price.ts';
import { openTrips, type TripsBench } from './support/trips.ts';

const line = (amount: unknown, currency: unknown = 'RUB', kind: 'fare' | 'tax' | 'discount' = 'fare') => ({ kind, amount, currency });
const reasonOf = (...lines: ReturnType<typeof line>[]): string => {
  try {
    readPrices(lines);
    return 'taken';
  } catch (error) {
    const { status, reason, details } = error as HubError;
    return `${status} ${reason} ${details[0]?.path}`;
  }
};

describe('amounts are exact (B18)', () => {
  test('sums in minor units, discounts subtracted, digits of the currency', () => {
    const { lines, total, currency } = readPrices([line('0.1'), line('0.2'), line('1000000000000.50'), line('0.80', 'RUB', 'discount')]);
    expect([total, currency]).toEqual(['1000000000000.00', 'RUB']);
    expect(lines.map(({ amount }) => amount)).toEqual(['0.10', '0.20', '1000000000000.50', '0.80']);
    expect(readPrices([line('1500', 'JPY')])).toMatchObject({ total: '1500', currency: 'JPY' });
    expect(readPrices([line('1.5', 'KWD')])).toMatchObject({ total: '1.500' });
    expect(readPrices([])).toEqual({ lines: [], total: null, currency: null });
  });

  test.each([
    ['more digits than the currency has', line('1.005'), '/prices/0/amount'],
    ['no fraction of a yen', line('1.5', 'JPY'), '/prices/0/amount'],
    ['NaN', line('NaN'), '/prices/0/amount'],
    ['a number', line(1.5), '/prices/0/amount'],
    ['not a number', line(Number.NaN), '/prices/0/amount'],
    ['below zero', line('-1.00'), '/prices/0/amount'],
    ['an exponent', line('1e3'), '/prices/0/amount'],
    ['a comma', line('1,00'), '/prices/0/amount'],
    ['spaces', line(' 1.00'), '/prices/0/amount'],
    ['digits of another script', line('١٢'), '/prices/0/amount'],
    ['nothing', line(''), '/prices/0/amount'],
    ['null', line(null), '/prices/0/amount'],
    ['an endless one', line('9'.repeat(500)), '/prices/0/amount'],
    ['no currency', line('1.00', null), '/prices/0/currency'],
    ['an unknown currency', line('1.00', 'RUR'), '/prices/0/currency'],
    ['small letters', line('1.00', 'rub'), '/prices/0/currency'],
    ['gold', line('1', 'XAU'), '/prices/0/currency'],
    ['a name of the language', line('1.00', 'constructor'), '/prices/0/currency'],
  ])('%s is refused', (_, given, path) => {
    expect(reasonOf(given)).toBe(`400 amount ${path}`);
  });

  test('two currencies, and discounts above the rest', () => {
    expect(reasonOf(line('1.00'), line('1.00', 'EUR'))).toBe('400 amount /prices/1/currency');
    expect(reasonOf(line('1.00'), line('1.01', 'RUB', 'discount'))).toBe('400 amount /prices/1/amount');
    expect(readPrices([line('1.00'), line('1.00', 'RUB', 'discount')]).total).toBe('0.00');
  });

  test('whatever the kopecks, no sum is off by one', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 }), (units) => {
        const text = (value: bigint): string => `${value / 100n}.${String(value % 100n).padStart(2, '0')}`;
        expect(readPrices(units.map((value) => line(text(value)))).total).toBe(text(units.reduce((sum, value) => sum + value, 0n)));
      }),
    );
  });

  test('totals of a trip by currency', () => {
    const orders = [
      { total: '10.50', currency: 'RUB' },
      { total: '100', currency: 'JPY' },
      { total: null, currency: null },
      { total: '0.50', currency: 'RUB' },
    ];
    expect(totalsOf(orders)).toEqual([
      { currency: 'JPY', total: '100' },
      { currency: 'RUB', total: '11.00' },
    ]);
    expect([minorDigits('RUB'), minorDigits('KWD'), minorDigits('CLF'), minorDigits('XXX')]).toEqual([2, 3, 4, undefined]);
  });
});

describe('prices of an order', () => {
  let bench: TripsBench;
  beforeAll(async () => {
    bench = await openTrips();
  });
  afterAll(() => bench.stop());
  const set = (order: number, ...prices: unknown[]) => bench.ok('PUT', `/orders/${order}/prices`, { prices });

  test('are replaced, with one event; an equal total makes none', async () => {
    const order = await bench.order({ prices: [line('100.00')] });
    await bench.news();
    const changed = await set(order, line('90'), line('20.5', 'RUB', 'tax'));
    expect(changed).toMatchObject({
      total: '110.50',
      currency: 'RUB',
      prices: [
        { kind: 'fare', amount: '90.00', currency: 'RUB' },
        { kind: 'tax', amount: '20.50', currency: 'RUB' },
      ],
    });
    const news = await bench.news();
    expect(news.map(({ type }) => type)).toEqual(['ReservePriceChanged']);
    expect(news[0]?.data).toMatchObject({ Total: '110.50', Currency: 'RUB', PreviousReserveState: null, ReserveState: 'draft' });
    expect(news[0]?.data.description.en).toBe(`Order ${order}: price 100.00 RUB → 110.50 RUB`);
    // Other lines, the same sum: stored, and nobody is told.
    expect((await set(order, line('110.50'))).prices).toHaveLength(1);
    expect(await bench.lines()).toEqual([]);
    // The same number in another currency is another price.
    await set(order, line('110.50', 'EUR'));
    await set(order);
    expect(await bench.lines()).toEqual([`order/${order} ReservePriceChanged`, `order/${order} ReservePriceChanged`]);
    expect(await bench.ok('GET', `/orders/${order}`)).toMatchObject({ total: null, currency: null, prices: [] });
  });

  test('are refused with 400 amount, also at the birth of an order and by an action, and nothing is changed', async () => {
    const order = await bench.order();
    const { id_ComplexReserve: trip, version } = await bench.ok('GET', `/orders/${order}`);
    await bench.news();
    const prices = [line('1.005')];
    expect(await bench.refused('PUT', `/orders/${order}/prices`, { prices })).toBe('400 amount');
    expect(await bench.refused('POST', `/trips/${trip}/orders`, { ReserveType: 'avia', prices })).toBe('400 amount');
    await bench.ok('POST', `/orders/${order}/book`);
    expect(await bench.refused('POST', `/orders/${order}/confirm`, { prices })).toBe('400 amount');
    expect(await bench.ok('GET', `/orders/${order}`)).toMatchObject({ ReserveState: 'inprocess', total: null, version: version + 1 });
    expect((await bench.ok('GET', `/trips/${trip}`)).orders).toHaveLength(1);
    expect(await bench.lines()).toEqual([`order/${order} ReserveStateChanged`]);
  });

  test('the trip shows the sums of its live orders', async () => {
    const trip = await bench.trip();
    await bench.order({ prices: [line('10.00')] }, trip);
    await bench.order({ prices: [line('5.25')] }, trip);
    const gone = await bench.order({ prices: [line('1000.00')] }, trip);
    await bench.order({ prices: [line('7', 'JPY')] }, trip);
    await bench.ok('POST', `/orders/${gone}/cancel`);
    expect((await bench.ok('GET', `/trips/${trip}`)).totals).toEqual([
      { currency: 'JPY', total: '7' },
      { currency: 'RUB', total: '15.25' },
    ]);
    expect(await bench.refused('PUT', `/orders/${gone}/prices`, { prices: [] })).toBe('409 bad_state');
  });
});
