import { describe, expect, test } from 'vitest';
import type { HubError } from '../../core/errors.ts';
import type { Order } from '../order.ts';
import { orderActions, stepOrder } from '../order.ts';
import {
  ORDER_ACTIONS,
  ORDER_STATES,
  type OrderAction,
  type OrderState,
  PHASES,
  TRIP_STATES,
  TRIP_TABLE,
  type TripAction,
  type TripState,
} from '../transitions.ts';
import { stepTrip, type Trip, type TripActor, type TripFacts } from '../trip.ts';

const NOW = Temporal.Instant.from('2026-11-22T12:00:00Z');

const order = (fields: Partial<Order> = {}): Order => ({
  id_Reserve: 1042,
  id_ComplexReserve: 77,
  ReserveType: 'avia',
  automated: true,
  ReserveState: 'draft',
  phase: 'none',
  failedFrom: null,
  supplier: null,
  locator: null,
  persons: [],
  service: {},
  prices: [],
  total: null,
  currency: null,
  time_limit: null,
  limitHandled: false,
  busyUntil: null,
  documents: [],
  codes: [],
  version: 1,
  created_at: NOW,
  ...fields,
});

/** The reason of the refusal, or the state afterwards. */
function outcome(step: () => { ReserveState: string } | string): string {
  try {
    const after = step();
    return typeof after === 'string' ? after : after.ReserveState;
  } catch (error) {
    const { status, reason } = error as HubError;
    return `${status} ${reason}`;
  }
}

// Spec 2.4, copied by hand from the table: columns are the present states.
const COLUMNS: OrderState[] = [
  'creating',
  'draft',
  'inprocess',
  'onconfirmation',
  'readyforissuance',
  'queued',
  'needswork',
  'error',
  'finished',
  'canceled',
];
const EXPECTED: Record<OrderAction, string> = {
  ready: 'draft . . . . . . . . .',
  book: '. inprocess . . . . . . . .',
  await_supplier: '. . onconfirmation . . onconfirmation . . . .',
  confirm: '. . readyforissuance(a) readyforissuance . readyforissuance . . . .',
  queue: '. . queued queued queued . queued queued . .',
  ask_client: '. . needswork needswork needswork needswork . needswork . .',
  resume: '. . . . . inprocess inprocess . . .',
  issue: '. . . . inprocess|queued . . . . .',
  complete: '. . finished(c) finished . finished . . . .',
  decline: '. . canceled canceled . canceled . . . .',
  cancel: 'canceled canceled canceled(d) canceled canceled canceled canceled canceled . .',
  expire: '. . canceled(a) canceled canceled canceled canceled . . .',
  fail: 'error . error . . . . . . .',
  retry: '. . . . . . . before . .',
  exchange: '. . . . . . . . inprocess .',
  refund: '. . . . . . . . canceled .',
};
/** Trips in which an action is possible at all. */
const tripFor = (action: OrderAction): TripState => (action === 'issue' ? 'cleancopy' : 'draft');

