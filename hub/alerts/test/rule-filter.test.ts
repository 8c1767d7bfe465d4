import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter, type RuleFilter, ruleFilterInput, typePrefixes } from '../rule-filter.ts';

const event = (data: Record<string, unknown> = {}, more: { type?: string; source?: string; subject?: string } = {}) => ({
  type: 'vestnik.travel.ComplexReserveStateChanged',
  source: '/vestnik/travel',
  subject: 'trip/17',
  ...more,
  data,
});
const fits = (filter: RuleFilter, given = event()) => compileFilter(ruleFilterInput.parse(filter))(given);

describe('attributes', () => {
  test.each([
    ['vestnik.travel.ComplexReserveStateChanged', true],
    ['vestnik.travel.*', true],
    ['*', true],
    ['*StateChanged', true],
    ['vestnik.*.*Changed', true],
    ['vestnik.travel.ComplexReserveStateChanged*', true],
    ['vestnik.billing.*', false],
    ['vestnik.travel.ComplexReserve', false],
    ['*Changed.', false],
    ['vestnik.travel.*ComplexReserveStateChanged*ComplexReserveStateChanged', false],
  ])('type %s: %s', (type, expected) => expect(fits({ type })).toBe(expected));

  test('source and subject must fit too, and one of several is enough', () => {
    expect(fits({ type: '*', source: '/vestnik/*', subject: ['order/*', 'trip/*'] })).toBe(true);
    expect(fits({ type: '*', subject: 'order/*' })).toBe(false);
    expect(fits({ type: '*', source: '/vestnik/billing' })).toBe(false);
    expect(compileFilter({ type: '*', subject: '*' })({ ...event(), subject: undefined })).toBe(false);
  });

  test('a pattern means what the expression with .* means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(
        text.filter((one) => one !== ''),
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 }),
        (type, given) => {
          const parts = type.split('*').map((part) => part.replaceAll('.', '\\.'));
          expect(compileFilter({ type })(event({}, { type: given }))).toBe(new RegExp(`^${parts.join('.*')}$`).test(given));
        },
      ),
    );
  });

  test('many stars cost no time', () => {
    const begun = performance.now();
    expect(fits({ type: `${'*a'.repeat(90)}*b` }, event({}, { type: 'a'.repeat(50_000) }))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('what types may begin with is known', () => {
    expect(typePrefixes({ type: ['vestnik.travel.*', 'vestnik.billing.payment.added', '*x'] })).toEqual([
      'vestnik.travel.',
      'vestnik.billing.payment.added',
      '',
    ]);
  });
});

describe('data', () => {
  const data = {
    ComplexState: 'Canceled',
    Total: '12500.50',
    seats: 3,
    limit: '2026-11-22T10:00:00Z',
    order: { state: null, codes: [{ value: 'A' }] },
    facets: ['ReserveCanceled', 'ComplexReserveStateChanged'],
    paid: false,
  };
  test.each<[NonNullable<RuleFilter['data']>[number], boolean]>([
    [{ path: 'ComplexState', equals: 'Canceled' }, true],
    [{ path: 'ComplexState', equals: 'canceled' }, false],
    [{ path: 'ComplexState', in: ['Done', 'Canceled'] }, true],
    [{ path: 'facets', equals: 'ReserveCanceled' }, true],
    [{ path: 'facets', in: ['ReserveIssued'] }, false],
    [{ path: 'Total', greater: 12_500 }, true],
    [{ path: 'Total', greater: '12500.50' }, false],
    [{ path: 'Total', equals: 12_500.5 }, true],
    [{ path: 'seats', less: 4, greater: 2 }, true],
    [{ path: 'seats', less: 3 }, false],
    [{ path: 'seats', equals: '3' }, true],
    [{ path: 'limit', less: '2026-11-22T12:30:00+02:00' }, true],
    [{ path: 'limit', greater: '2026-11-22' }, true],
    [{ path: 'ComplexState', greater: 1 }, false],
    [{ path: 'paid', equals: false }, true],
    [{ path: 'order.codes.0.value', equals: 'A' }, true],
    [{ path: 'order.state', exists: true }, false],
    [{ path: 'order.state', equals: null }, true],
    [{ path: 'order.codes', exists: true }, true],
    [{ path: 'toString', exists: true }, false],
    [{ path: 'order.codes.length', exists: false }, false],
    [{ path: 'nothing.at.all', exists: false }, true],
    [{ path: 'nothing', equals: 'x' }, false],
  ])('%j: %s', (condition, expected) => expect(fits({ type: '*', data: [condition] }, event(data))).toBe(expected));

  test('all conditions must hold', () => {
    const both = (state: string): RuleFilter => ({
      type: '*',
      data: [
        { path: 'ComplexState', equals: state },
        { path: 'seats', greater: 1 },
      ],
    });
    expect(fits(both('Canceled'), event(data))).toBe(true);
    expect(fits(both('Done'), event(data))).toBe(false);
  });

  test('whatever data an event has, a test answers', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>),
        fc.constantFrom('a', 'a.b', 'constructor', '__proto__.x'),
        (given, path) => {
          expect(typeof fits({ type: '*', data: [{ path, greater: 1, exists: true }] }, event(given))).toBe('boolean');
        },
      ),
    );
  });
});

test.each([
  [{}, 'type'],
  [{ type: '' }, 'type'],
  [{ type: [] }, 'type'],
  [{ type: 'a b' }, 'type'],
  [{ type: '*', colour: 1 }, ''],
  [{ type: '*', data: [{ path: 'a..b', exists: true }] }, 'data.0.path'],
  [{ type: '*', data: [{ path: 'a' }] }, 'data.0'],
  [{ type: '*', data: [{ path: 'a', greater: 'soon' }] }, 'data.0.greater'],
  [{ type: '*', data: [{ path: 'a', in: [] }] }, 'data.0.in'],
])('%j is refused at %s', (filter, path) => {
  const parsed = ruleFilterInput.safeParse(filter);
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
});
