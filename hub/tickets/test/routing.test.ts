import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildRoutingIndex,
  type DocumentFacts,
  type OperationFacts,
  type RoutedClient,
  route,
  type Subscription,
  validateSubscription,
} from '../routing.ts';

const OPERATION: OperationFacts = { kind: 'issue', agency: '17МОВ', validator: '00117', terminal: 'МОВ417' };
const DOCUMENT: DocumentFacts = { type: 'ETICKET', carrier: 'S7', segmentCarriers: ['S7', 'U6'] };

function receives(subscription: Subscription, operation: Partial<OperationFacts> = {}, document: Partial<DocumentFacts> = {}): boolean {
  const index = buildRoutingIndex([{ id: 1, state: 'active', subscriptions: [subscription] }]);
  return route(index, { ...OPERATION, ...operation }, { ...DOCUMENT, ...document }).length === 1;
}

describe('conditions', () => {
  test.each([
    [{ everything: true }, true],
    [{ agency: ['17МОВ'] }, true],
    [{ agency: ['18МОВ', '17МОВ'] }, true],
    [{ agency: ['18МОВ'] }, false],
    [{ validator: ['00117'] }, true],
    [{ validator: ['117'] }, false],
    [{ terminal: ['МОВ417'] }, true],
    [{ carrier: ['S7'] }, true],
    [{ carrier: ['U6'] }, false],
    [{ carrier: ['U6'], carrierScope: 'any' }, true],
    [{ carrier: ['U6'], carrierScope: 'document' }, false],
    [{ type: ['EMD', 'ETICKET'] }, true],
    [{ type: ['EMD'] }, false],
    [{ kind: ['issue'] }, true],
    [{ kind: ['refund', 'void'] }, false],
    [{ agency: ['17МОВ'], carrier: ['S7'], type: ['ETICKET'], kind: ['issue'] }, true],
    [{ agency: ['17МОВ'], carrier: ['SU'] }, false],
    [{ agency: ['17МОВ'], terminal: ['МОВ418'] }, false],
  ] as [Subscription, boolean][])('%j: %s', (subscription, expected) => {
    expect(receives(subscription)).toBe(expected);
  });

  test('a condition does not hold for what the document does not have', () => {
    expect(receives({ validator: ['00117'] }, { validator: undefined })).toBe(false);
    expect(receives({ terminal: ['МОВ417'] }, { terminal: undefined })).toBe(false);
    expect(receives({ carrier: ['S7'], carrierScope: 'any' }, {}, { carrier: undefined, segmentCarriers: [] })).toBe(false);
  });

  test('codes are trimmed and in capitals on both sides; Latin and Cyrillic are never confused', () => {
    expect(receives({ agency: ['17моВ'] }, { agency: ' 17мов ' })).toBe(true);
    expect(receives({ carrier: ['s7'] })).toBe(true);
    expect(receives({ agency: ['17MOB'] })).toBe(false);
    expect(receives({ carrier: ['СУ'] }, {}, { carrier: 'CY' })).toBe(false);
    expect(receives({ agency: ['ЁЛКА'] }, { agency: 'ёлка' })).toBe(true);
  });

  test('routing is by document: an airline may get only its EMDs of an exchange', () => {
    const index = buildRoutingIndex([{ id: 'airline', state: 'active', subscriptions: [{ carrier: ['S7'], type: ['EMD'] }] }]);
    const exchange = { ...OPERATION, kind: 'exchange-flight' as const };
    expect(route(index, exchange, { ...DOCUMENT, type: 'ETICKET' })).toEqual([]);
    expect(route(index, exchange, { ...DOCUMENT, type: 'EMD' })).toEqual(['airline']);
  });
});

describe('clients', () => {
  test('active and held ones receive, closed ones do not, one without subscriptions does not', () => {
    const all = (['active', 'held', 'closed'] as const).map((state) => ({
      id: String(state),
      state,
      subscriptions: [{ everything: true as const }],
    }));
    const index = buildRoutingIndex<string>([...all, { id: 'none', state: 'active', subscriptions: [] }]);
    expect(route(index, OPERATION, DOCUMENT)).toEqual(['active', 'held']);
  });

  test('a client gets a document once, however many of its subscriptions match', () => {
    const subscriptions: Subscription[] = [
      { everything: true },
      { agency: ['17МОВ', ' 17мов'] },
      { carrier: ['S7', 'U6'], carrierScope: 'any' },
      { type: ['ETICKET'] },
    ];
    expect(route(buildRoutingIndex([{ id: 7, state: 'active', subscriptions }]), OPERATION, DOCUMENT)).toEqual([7]);
  });

  test('the names of Object.prototype are codes like any other', () => {
    expect(receives({ agency: ['constructor'] }, { agency: 'CONSTRUCTOR' })).toBe(true);
    expect(receives({ agency: ['17МОВ'] }, { agency: '__proto__' })).toBe(false);
  });
});