describe('every cell of the table of orders (spec 2.4)', () => {
  test('the table has the actions and states of the specification', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...ORDER_ACTIONS].sort());
    expect([...COLUMNS].sort()).toEqual([...ORDER_STATES].sort());
  });

  for (const action of ORDER_ACTIONS) {
    const cells = EXPECTED[action].split(' ');
    for (const [at, state] of COLUMNS.entries()) {
      const cell = cells[at] ?? '';
      test(`${action} of ${state}: ${cell}`, () => {
        const bare = order({ ReserveState: state, phase: 'book', failedFrom: 'creating' });
        const issuing = { ...bare, phase: 'issue' as const, documents: [{ kind: 'ticket' as const, number: '1' }] };
        const step = (from: Order): string => outcome(() => stepOrder(action, from, tripFor(action), { now: NOW }));
        if (cell === '.') {
          for (const phase of PHASES) expect(step({ ...issuing, phase })).toBe('409 bad_state');
        } else if (cell.endsWith('(a)')) {
          expect(step(bare)).toBe(cell.slice(0, -3));
          for (const phase of ['none', 'issue', 'exchange'] as const) expect(step({ ...bare, phase })).toBe('409 bad_state');
        } else if (cell.endsWith('(c)')) {
          expect(step(issuing)).toBe('finished');
          expect(step({ ...issuing, phase: 'exchange' })).toBe('finished');
          expect(step({ ...issuing, phase: 'book' })).toBe('409 bad_state');
          expect(step({ ...issuing, documents: [] })).toBe('409 bad_state');
        } else if (cell.endsWith('(d)')) {
          expect(step(bare)).toBe('canceled');
          expect(step({ ...bare, busyUntil: NOW.add({ seconds: 1 }) })).toBe('409 order_busy');
          expect(step({ ...bare, busyUntil: NOW })).toBe('canceled');
        } else if (cell === 'inprocess|queued') {
          expect(step(bare)).toBe('inprocess');
          expect(step({ ...bare, automated: false })).toBe('queued');
        } else if (cell === 'before') {
          expect(step(bare)).toBe('creating');
          expect(step({ ...bare, failedFrom: 'inprocess' })).toBe('inprocess');
        } else expect(step(bare)).toBe(cell);
      });
    }
  }

  test('a partial refund keeps the order finished, a full one cancels it (e)', () => {
    const finished = order({ ReserveState: 'finished' });
    expect(stepOrder('refund', finished, 'finished', { now: NOW, partial: true })).toEqual(finished);
    expect(stepOrder('refund', finished, 'finished', { now: NOW }).ReserveState).toBe('canceled');
  });

  test('the state of the trip: book needs a draft, issue a clean copy or one under way, nothing but reads in a canceled one', () => {
    for (const action of ORDER_ACTIONS) {
      const state = COLUMNS.find((_, at) => EXPECTED[action].split(' ')[at] !== '.') as OrderState;
      const from = order({
        ReserveState: state,
        phase: action === 'complete' ? 'issue' : 'book',
        documents: [{ kind: 'ticket', number: '1' }],
      });
      const wanted = (trip: TripState): boolean =>
        action === 'book' ? trip === 'draft' : action === 'issue' ? trip === 'cleancopy' || trip === 'forexecution' : trip !== 'canceled';
      for (const trip of TRIP_STATES) {
        const found = outcome(() => stepOrder(action, from, trip, { now: NOW }));
        if (wanted(trip)) expect(found, `${action} in ${trip}`).not.toMatch(/^4/);
        else expect(found, `${action} in ${trip}`).toBe('409 trip_state');
        expect(orderActions(from, trip, NOW).includes(action), `${action} in ${trip}`).toBe(wanted(trip));
      }
    }
  });

  test('the phase stays while an order waits, so a service that is not automated completes as an issue', () => {
    const step = (action: OrderAction, from: Order): Order => stepOrder(action, from, 'forexecution', { now: NOW });
    const issued = step('issue', order({ ReserveState: 'readyforissuance', phase: 'book', automated: false }));
    expect(issued).toMatchObject({ ReserveState: 'queued', phase: 'issue' });
    const asked = step('ask_client', issued);
    const resumed = step('resume', asked);
    expect(resumed).toMatchObject({ ReserveState: 'inprocess', phase: 'issue' });
    const failed = step('fail', resumed);
    expect(failed).toMatchObject({ ReserveState: 'error', phase: 'issue', failedFrom: 'inprocess' });
    expect(step('retry', failed)).toMatchObject({ ReserveState: 'inprocess', phase: 'issue', failedFrom: null });
    const documents = [{ kind: 'voucher' as const, number: 'V-1' }];
    expect(step('complete', { ...resumed, documents })).toMatchObject({ ReserveState: 'finished', phase: 'none' });
    expect(step('exchange', order({ ReserveState: 'finished' })).phase).toBe('exchange');
  });

  test('past its time limit an order is not issued, and says so', () => {
    const ready = order({ ReserveState: 'readyforissuance', phase: 'book', time_limit: NOW });
    expect(outcome(() => stepOrder('issue', ready, 'cleancopy', { now: NOW }))).toBe('422 time_limit');
    expect(orderActions(ready, 'cleancopy', NOW)).not.toContain('issue');
    expect(outcome(() => stepOrder('issue', { ...ready, time_limit: NOW.add({ seconds: 1 }) }, 'cleancopy', { now: NOW }))).toBe(
      'inprocess',
    );
  });

  test('a refusal names the allowed actions (B14)', () => {
    const act = () => stepOrder('book', order({ ReserveState: 'finished' }), 'finished', { now: NOW });
    expect(act).toThrow('order 1042 is finished: book is not possible; possible: exchange, refund');
    try {
      act();
    } catch (error) {
      expect((error as HubError).details).toEqual([
        { code: 'allowed', path: '', message: 'exchange' },
        { code: 'allowed', path: '', message: 'refund' },
      ]);
      expect((error as HubError).russian).toContain('состояние «выполнен»');
    }
    expect(() => stepOrder('retry', order({ ReserveState: 'canceled' }), 'draft', { now: NOW })).toThrow('nothing is');
  });
});

const trip = (state: TripState): Trip => ({
  id_ComplexReserve: 77,
  OuterId: null,
  id_Organization: 5,
  Name: '',
  ComplexState: state,
  persons: [],
  codes: [],
  submittedBy: 'boris',
  version: 1,
  created_at: NOW,
});

