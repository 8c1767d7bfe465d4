import { FACETS, type Facet, type News, type OrderStep } from './facets.ts';
import { type OrderState, type Phase, ROLL_UP, type RollUpRule, type TripState } from './transitions.ts';

/**
 * One applied action with its roll-up, and what there is to tell of it (spec 3.1). At most one step an order and one of the trip; an action that
 * makes two steps makes two change sets. Of every change set comes one piece of news for each order that changed notably, plus one of the trip
 * alone when its state changed and no order was created or changed state. When both happened, the news of the trip rides on the carrier: the
 * order that caused it, which is the first by id.
 */

export interface ChangeSet {
  readonly tripBefore: TripState;
  /** After the action itself, before any roll-up. */
  readonly tripAfter: TripState;
  readonly steps: readonly OrderStep[];
  /** States of the orders of the trip that the action did not touch. */
  readonly others: readonly OrderState[];
}

export interface ChangeSetResult {
  readonly tripState: TripState;
  /** The rule of the roll-up that moved the trip. */
  readonly rule: RollUpRule['rule'] | undefined;
  /** The carrier first, then by id. */
  readonly news: readonly News[];
}

const changedState = ({ before, after }: OrderStep): boolean => before === undefined || before.ReserveState !== after.ReserveState;

const CONDITIONS: Readonly<Record<RollUpRule['when'], (steps: readonly OrderStep[], states: readonly OrderState[]) => boolean>> = {
  'an order added': (steps) => steps.some(({ before }) => before === undefined),
  'an order issued': (steps) => steps.some(({ action }) => action === 'issue'),
  'an order in trouble': (steps) =>
    steps.some((step) => changedState(step) && (step.after.ReserveState === 'needswork' || step.after.ReserveState === 'error')),
  'all live orders finished': (_, states) => {
    const live = states.filter((state) => state !== 'canceled');
    return live.length > 0 && live.every((state) => state === 'finished');
  },
  'no live order': (_, states) => states.every((state) => state === 'canceled'),
  'an order exchanged': (steps) => steps.some(({ action }) => action === 'exchange'),
};

/** The rule that moves the trip; none when the action moved it itself, or when no order was created or changed state. */
function rollUp({ tripBefore, tripAfter, steps, others }: ChangeSet): RollUpRule | undefined {
  if (tripBefore !== tripAfter || !steps.some(changedState)) return undefined;
  const states = [...others, ...steps.map(({ after }) => after.ReserveState)];
  return ROLL_UP.find(({ from, when }) => from.includes(tripAfter) && CONDITIONS[when](steps, states));
}

const sameInstant = (one: Temporal.Instant | null, other: Temporal.Instant | null): boolean =>
  one === null || other === null ? one === other : one.equals(other);

/** When each facet of an order arises (spec 3.2). The first one is the trip's. */
function ownFacets({ before, after, action, partial = false, filesAdded = [] }: OrderStep): Facet[] {
  const phase: Phase = before?.phase ?? 'none';
  const arisen: Readonly<Partial<Record<Facet, boolean>>> = {
    ReserveCreated: before === undefined,
    ReserveIssued: action === 'complete' && phase === 'issue' && after.documents.length > 0,
    ReserveCanceled: action === 'cancel' || action === 'expire' || (action === 'refund' && !partial),
    ReserveRefunded: action === 'refund',
    ReserveExchanged: action === 'complete' && phase === 'exchange',
    ReserveBooked: action === 'confirm' || (action === 'await_supplier' && phase === 'book'),
    ReserveStateChanged: before !== undefined && before.ReserveState !== after.ReserveState,
    ReservePriceChanged: before !== undefined && (before.total !== after.total || before.currency !== after.currency),
    ReserveTimeLimitChanged: before !== undefined && !sameInstant(before.time_limit, after.time_limit),
    ReserveFileAdded: filesAdded.length > 0,
  };
  return FACETS.filter((facet) => arisen[facet] === true);
}

/** Decides the roll-up and what is told of the change. */
export function settle(change: ChangeSet): ChangeSetResult {
  const rule = rollUp(change);
  const tripState = rule?.to ?? change.tripAfter;
  const tripMoved = tripState !== change.tripBefore;
  const steps = [...change.steps].sort((one, other) => one.after.id_Reserve - other.after.id_Reserve);
  const carrier = tripMoved ? steps.find(changedState) : undefined;
  const news = steps
    .map((step): News => ({ step, facets: [...(step === carrier ? (['ComplexReserveStateChanged'] as const) : []), ...ownFacets(step)] }))
    .filter(({ facets }) => facets.length > 0);
  if (tripMoved && !carrier) news.unshift({ step: undefined, facets: ['ComplexReserveStateChanged'] });
  return { tripState, rule: rule?.rule, news };
}
