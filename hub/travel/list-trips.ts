import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { organizationsOf } from './find-object.ts';
import { wholeOf } from './find-trip.ts';
import { listCursor } from './list-cursor.ts';
import { type OrderView, orderView, tripSummary } from './show-trip.ts';
import { filesOf } from './sql/files.ts';
import { listOrders as orderRows, ordersOfTrips } from './sql/orders.ts';
import { listTrips as tripRows, tripsById } from './sql/trips.ts';

interface ListQuery {
  readonly organization?: number | undefined;
  readonly state?: string | undefined;
  readonly person?: number | undefined;
  readonly changedSince?: Temporal.Instant | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The trips that the caller may see, by id, without their orders. @throws HubError FORBIDDEN, BAD_REQUEST `cursor`. */
export async function listTrips(
  db: Queryable,
  caller: Caller,
  query: ListQuery & { readonly OuterId?: string | undefined },
): Promise<Page<ReturnType<typeof tripSummary>>> {
  const { organization, state, OuterId, person, changedSince, after, limit } = query;
  const scope = organizationsOf(requireScope(caller, 'travel.read'));
  const rows = await tripRows(
    db,
    scope,
    organization ?? null,
    state ?? null,
    OuterId ?? null,
    person ?? null,
    changedSince ?? null,
    listCursor.idOf(after),
    limit + 1,
  );
  const { items, next } = pageOf(rows, limit, ({ id_ComplexReserve }) => listCursor.after(id_ComplexReserve));
  const orders =
    items.length === 0
      ? []
      : await ordersOfTrips(
          db,
          items.map(({ id_ComplexReserve }) => id_ComplexReserve),
        );
  const byTrip = Map.groupBy(orders, ({ id_ComplexReserve }) => id_ComplexReserve);
  return { items: items.map((row) => tripSummary(wholeOf(row, byTrip.get(row.id_ComplexReserve) ?? []))), next };
}

/** The orders that the caller may see, by id. @throws HubError FORBIDDEN, BAD_REQUEST `cursor`. */
export async function listOrders(
  db: Queryable,
  caller: Caller,
  query: ListQuery & { readonly type?: string | undefined; readonly trip?: number | undefined },
): Promise<Page<OrderView>> {
  const { organization, state, type, trip, person, changedSince, after, limit } = query;
  const scope = organizationsOf(requireScope(caller, 'travel.read'));
  const rows = await orderRows(
    db,
    scope,
    organization ?? null,
    state ?? null,
    type ?? null,
    trip ?? null,
    person ?? null,
    changedSince ?? null,
    listCursor.idOf(after),
    limit + 1,
  );
  const { items, next } = pageOf(rows, limit, ({ id_Reserve }) => listCursor.after(id_Reserve));
  if (items.length === 0) return { items: [], next };
  const files = await filesOf(
    db,
    items.map(({ id_Reserve }) => id_Reserve),
  );
  const trips = await tripsById(db, [...new Set(items.map(({ id_ComplexReserve }) => id_ComplexReserve))]);
  const wholes = new Map(trips.map((row) => [row.id_ComplexReserve, wholeOf(row, [])]));
  return {
    items: items.flatMap((order) => {
      const whole = wholes.get(order.id_ComplexReserve);
      return whole ? [orderView(order, whole, files)] : [];
    }),
    next,
  };
}