// Spec 2.5, copied by hand.
const TRIP_COLUMNS: TripState[] = ['draft', 'authorizing', 'cleancopy', 'forexecution', 'finished', 'canceled'];
const EXPECTED_TRIPS: Record<TripAction, string> = {
  add_order: 'draft . draft . . .',
  book: 'draft . . . . .',
  set_codes: 'draft . cleancopy forexecution . .',
  submit: 'authorizing . . . . .',
  approve: '. cleancopy . . . .',
  reject: '. draft . . . .',
  recall: '. draft . . . .',
  to_cleancopy: 'cleancopy . . . . .',
  to_draft: '. . draft . . .',
  issue: '. . forexecution . . .',
  cancel: 'canceled canceled canceled canceled . .',
  reopen: '. . . . forexecution .',
};

describe('every cell of the table of trips (spec 2.5)', () => {
  const facts = (state: TripState, more: Partial<TripFacts> = {}): TripFacts => ({
    trip: trip(state),
    orders: [order({ ReserveState: 'readyforissuance' })],
    organization: { active: true, authorization: 'none' },
    missing: [],
    ...more,
  });
  const actor: TripActor = { login: 'anna', agent: true, reason: 'because' };
  const step = (action: TripAction, given: TripFacts, by: TripActor = actor): string => outcome(() => stepTrip(action, given, by));
  const drafts = { orders: [order()] };

  test('the table has the actions and states of the specification', () => {
    expect(Object.keys(EXPECTED_TRIPS).sort()).toEqual(Object.keys(TRIP_TABLE).sort());
    expect([...TRIP_COLUMNS].sort()).toEqual([...TRIP_STATES].sort());
  });

  for (const action of Object.keys(EXPECTED_TRIPS) as TripAction[]) {
    const cells = EXPECTED_TRIPS[action].split(' ');
    for (const [at, state] of TRIP_COLUMNS.entries()) {
      test(`${action} of ${state}: ${cells[at]}`, () => {
        const given = facts(state, action === 'book' ? drafts : {});
        expect(step(action, given)).toBe(cells[at] === '.' ? '409 bad_state' : cells[at]);
      });
    }
  }

  test('the guards', () => {
    expect(step('add_order', facts('draft', { organization: { active: false, authorization: 'none' } }))).toBe('409 organization_inactive');
    expect(step('book', facts('draft'))).toBe('409 orders');
    expect(step('set_codes', facts('forexecution'), { ...actor, agent: false })).toBe('403 undefined');
    expect(step('set_codes', facts('cleancopy'), { ...actor, agent: false })).toBe('cleancopy');
    expect(step('approve', facts('authorizing'), { ...actor, login: 'boris' })).toBe('403 own_submission');
    expect(step('reject', facts('authorizing'), { ...actor, reason: null })).toBe('422 reason');
    expect(step('recall', facts('authorizing'), { ...actor, reason: null })).toBe('draft');
    expect(step('to_cleancopy', facts('draft', { organization: { active: true, authorization: 'required' } }))).toBe('409 authorization');
    expect(step('to_draft', facts('cleancopy', { orders: [order({ ReserveState: 'finished' })] }))).toBe('409 orders');
    expect(step('issue', facts('cleancopy', drafts))).toBe('409 orders');
    for (const state of ['draft', 'authorizing', 'cleancopy', 'forexecution'] as const)
      expect(step('cancel', facts(state, { orders: [order(), order({ ReserveState: 'finished' })] }))).toBe('409 orders');
    expect(step('reopen', facts('finished'), { ...actor, agent: false })).toBe('403 undefined');
  });

  test('G: live orders, all of them booked, and every mandatory code', () => {
    const missing = [{ id_MetaDictionary: 3, Name: 'Команда', on: 'trip' as const }];
    for (const [action, state, to] of [
      ['submit', 'draft', 'authorizing'],
      ['approve', 'authorizing', 'cleancopy'],
      ['to_cleancopy', 'draft', 'cleancopy'],
    ] as const) {
      expect(step(action, facts(state, { orders: [] }))).toBe('409 orders');
      expect(step(action, facts(state, { orders: [order({ ReserveState: 'canceled' })] }))).toBe('409 orders');
      expect(step(action, facts(state, { missing }))).toBe('422 codes_missing');
      for (const one of ORDER_STATES) {
        const booked = ['readyforissuance', 'onconfirmation', 'queued', 'finished', 'canceled'].includes(one);
        const orders = [order({ ReserveState: 'queued' }), order({ ReserveState: one })];
        expect(step(action, facts(state, { orders })), `${action} with an order ${one}`).toBe(booked ? to : '409 orders');
      }
    }
  });
});
