import type { Queryable } from '../core/database/statement.ts';
import { type LogPage, type LogQuery, readLog } from '../core/deliveries/log.ts';
import { HubError } from '../core/errors.ts';
import type { Page } from '../core/http/page.ts';
import { type Caller, scopeOf } from '../core/identity/caller.ts';
import { CONTRACT_TYPES, type DeliveryState, type DeliveryView, deliveryView, PERSON_KINDS, TRIP_TYPES } from './delivery-view.ts';
import { listCursor } from './list-cursor.ts';
import { type LogEndpoint, logEndpoints, tripOfOrder } from './sql/log.ts';

/** What of the log is wanted (spec 6.10); what is left out is not asked for. */
export interface DeliveryFilter {
  readonly endpoint?: readonly number[] | undefined;
  readonly state?: readonly DeliveryState[] | undefined;
  readonly event_type?: readonly string[] | undefined;
  readonly trip?: number | undefined;
  readonly order?: number | undefined;
  readonly person?: number | undefined;
  readonly contract?: number | undefined;
  /** Made from then on, and before then. */
  readonly from?: Temporal.Instant | undefined;
  readonly to?: Temporal.Instant | undefined;
  readonly status?: number | undefined;
  readonly error?: string | undefined;
}

/** The endpoints whose deliveries a caller may see: all (undefined), or those of these owners. */
export type Owners = readonly number[] | undefined;

export const ownersOf = (caller: Caller, right: string): Owners => {
  const scope = scopeOf(caller, right);
  return scope === 'all' ? undefined : [...scope];
};

/** What the engine must be told of the endpoints to say why something waits. */
export const holdsOf = (endpoints: readonly LogEndpoint[]) => ({
  held: endpoints.filter(({ enabled }) => !enabled).map(({ endpointId }) => endpointId),
  holding: endpoints.filter(({ holding }) => holding).map(({ endpointId }) => endpointId),
});

const both = (one: readonly string[] | undefined, other: readonly string[]): string[] =>
  one === undefined ? [...other] : one.filter((type) => other.includes(type));

/** The filter in the engine's words; undefined when nothing can fit it. */
async function queryOf(
  db: Queryable,
  owners: Owners,
  filter: DeliveryFilter,
  endpoints: readonly LogEndpoint[],
): Promise<LogQuery | undefined> {
  const { trip, order, person, contract } = filter;
  const known = endpoints.map(({ endpointId }) => endpointId);
  const query: LogQuery = {
    targets: owners === undefined && filter.endpoint === undefined ? undefined : known,
    known,
    ...holdsOf(endpoints),
    states: filter.state,
    types: filter.event_type,
    status: filter.status,
    code: filter.error,
    from: filter.from,
    to: filter.to,
  };
  if (query.targets?.length === 0) return undefined;
  // An object of one kind is none of another.
  if ([trip ?? order, person, contract].filter((id) => id !== undefined).length > 1) return undefined;
  if (contract !== undefined) return { ...query, keys: [contract], types: both(query.types, CONTRACT_TYPES) };
  if (person !== undefined) {
    return { ...query, keys: [person], types: both(query.types, PERSON_KINDS) };
  }
  if (order === undefined) return trip === undefined ? query : { ...query, keys: [trip], types: both(query.types, TRIP_TYPES) };
  const [present] = await tripOfOrder(db, order);
  if (!present || (trip !== undefined && trip !== present.tripId)) return undefined;
  return { ...query, keys: [present.tripId], types: both(query.types, TRIP_TYPES), extra: { name: 'order', value: String(order) } };
}

/** A part of the log below an id, for whoever walks through it. */
export async function findDeliveries(
  db: Queryable,
  owners: Owners,
  filter: DeliveryFilter,
  place: { readonly before?: number | undefined; readonly limit: number },
): Promise<LogPage & { readonly endpoints: ReadonlyMap<number, LogEndpoint> }> {
  const { from, to } = filter;
  if (from && to && Temporal.Instant.compare(from, to) >= 0)
    throw new HubError('BAD_REQUEST', `from (${from}) must be before to (${to})`, {
      reason: 'dates',
      russian: `начало (${from}) должно быть раньше конца (${to})`,
    });
  const rows = await logEndpoints(db, owners ?? null, filter.endpoint ?? null);
  const endpoints = new Map(rows.map((row) => [row.endpointId, row]));
  const query = await queryOf(db, owners, filter, rows);
  const page = query === undefined ? { rows: [], next: undefined } : await readLog(db, 'callbacks', query, place);
  return { ...page, endpoints };
}

/**
 * Deliveries, the newest first. A page may be shorter than `limit`, even empty, although more follow: rare rows are looked for in parts, so that
 * each page comes quickly; only `next` null is the end.
 * @throws HubError BAD_REQUEST on a damaged cursor (`cursor`) or reversed times (`dates`).
 */
export async function listDeliveries(
  db: Queryable,
  caller: Caller,
  { after, limit, ...filter }: DeliveryFilter & { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<DeliveryView>> {
  const before = after === undefined ? undefined : listCursor.idOf(after);
  const page = await findDeliveries(db, ownersOf(caller, 'callbacks.read'), filter, { before, limit });
  return {
    items: page.rows.map((row) => deliveryView(row, page.endpoints.get(row.target))),
    next: page.next === undefined ? null : listCursor.after(page.next),
  };
}
