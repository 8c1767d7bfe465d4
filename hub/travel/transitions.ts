/**
 * The states of orders and trips and every step between them, as data (spec 2.3 to 2.5). Rules in order.ts, trip.ts and change-set.ts apply
 * the tables; tests and the console read them. A state that a row does not name refuses the action: 409 `bad_state`, nothing changes.
 *
 * Order: creating -ready-> draft -book-> inprocess -confirm-> readyforissuance -issue-> inprocess or queued -complete-> finished;
 *   on the way onconfirmation (with the supplier), queued (with the agent), needswork (with the client), error; canceled ends it.
 * Trip: draft -(submit -> authorizing -approve)-> cleancopy -issue-> forexecution -> finished; canceled ends it.
 */
export const ORDER_STATES = [
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
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const TRIP_STATES = ['draft', 'authorizing', 'cleancopy', 'forexecution', 'finished', 'canceled'] as const;
export type TripState = (typeof TRIP_STATES)[number];

/** What an order is on its way to. It stays while the order waits in `queued`, `needswork` or `error`. Internal: no callback shows it. */
export const PHASES = ['none', 'book', 'issue', 'exchange'] as const;
export type Phase = (typeof PHASES)[number];

/** Who may act: a user of the client, an agent of the agency, the hub or an adapter (`travel.agent`). */
export type Actor = 'user' | 'agent' | 'system';

/** What must hold besides the state. */
export type OrderGuard =
  /** (a) only while the order is being booked */
  | 'booking'
  /** (c) only while it is being issued or exchanged, and with at least one document */
  | 'documents'
  /** (d) only while no supplier call runs: 409 `order_busy` */
  | 'idle';

/** A step to a state, to the state before `fail`, or to one of two by what the order is or what is asked. */
export interface OrderCell {
  readonly to: OrderState | 'before fail';
  readonly guard?: OrderGuard;
  /** (b) where a service that is not automated goes instead */
  readonly manual?: OrderState;
  /** (e) where a partial refund leaves the order */
  readonly partly?: OrderState;
}

/** What a call of the action may bring along; it becomes part of the same change. */
export type OrderExtra = 'locator' | 'supplier' | 'time_limit' | 'prices' | 'documents' | 'partial';

export interface OrderRow {
  readonly by: readonly Actor[];
  /** States of the trip in which it is possible; otherwise 409 `trip_state`. */
  readonly trip: readonly TripState[];
  /** The phase afterwards. (Default: it stays) */
  readonly phase?: Phase;
  readonly takes: readonly OrderExtra[];
  readonly cells: Readonly<Partial<Record<OrderState, OrderCell>>>;
}

const NOT_CANCELED: readonly TripState[] = ['draft', 'authorizing', 'cleancopy', 'forexecution', 'finished'];
const FROM_SUPPLIER = ['locator', 'supplier', 'time_limit', 'prices'] as const;

const all = (states: readonly OrderState[], to: OrderState): Partial<Record<OrderState, OrderCell>> =>
  Object.fromEntries(states.map((state) => [state, { to }]));

/** Spec 2.4. */
export const ORDER_TABLE = {
  ready: { by: ['system'], trip: NOT_CANCELED, takes: [], cells: { creating: { to: 'draft' } } },
  book: { by: ['user'], trip: ['draft'], phase: 'book', takes: [], cells: { draft: { to: 'inprocess' } } },
  await_supplier: {
    by: ['system', 'agent'],
    trip: NOT_CANCELED,
    takes: FROM_SUPPLIER,
    cells: all(['inprocess', 'queued'], 'onconfirmation'),
  },
  confirm: {
    by: ['system', 'agent'],
    trip: NOT_CANCELED,
    // Booked and not issued, also when an agent sets an issue that cannot be done back to this.
    phase: 'book',
    takes: FROM_SUPPLIER,
    cells: { inprocess: { to: 'readyforissuance', guard: 'booking' }, ...all(['onconfirmation', 'queued'], 'readyforissuance') },
  },
  queue: {
    by: ['system', 'agent'],
    trip: NOT_CANCELED,
    takes: [],
    cells: all(['inprocess', 'onconfirmation', 'readyforissuance', 'needswork', 'error'], 'queued'),
  },
  ask_client: {
    by: ['agent'],
    trip: NOT_CANCELED,
    takes: [],
    cells: all(['inprocess', 'onconfirmation', 'readyforissuance', 'queued', 'error'], 'needswork'),
  },
  resume: { by: ['user', 'agent'], trip: NOT_CANCELED, takes: [], cells: all(['queued', 'needswork'], 'inprocess') },
  issue: {
    by: ['user', 'agent'],
    trip: ['cleancopy', 'forexecution'],
    phase: 'issue',
    takes: [],
    cells: { readyforissuance: { to: 'inprocess', manual: 'queued' } },
  },
  complete: {
    by: ['system', 'agent'],
    trip: NOT_CANCELED,
    phase: 'none',
    takes: ['locator', 'supplier', 'prices', 'documents'],
    cells: { inprocess: { to: 'finished', guard: 'documents' }, ...all(['onconfirmation', 'queued'], 'finished') },
  },
  decline: {
    by: ['system', 'agent'],
    trip: NOT_CANCELED,
    phase: 'none',
    takes: [],
    cells: all(['inprocess', 'onconfirmation', 'queued'], 'canceled'),
  },
  cancel: {
    by: ['user', 'agent'],
    trip: NOT_CANCELED,
    phase: 'none',
    takes: [],
    cells: {
      ...all(['creating', 'draft', 'onconfirmation', 'readyforissuance', 'queued', 'needswork', 'error'], 'canceled'),
      inprocess: { to: 'canceled', guard: 'idle' },
    },
  },
  expire: {
    by: ['system'],
    trip: NOT_CANCELED,
    phase: 'none',
    takes: [],
    cells: {
      inprocess: { to: 'canceled', guard: 'booking' },
      ...all(['onconfirmation', 'readyforissuance', 'queued', 'needswork'], 'canceled'),
    },
  },
  fail: { by: ['system'], trip: NOT_CANCELED, takes: [], cells: all(['creating', 'inprocess'], 'error') },
  retry: { by: ['user', 'agent'], trip: NOT_CANCELED, takes: [], cells: { error: { to: 'before fail' } } },
  exchange: { by: ['agent'], trip: NOT_CANCELED, phase: 'exchange', takes: [], cells: { finished: { to: 'inprocess' } } },
  refund: {
    by: ['agent'],
    trip: NOT_CANCELED,
    phase: 'none',
    takes: ['prices', 'partial'],
    cells: { finished: { to: 'canceled', partly: 'finished' } },
  },
} as const satisfies Record<string, OrderRow>;
export type OrderAction = keyof typeof ORDER_TABLE;
export const ORDER_ACTIONS = Object.keys(ORDER_TABLE) as OrderAction[];
/** A row as its type says, not as its literals do. */
export const orderRow = (action: OrderAction): OrderRow => ORDER_TABLE[action];

/** What must hold besides the state of the trip. */
export type TripGuard =
  | 'organization active'
  | 'a draft order'
  | 'a ready order'
  | 'no finished order'
  /** right `travel.agent` */
  | 'agent'
  /** G: live orders, all of them booked, and every mandatory code */
  | 'booked and coded'
  | 'not the submitter'
  | 'reason'
  | 'no authorization';

export interface TripCell {
  readonly to: TripState;
  readonly guards: readonly TripGuard[];
}

export interface TripRow {
  /** What it does with orders: books every draft one, issues every ready one, cancels every live one. */
  readonly orders?: 'book' | 'issue' | 'cancel';
  readonly cells: Readonly<Partial<Record<TripState, TripCell>>>;
}

const step = (to: TripState, ...guards: readonly TripGuard[]): TripCell => ({ to, guards });

/** Spec 2.5. */
export const TRIP_TABLE = {
  add_order: { cells: { draft: step('draft', 'organization active'), cleancopy: step('draft', 'organization active') } },
  book: { orders: 'book', cells: { draft: step('draft', 'a draft order') } },
  set_codes: { cells: { draft: step('draft'), cleancopy: step('cleancopy'), forexecution: step('forexecution', 'agent') } },
  submit: { cells: { draft: step('authorizing', 'booked and coded') } },
  approve: { cells: { authorizing: step('cleancopy', 'not the submitter', 'booked and coded') } },
  reject: { cells: { authorizing: step('draft', 'reason') } },
  recall: { cells: { authorizing: step('draft') } },
  to_cleancopy: { cells: { draft: step('cleancopy', 'no authorization', 'booked and coded') } },
  to_draft: { cells: { cleancopy: step('draft', 'no finished order') } },
  issue: { orders: 'issue', cells: { cleancopy: step('forexecution', 'a ready order') } },
  cancel: {
    orders: 'cancel',
    cells: {
      draft: step('canceled', 'no finished order'),
      authorizing: step('canceled', 'no finished order'),
      cleancopy: step('canceled', 'no finished order'),
      forexecution: step('canceled', 'no finished order'),
    },
  },
  reopen: { cells: { finished: step('forexecution', 'agent') } },
} as const satisfies Record<string, TripRow>;
export type TripAction = keyof typeof TRIP_TABLE;
export const tripRow = (action: TripAction): TripRow => TRIP_TABLE[action];

/** Actions that stand in the path of a call; adding an order and setting codes have calls of their own. */
export const TRIP_ACTIONS = (Object.keys(TRIP_TABLE) as TripAction[]).filter(
  (action): action is Exclude<TripAction, 'add_order' | 'set_codes'> => action !== 'add_order' && action !== 'set_codes',
);

/** What a change of orders brings about in their trip, in the same transaction; the first rule that fits, at most one step. */
export interface RollUpRule {
  readonly rule: 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6';
  readonly from: readonly TripState[];
  readonly when:
    | 'an order added'
    | 'an order issued'
    | 'an order in trouble'
    | 'all live orders finished'
    | 'no live order'
    | 'an order exchanged';
  readonly to: TripState;
}

/** Spec 2.5. In `draft` the loss of the last order moves nothing: the user may add another. */
export const ROLL_UP: readonly RollUpRule[] = [
  { rule: 'R1', from: ['cleancopy'], when: 'an order added', to: 'draft' },
  { rule: 'R2', from: ['cleancopy'], when: 'an order issued', to: 'forexecution' },
  { rule: 'R3', from: ['authorizing', 'cleancopy'], when: 'an order in trouble', to: 'draft' },
  { rule: 'R4', from: ['forexecution'], when: 'all live orders finished', to: 'finished' },
  { rule: 'R5', from: ['authorizing', 'cleancopy', 'forexecution', 'finished'], when: 'no live order', to: 'canceled' },
  { rule: 'R6', from: ['finished'], when: 'an order exchanged', to: 'forexecution' },
];
