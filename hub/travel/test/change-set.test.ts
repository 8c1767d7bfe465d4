import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChangeSet, settle } from '../change-set.ts';
import { FACETS, type OrderFace, type OrderStep } from '../facets.ts';
import {
  ORDER_ACTIONS,
  ORDER_STATES,
  type OrderAction,
  type OrderState,
  PHASES,
  type Phase,
  TRIP_STATES,
  type TripState,
} from '../transitions.ts';

const face = (id: number, state: OrderState, more: Partial<OrderFace> = {}): OrderFace => ({
  id_Reserve: id,
  ReserveState: state,
  phase: 'none',
  total: null,
  currency: null,
  time_limit: null,
  documents: [],
  ...more,
});
const ticket = [{ kind: 'ticket' as const, number: '1' }];

/** A step of one order by an action. */
const acted = (
  id: number,
  action: OrderAction,
  from: OrderState,
  to: OrderState,
  phase: Phase = 'none',
  more: Partial<OrderStep> = {},
): OrderStep => ({
  before: face(id, from, { phase }),
  after: face(id, to, { documents: ticket }),
  action,
  ...more,
});
const told = (change: Partial<ChangeSet> & Pick<ChangeSet, 'tripBefore' | 'steps'>) => {
  const { tripState, rule, news } = settle({ tripAfter: change.tripBefore, others: [], ...change });
  return { tripState, rule, news: news.map(({ step, facets }) => [step?.after.id_Reserve ?? null, ...facets]) };
};
const created = (id: number, state: OrderState = 'draft'): OrderStep => ({ before: undefined, after: face(id, state) });

describe('roll-up, rule by rule (spec 2.5)', () => {
  const move = (from: TripState, step: OrderStep, others: OrderState[] = []) => {
    const { tripState, rule } = told({ tripBefore: from, steps: [step], others });
    return `${rule ?? '-'} ${tripState}`;
  };

  test('R1: an order added to a clean copy makes it a draft', () => {
    expect(move('cleancopy', created(1), ['readyforissuance'])).toBe('R1 draft');
    expect(move('draft', created(1))).toBe('- draft');
  });
  test('R2: an order of a clean copy is issued', () => {
    expect(move('cleancopy', acted(1, 'issue', 'readyforissuance', 'inprocess'))).toBe('R2 forexecution');
    expect(move('cleancopy', acted(1, 'issue', 'readyforissuance', 'queued'))).toBe('R2 forexecution');
    expect(move('forexecution', acted(1, 'issue', 'readyforissuance', 'inprocess'))).toBe('- forexecution');
    // By `queue` an order also becomes queued; that moves nothing.
    expect(move('cleancopy', acted(1, 'queue', 'readyforissuance', 'queued'))).toBe('- cleancopy');
  });
  test('R3: an order gets into trouble', () => {
    for (const from of ['authorizing', 'cleancopy'] as const) {
      expect(move(from, acted(1, 'ask_client', 'readyforissuance', 'needswork'))).toBe('R3 draft');
      expect(move(from, acted(1, 'fail', 'inprocess', 'error'))).toBe('R3 draft');
    }
    for (const from of ['draft', 'forexecution', 'finished'] as const)
      expect(move(from, acted(1, 'fail', 'inprocess', 'error'))).toBe(`- ${from}`);
  });
  test('R4: every live order of one under way is finished, and there is one', () => {
    expect(move('forexecution', acted(1, 'complete', 'inprocess', 'finished'), ['finished', 'canceled'])).toBe('R4 finished');
    expect(move('forexecution', acted(1, 'complete', 'inprocess', 'finished'), ['inprocess'])).toBe('- forexecution');
    expect(move('forexecution', acted(1, 'cancel', 'queued', 'canceled'), ['finished'])).toBe('R4 finished');
    expect(move('cleancopy', acted(1, 'complete', 'onconfirmation', 'finished'))).toBe('- cleancopy');
  });
  test('R5: no live order is left', () => {
    for (const from of ['authorizing', 'cleancopy', 'forexecution'] as const)
      expect(move(from, acted(1, 'cancel', 'queued', 'canceled'), ['canceled'])).toBe('R5 canceled');
    expect(move('finished', acted(1, 'refund', 'finished', 'canceled'))).toBe('R5 canceled');
    expect(move('finished', acted(1, 'refund', 'finished', 'canceled'), ['finished'])).toBe('- finished');
    expect(move('draft', acted(1, 'cancel', 'draft', 'canceled'))).toBe('- draft');
  });
  test('R6: an order of a finished trip is exchanged', () => {
    expect(move('finished', acted(1, 'exchange', 'finished', 'inprocess'), ['finished'])).toBe('R6 forexecution');
  });
  test('the action of a trip is its only step', () => {
    const steps = [acted(1, 'issue', 'readyforissuance', 'inprocess')];
    expect(told({ tripBefore: 'cleancopy', tripAfter: 'forexecution', steps })).toMatchObject({
      tripState: 'forexecution',
      rule: undefined,
    });
  });
  test('a change of data rolls nothing up', () => {
    const price: OrderStep = { before: face(1, 'finished'), after: face(1, 'finished', { total: '1.00', currency: 'RUB' }) };
    expect(told({ tripBefore: 'forexecution', steps: [price] })).toMatchObject({ tripState: 'forexecution', rule: undefined });
  });
});