/** The rules of spec 4 said plainly, one subscription after the other. */
function naive(clients: RoutedClient<number>[], operation: OperationFacts, document: DocumentFacts): number[] {
  const same = (one: string) => one.trim().toUpperCase();
  const holds = (values: readonly string[] | undefined, ...facts: (string | undefined)[]) =>
    values === undefined || values.some((value) => facts.some((fact) => fact !== undefined && same(fact) === same(value)));
  const matches = (subscription: Subscription) =>
    holds(subscription.agency, operation.agency) &&
    holds(subscription.validator, operation.validator) &&
    holds(subscription.terminal, operation.terminal) &&
    holds(subscription.type, document.type) &&
    holds(subscription.kind, operation.kind) &&
    (subscription.carrierScope === 'any'
      ? holds(subscription.carrier, document.carrier, ...document.segmentCarriers)
      : holds(subscription.carrier, document.carrier));
  return clients.filter(({ state, subscriptions }) => state !== 'closed' && subscriptions.some(matches)).map(({ id }) => id);
}

test('the index says what the plain rules say', () => {
  const code = fc.constantFrom('A', 'a ', 'B', 'В', 'C1', 'с1');
  const codes = fc.option(fc.uniqueArray(code, { minLength: 1, maxLength: 3 }), { nil: undefined });
  const subscription = fc.record({
    agency: codes,
    validator: codes,
    terminal: codes,
    carrier: codes,
    carrierScope: fc.constantFrom('any', 'document', undefined),
    type: fc.option(fc.uniqueArray(fc.constantFrom('ETICKET', 'EMD', 'MCO'), { minLength: 1 }), { nil: undefined }),
    kind: fc.option(fc.uniqueArray(fc.constantFrom('issue', 'refund'), { minLength: 1 }), { nil: undefined }),
  });
  const client = fc.record({ state: fc.constantFrom('active', 'held', 'closed'), subscriptions: fc.array(subscription, { maxLength: 4 }) });
  const maybe = fc.option(code, { nil: undefined });
  const operation = fc.record({ kind: fc.constantFrom('issue', 'refund'), agency: code, validator: maybe, terminal: maybe });
  const document = fc.record({
    type: fc.constantFrom('ETICKET', 'EMD'),
    carrier: maybe,
    segmentCarriers: fc.array(code, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(client, { maxLength: 12 }), operation, document, (states, facts, file) => {
      const clients = states.map((state, id) => ({ id, ...state })) as RoutedClient<number>[];
      const found = route(buildRoutingIndex(clients), facts as OperationFacts, file as DocumentFacts);
      expect(new Set(found).size).toBe(found.length);
      expect(found.toSorted((one, other) => one - other)).toEqual(naive(clients, facts as OperationFacts, file as DocumentFacts));
    }),
    { numRuns: 3_000 },
  );
});

test('looking up does not grow with the number of clients', () => {
  const clients = (count: number): RoutedClient<number>[] =>
    Array.from({ length: count }, (_, id) => ({
      id,
      state: 'active',
      subscriptions: [{ agency: [`A${id}`], type: ['ETICKET'] }, { carrier: [`C${id}`] }],
    }));
  let looks = 0;
  const counted = <Rules extends object>(rules: Rules): Rules =>
    new Proxy(rules, {
      get: (target, key, self) => {
        looks++;
        return Reflect.get(target, key, self);
      },
    });
  const plain = buildRoutingIndex(clients(10_000));
  const watched = (map: typeof plain.agency) => new Map([...map].map(([code, rules]) => [code, counted(rules)]));
  const index = {
    agency: watched(plain.agency),
    carrier: watched(plain.carrier),
    terminal: plain.terminal,
    validator: plain.validator,
    rest: counted(plain.rest),
  };
  expect(route(index, { ...OPERATION, agency: 'A9999' }, { ...DOCUMENT, carrier: 'C5' })).toEqual([9_999, 5]);
  expect(looks).toBeLessThan(20);
});

describe('a subscription as an operator writes it', () => {
  test('is kept trimmed and in capitals', () => {
    expect(validateSubscription({ agency: [' 17мов '], carrier: ['s7'], carrierScope: 'any' })).toEqual({
      ok: true,
      subscription: { agency: ['17МОВ'], carrier: ['S7'], carrierScope: 'any' },
    });
    expect(validateSubscription({ everything: true })).toEqual({ ok: true, subscription: { everything: true } });
  });

  test.each([
    [{}, 'BAD_FORMAT /everything'],
    [{ everything: false }, 'BAD_FORMAT /everything'],
    [{ everything: true, agency: ['A'] }, 'BAD_FORMAT /everything'],
    [{ agency: [] }, 'BAD_FORMAT /agency'],
    [{ agency: 'A' }, 'BAD_TYPE /agency'],
    [{ agency: ['A B'] }, 'BAD_FORMAT /agency/0'],
    [{ agency: [5] }, 'BAD_TYPE /agency/0'],
    [{ type: ['BUS'] }, 'BAD_FORMAT /type/0'],
    [{ kind: ['sale'] }, 'BAD_FORMAT /kind/0'],
    [{ agency: ['A'], carrierScope: 'any' }, 'BAD_FORMAT /carrierScope'],
    [{ carrier: ['S7'], carrierScope: 'all' }, 'BAD_FORMAT /carrierScope'],
    [{ agencies: ['A'] }, 'UNKNOWN_FIELD /agencies'],
    [null, 'BAD_TYPE '],
  ])('%j is %s', (value, fault) => {
    const result = validateSubscription(value);
    const faults = result.ok ? [] : result.faults;
    expect(faults.map(({ code, path }) => `${code} ${path}`)).toContain(fault);
    for (const { message } of faults) {
      expect(message).toMatch(/^(must be |is required|stands alone|has a meaning)/);
    }
  });
});
