import * as z from 'zod';
import type { ChosenCode } from './chosen-code.ts';
import { RESERVE_TYPES, type ReserveType } from './codebooks.ts';
import { id, optionalText, requiredText, versionField } from './fields.ts';
import { type PriceLine, pricesSchema, type Total } from './price.ts';
import { badState, lacking, notNow } from './refusals.ts';
import { ORDER_STATE_NAMES, TRIP_STATE_NAMES } from './state-names.ts';
import {
  ORDER_ACTIONS,
  type OrderAction,
  type OrderCell,
  type OrderExtra,
  type OrderState,
  orderRow,
  type Phase,
  type TripState,
} from './transitions.ts';

/** A ticket or voucher that the supplier has given out. */
export interface IssuedDocument {
  readonly kind: 'ticket' | 'voucher';
  readonly number: string;
}

/**
 * An order: one service of a trip (spec 2.3). States and transitions stand in transitions.ts; `live` is every order that is not canceled.
 * Changes of all orders of a trip follow one another under the lock of the trip's row.
 */
export interface Order extends Total {
  readonly id_Reserve: number;
  readonly id_ComplexReserve: number;
  readonly ReserveType: ReserveType;
  /** Booked and issued by an adapter; otherwise an agent does it. */
  readonly automated: boolean;
  readonly ReserveState: OrderState;
  readonly phase: Phase;
  /** In `error`: the state that `retry` goes back to. */
  readonly failedFrom: OrderState | null;
  readonly supplier: string | null;
  readonly locator: string | null;
  readonly persons: readonly number[];
  readonly service: Readonly<Record<string, unknown>>;
  readonly prices: readonly PriceLine[];
  readonly time_limit: Temporal.Instant | null;
  /** The timer has done what the organization wants at this time limit; another limit begins anew. */
  readonly limitHandled: boolean;
  /** While this has not passed, a call to the supplier runs and the order cannot be canceled. */
  readonly busyUntil: Temporal.Instant | null;
  readonly documents: readonly IssuedDocument[];
  readonly codes: readonly ChosenCode[];
  readonly version: number;
  readonly created_at: Temporal.Instant;
}

export const isLive = (order: Pick<Order, 'ReserveState'>): boolean => order.ReserveState !== 'canceled';

/** Personal data and prices of one service; a form of it belongs to its adapter. Bytes of its JSON. */
const SERVICE_BYTES = 64 * 1024;

/** The years that RFC 3339 writes with four digits: what lies beyond, the database reads otherwise or not at all. */
const FIRST = Temporal.Instant.from('0001-01-01T00:00:00Z');
const LAST = Temporal.Instant.from('9999-12-31T23:59:59.999999999Z');

function isInstant(text: string): boolean {
  try {
    const instant = Temporal.Instant.from(text);
    return Temporal.Instant.compare(FIRST, instant) <= 0 && Temporal.Instant.compare(instant, LAST) <= 0;
  } catch {
    return false;
  }
}

/** An instant of a query or body: RFC 3339 with offset or Z. */
export const instantText = z
  .string()
  .max(40)
  .refine(isInstant, 'must be an instant such as 2026-11-22T14:05:00+03:00')
  .meta({ description: 'RFC 3339 with an offset or Z', example: '2026-11-22T14:05:00+03:00' });

const documents = z
  .array(z.strictObject({ kind: z.enum(['ticket', 'voucher']), number: requiredText(50) }))
  .max(50)
  .meta({ description: 'All numbers of tickets and vouchers' });

const fields = {
  automated: z.boolean().meta({ description: 'An adapter books and issues it; otherwise an agent does' }),
  supplier: optionalText(200),
  locator: optionalText(50).meta({ description: 'The booking reference at the supplier' }),
  persons: z.array(id).max(100).meta({ description: 'id_Person of the travellers' }),
  service: z
    .record(z.string().max(100), z.unknown())
    .refine((service) => Buffer.byteLength(JSON.stringify(service)) <= SERVICE_BYTES, `must have at most ${SERVICE_BYTES} bytes as JSON`)
    .meta({ description: 'Data of the service, by its type' }),
  documents,
};

/** A new order. */
export const newOrderSchema = z.strictObject({
  ReserveType: z.enum(Object.keys(RESERVE_TYPES) as [ReserveType, ...ReserveType[]]),
  automated: fields.automated.default(true),
  supplier: fields.supplier.default(null),
  locator: fields.locator.default(null),
  persons: fields.persons.default([]),
  service: fields.service.default({}),
  prices: pricesSchema.default([]),
  time_limit: instantText.nullable().default(null),
  deferred: z
    .boolean()
    .default(false)
    .meta({ description: 'Its content is not known yet: it begins in `creating`, and `ready` makes it a draft' }),
});
export type NewOrder = z.output<typeof newOrderSchema>;

/** Fields that PATCH changes; absent ones stay. */
export const orderChangeSchema = z.strictObject(fields).partial();
export type OrderChange = z.output<typeof orderChangeSchema>;

/** Why somebody did something; in history and audit. */
export const reason = optionalText(500).optional().meta({ description: 'Why; kept in the history' });