describe('facets, each when it arises (spec 3.2)', () => {
  const facets = (step: OrderStep): readonly string[] => told({ tripBefore: 'draft', steps: [step] }).news[0]?.slice(1) as string[];

  test('of states', () => {
    expect(facets(created(1))).toEqual(['ReserveCreated']);
    expect(facets(created(1, 'creating'))).toEqual(['ReserveCreated']);
    expect(facets(acted(1, 'complete', 'inprocess', 'finished', 'issue'))).toEqual(['ReserveIssued', 'ReserveStateChanged']);
    expect(facets(acted(1, 'complete', 'inprocess', 'finished', 'exchange'))).toEqual(['ReserveExchanged', 'ReserveStateChanged']);
    // A hotel goes straight from the supplier to finished: neither issued nor exchanged.
    expect(facets(acted(1, 'complete', 'onconfirmation', 'finished', 'book'))).toEqual(['ReserveStateChanged']);
    expect(facets({ ...acted(1, 'complete', 'queued', 'finished', 'issue'), after: face(1, 'finished') })).toEqual(['ReserveStateChanged']);
    expect(facets(acted(1, 'cancel', 'draft', 'canceled'))).toEqual(['ReserveCanceled', 'ReserveStateChanged']);
    expect(facets(acted(1, 'expire', 'queued', 'canceled'))).toEqual(['ReserveCanceled', 'ReserveStateChanged']);
    expect(facets(acted(1, 'decline', 'queued', 'canceled'))).toEqual(['ReserveStateChanged']);
    expect(facets(acted(1, 'refund', 'finished', 'canceled'))).toEqual(['ReserveCanceled', 'ReserveRefunded', 'ReserveStateChanged']);
    expect(facets(acted(1, 'refund', 'finished', 'finished', 'none', { partial: true }))).toEqual(['ReserveRefunded']);
    expect(facets(acted(1, 'confirm', 'inprocess', 'readyforissuance', 'book'))).toEqual(['ReserveBooked', 'ReserveStateChanged']);
    expect(facets(acted(1, 'await_supplier', 'inprocess', 'onconfirmation', 'book'))).toEqual(['ReserveBooked', 'ReserveStateChanged']);
    expect(facets(acted(1, 'await_supplier', 'inprocess', 'onconfirmation', 'issue'))).toEqual(['ReserveStateChanged']);
  });

  test('of data', () => {
    const was = face(1, 'draft', { total: '10.00', currency: 'RUB' });
    const at = Temporal.Instant.from('2026-11-22T12:00:00Z');
    const change = (after: Partial<OrderFace>) => facets({ before: was, after: { ...was, ...after } });
    expect(change({ total: '10.01' })).toEqual(['ReservePriceChanged']);
    expect(change({ currency: 'EUR' })).toEqual(['ReservePriceChanged']);
    expect(change({ time_limit: at })).toEqual(['ReserveTimeLimitChanged']);
    expect(change({})).toBeUndefined();
    expect(
      facets({ before: { ...was, time_limit: at }, after: { ...was, time_limit: Temporal.Instant.from('2026-11-22T15:00:00+03:00') } }),
    ).toBeUndefined();
    expect(facets({ before: was, after: was, filesAdded: ['a.pdf', 'b.pdf'] })).toEqual(['ReserveFileAdded']);
  });

  test('several at once, in the order of precedence', () => {
    const before = face(1, 'inprocess', { phase: 'issue' });
    const after = face(1, 'finished', { total: '5.00', currency: 'RUB', documents: ticket });
    expect(facets({ before, after, action: 'complete', filesAdded: ['t.pdf'] })).toEqual([
      'ReserveIssued',
      'ReserveStateChanged',
      'ReservePriceChanged',
      'ReserveFileAdded',
    ]);
  });
});

