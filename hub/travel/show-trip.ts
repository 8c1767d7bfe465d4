import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needOrder, needTrip, type TripRight, type WholeTrip } from './find-trip.ts';
import { listCursor } from './list-cursor.ts';
import { isLive, orderActions } from './order.ts';
import { totalsOf } from './price.ts';
import { type FileRow, filesOf } from './sql/files.ts';
import { type HistoryEntry, historyOfOrder, historyOfTrip } from './sql/history.ts';

export type { HistoryEntry };

import type { OrderRow } from './sql/orders.ts';
import { tripActions, tripTimeLimit } from './trip.ts';

/** What a trip shows without its orders. */
export function tripSummary({ trip, organization, orders }: WholeTrip) {
  const { submittedBy, ...fields } = trip;
  return {
    ...fields,
    OrganizationName: organization.organizationName,
    submitted_by: submittedBy,
    time_limit: tripTimeLimit(orders),
    totals: totalsOf(orders.filter(isLive)),
  };
}

/** What an order shows. `actions`: those that the states allow. */
export function orderView(order: OrderRow, { trip, now }: Pick<WholeTrip, 'trip' | 'now'>, files: readonly FileRow[]) {
  const { failedFrom: _, limitHandled: __, busyUntil, ...fields } = order;
  return {
    ...fields,
    supplier_call_until: busyUntil !== null && Temporal.Instant.compare(busyUntil, now) > 0 ? busyUntil : null,
    files: files.filter(({ id_Reserve }) => id_Reserve === order.id_Reserve).map(({ id_Reserve: ___, ...file }) => file),
    actions: orderActions(order, trip.ComplexState, now),
  };
}

export type TripView = ReturnType<typeof tripSummary> & { readonly actions: readonly string[]; readonly orders: readonly OrderView[] };
export type OrderView = ReturnType<typeof orderView>;

/** A trip with its orders. @throws HubError NOT_FOUND, also for one of a foreign organization. */
export async function showTrip(db: Queryable, caller: Caller, id: number, right: TripRight = 'travel.read'): Promise<TripView> {
  const whole = await needTrip(db, caller, id, right);
  const files = await filesOf(
    db,
    whole.orders.map(({ id_Reserve }) => id_Reserve),
  );
  return {
    ...tripSummary(whole),
    actions: tripActions(whole.trip.ComplexState),
    orders: whole.orders.map((order) => orderView(order, whole, files)),
  };
}

/** One order. @throws HubError NOT_FOUND, also for one of a foreign organization. */
export async function showOrder(db: Queryable, caller: Caller, id: number, right: TripRight = 'travel.read'): Promise<OrderView> {
  const whole = await needOrder(db, caller, id, right);
  return orderView(whole.order, whole, await filesOf(db, [id]));
}

interface HistoryQuery {
  readonly id: number;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Every transition of a trip and of its orders, the oldest first. @throws HubError NOT_FOUND, BAD_REQUEST `cursor`. */
export async function showTripHistory(db: Queryable, caller: Caller, { id, after, limit }: HistoryQuery): Promise<Page<HistoryEntry>> {
  await needTrip(db, caller, id, 'travel.read');
  return historyPage(await historyOfTrip(db, id, listCursor.idOf(after), limit + 1), limit);
}

/** Every transition of an order, the oldest first. @throws HubError NOT_FOUND, BAD_REQUEST `cursor`. */
export async function showOrderHistory(db: Queryable, caller: Caller, { id, after, limit }: HistoryQuery): Promise<Page<HistoryEntry>> {
  await needOrder(db, caller, id, 'travel.read');
  return historyPage(await historyOfOrder(db, id, listCursor.idOf(after), limit + 1), limit);
}

function historyPage(rows: readonly (HistoryEntry & { readonly id: number })[], limit: number): Page<HistoryEntry> {
  const { items, next } = pageOf(rows, limit, ({ id }) => listCursor.after(id));
  return { items: items.map(({ id: _, ...entry }) => entry), next };
}