/** What an action may bring along. Which of it an action takes stands in its row of the table. */
export const orderActionSchema = z.strictObject({
  reason,
  locator: fields.locator.optional(),
  supplier: fields.supplier.optional(),
  time_limit: instantText.nullable().optional(),
  prices: pricesSchema.optional(),
  documents: documents.optional(),
  partial: z.boolean().optional().meta({ description: 'refund: only a part, `prices` are the new ones; the order stays finished' }),
  version: versionField,
});

const EXTRAS = ['locator', 'supplier', 'time_limit', 'prices', 'documents', 'partial'] as const satisfies readonly OrderExtra[];

/** @throws HubError VALIDATION with reason `not_taken` when the action has no use for something it was given. */
export function checkExtras(action: OrderAction, given: Readonly<Partial<Record<OrderExtra, unknown>>>): void {
  const { takes } = orderRow(action);
  const stray = EXTRAS.find((extra) => given[extra] !== undefined && !takes.includes(extra));
  if (stray !== undefined)
    throw lacking(
      'not_taken',
      `/${stray}`,
      `${action} takes no ${stray}; set it by a call of its own`,
      `действие ${action} не принимает ${stray}`,
    );
  if (given.partial === true && given.prices === undefined)
    throw lacking('prices', '/prices', 'a partial refund needs the new prices', 'для частичного возврата нужны новые цены');
}

const cellOf = (action: OrderAction, state: OrderState): OrderCell | undefined => orderRow(action).cells[state];

/** What a guard has against it; undefined when nothing. */
function hindrance(cell: OrderCell, order: Order, now: Temporal.Instant): 'state' | 'busy' | 'documents' | undefined {
  if (cell.guard === 'booking' && order.phase !== 'book') return 'state';
  if (cell.guard === 'documents' && order.phase !== 'issue' && order.phase !== 'exchange') return 'state';
  if (cell.guard === 'documents' && order.documents.length === 0) return 'documents';
  if (cell.guard === 'idle' && order.busyUntil !== null && Temporal.Instant.compare(order.busyUntil, now) > 0) return 'busy';
  return undefined;
}

const limitPassed = (order: Order, now: Temporal.Instant): boolean =>
  order.time_limit !== null && Temporal.Instant.compare(order.time_limit, now) <= 0;

/** Actions that the state of an order and of its trip allow; what a call must bring along and the rights of the caller are not asked. */
export function orderActions(order: Order, trip: TripState, now: Temporal.Instant): OrderAction[] {
  return ORDER_ACTIONS.filter((action) => {
    const cell = cellOf(action, order.ReserveState);
    if (!cell || !orderRow(action).trip.includes(trip)) return false;
    if (action === 'issue' && limitPassed(order, now)) return false;
    const against = hindrance(cell, order, now);
    return against === undefined || against === 'documents';
  });
}

/**
 * The order after an action (spec 2.4). What the call brings along must be in `order` already.
 * @throws HubError CONFLICT `bad_state` with the allowed actions, `trip_state`, `order_busy`; VALIDATION `time_limit`.
 */
export function stepOrder(
  action: OrderAction,
  order: Order,
  trip: TripState,
  about: { readonly now: Temporal.Instant; readonly partial?: boolean },
): Order {
  const { now, partial = false } = about;
  const thing = { kind: 'order', id: order.id_Reserve } as const;
  const state = { code: order.ReserveState, words: ORDER_STATE_NAMES[order.ReserveState] };
  const row = orderRow(action);
  const cell = cellOf(action, order.ReserveState);
  if (!cell) throw badState(thing, action, state, orderActions(order, trip, now));
  if (!row.trip.includes(trip))
    throw notNow(
      thing,
      'trip_state',
      `its trip ${order.id_ComplexReserve} is ${trip}; ${action} needs ${row.trip.join(' or ')}`,
      `командировка ${order.id_ComplexReserve} в состоянии «${TRIP_STATE_NAMES[trip].ru}»; для действия ${action} нужно: ${row.trip.map((one) => `«${TRIP_STATE_NAMES[one].ru}»`).join(' или ')}`,
    );
  const against = hindrance(cell, order, now);
  if (against === 'busy')
    throw notNow(
      thing,
      'order_busy',
      'a call to its supplier is running; try again when it has ended',
      'идёт обращение к поставщику; повторите, когда оно закончится',
    );
  if (against === 'documents')
    throw notNow(
      thing,
      'bad_state',
      'complete needs the number of at least one ticket or voucher',
      'для выполнения нужен номер хотя бы одного билета или ваучера',
    );
  if (against === 'state') throw badState(thing, action, state, orderActions(order, trip, now));
  if (action === 'issue' && limitPassed(order, now))
    throw lacking(
      'time_limit',
      '/time_limit',
      `order ${order.id_Reserve}: its time limit ${order.time_limit} has passed`,
      `заказ ${order.id_Reserve}: срок оформления ${order.time_limit} истёк`,
    );
  if (partial && cell.partly !== undefined) return { ...order, ReserveState: cell.partly };
  const manual = order.automated ? undefined : cell.manual;
  const to = manual ?? (cell.to === 'before fail' ? (order.failedFrom ?? 'inprocess') : cell.to);
  return {
    ...order,
    ReserveState: to,
    phase: row.phase ?? order.phase,
    failedFrom: action === 'fail' ? order.ReserveState : to === 'error' ? order.failedFrom : null,
    // Whatever reports an outcome ends the call to the supplier.
    busyUntil: row.by.includes('system') ? null : order.busyUntil,
  };
}