describe('the one-callback rule (spec 3.1)', () => {
  test('a step of the trip alone is one piece of news without an order', () => {
    expect(told({ tripBefore: 'draft', tripAfter: 'cleancopy', steps: [] }).news).toEqual([[null, 'ComplexReserveStateChanged']]);
  });
  test('the carrier of a trip-wide action is the first changed order by id', () => {
    const steps = [9, 7, 8].map((id) => acted(id, 'issue', 'readyforissuance', 'inprocess'));
    expect(told({ tripBefore: 'cleancopy', tripAfter: 'forexecution', steps }).news).toEqual([
      [7, 'ComplexReserveStateChanged', 'ReserveStateChanged'],
      [8, 'ReserveStateChanged'],
      [9, 'ReserveStateChanged'],
    ]);
  });
  test('a partial refund does not carry: the trip has not moved by it', () => {
    const price: OrderStep = { before: face(3, 'draft'), after: face(3, 'draft', { total: '1.00', currency: 'RUB' }) };
    expect(told({ tripBefore: 'draft', tripAfter: 'canceled', steps: [price] }).news).toEqual([
      [null, 'ComplexReserveStateChanged'],
      [3, 'ReservePriceChanged'],
    ]);
  });
});

const state = fc.constantFrom(...ORDER_STATES);
const anyFace = (id: number): fc.Arbitrary<OrderFace> =>
  fc.record({
    id_Reserve: fc.constant(id),
    ReserveState: state,
    phase: fc.constantFrom(...PHASES),
    total: fc.constantFrom('1.00', '2.00'),
    currency: fc.constantFrom('RUB', 'EUR'),
    time_limit: fc.constantFrom(null, Temporal.Instant.from('2026-01-01T00:00:00Z')),
    documents: fc.constantFrom([], ticket),
  });
const anyStep = (id: number): fc.Arbitrary<OrderStep> =>
  fc
    .record({
      before: fc.option(anyFace(id), { nil: undefined, freq: 4 }),
      after: anyFace(id),
      action: fc.option(fc.constantFrom(...ORDER_ACTIONS), { nil: undefined }),
      partial: fc.boolean(),
      filesAdded: fc.constantFrom<string[]>([], ['a.pdf']),
    })
    .map(({ action, ...step }) => (action === undefined ? step : { ...step, action }));
const anyChange: fc.Arbitrary<ChangeSet> = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 6 }).chain((ids) =>
  fc.record({
    tripBefore: fc.constantFrom(...TRIP_STATES),
    tripAfter: fc.constantFrom(...TRIP_STATES),
    steps: fc.tuple(...ids.map(anyStep)),
    others: fc.array(state, { maxLength: 3 }),
  }),
);

describe('whatever the change set', () => {
  const moved = ({ before, after }: OrderStep): boolean => before === undefined || before.ReserveState !== after.ReserveState;

  test('never more than one piece of news is about the trip, and there is one exactly when its state changed', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const { tripState, news } = settle(change);
        const about = news.filter(({ facets }) => facets.includes('ComplexReserveStateChanged'));
        expect(about).toHaveLength(tripState === change.tripBefore ? 0 : 1);
        // With the data of an order exactly when one was created or changed state; then of the first by id.
        const carriers = change.steps.filter(moved).map(({ after }) => after.id_Reserve);
        if (about[0]) expect(about[0].step?.after.id_Reserve).toBe(carriers.length > 0 ? Math.min(...carriers) : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  test('every notable change of an order is in exactly one piece of news, and none is empty', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const { news } = settle(change);
        const ids = news.flatMap(({ step }) => (step ? [step.after.id_Reserve] : []));
        expect(new Set(ids).size).toBe(ids.length);
        for (const { step, facets } of news) {
          expect(facets.length).toBeGreaterThan(0);
          expect(facets).toEqual(FACETS.filter((facet) => facets.includes(facet)));
          if (!step) expect(facets).toEqual(['ComplexReserveStateChanged']);
        }
        for (const step of change.steps) {
          const { before, after, filesAdded = [] } = step;
          const notable =
            moved(step) ||
            before?.total !== after.total ||
            before?.currency !== after.currency ||
            String(before?.time_limit) !== String(after.time_limit) ||
            filesAdded.length > 0;
          if (notable) expect(ids, JSON.stringify(step)).toContain(after.id_Reserve);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('the trip makes at most one step: its own, or that of the first rule', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const { tripState, rule } = settle(change);
        if (change.tripBefore !== change.tripAfter) expect([tripState, rule]).toEqual([change.tripAfter, undefined]);
        else if (rule === undefined) expect(tripState).toBe(change.tripBefore);
      }),
      { numRuns: 1_000 },
    );
  });
});
