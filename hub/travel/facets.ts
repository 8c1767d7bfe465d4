import type { Order } from './order.ts';
import type { OrderAction } from './transitions.ts';

/** Everything that can have happened to the subject of an event, the highest precedence first (spec 3.2). */
export const FACETS = [
  'ComplexReserveStateChanged',
  'ReserveCreated',
  'ReserveIssued',
  'ReserveCanceled',
  'ReserveRefunded',
  'ReserveExchanged',
  'ReserveBooked',
  'ReserveStateChanged',
  'ReservePriceChanged',
  'ReserveTimeLimitChanged',
  'ReserveFileAdded',
] as const;
export type Facet = (typeof FACETS)[number];

/** A trip was stored: a change set of its own, before that of its first order. */
export const TRIP_CREATED = 'ComplexReserveCreated';
export type EventType = Facet | typeof TRIP_CREATED;

/** What of an order the news are made of. */
export type OrderFace = Pick<Order, 'id_Reserve' | 'ReserveState' | 'phase' | 'total' | 'currency' | 'time_limit' | 'documents'>;

/** What happened to one order. */
export interface OrderStep {
  /** Undefined: it was created. */
  readonly before: OrderFace | undefined;
  readonly after: OrderFace;
  /** Undefined: created, or its data were changed. */
  readonly action?: OrderAction;
  readonly partial?: boolean;
  readonly filesAdded?: readonly string[];
}

/** News of one order, or of the trip alone. */
export interface News {
  readonly step: OrderStep | undefined;
  /** In the order of precedence, at least one. */
  readonly facets: readonly Facet[];
}
