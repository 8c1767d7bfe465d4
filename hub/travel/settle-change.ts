import type { Transaction, Value } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { measure } from '../core/telemetry/channels.ts';
import { type ChangeSetResult, settle } from './change-set.ts';
import type { News } from './facets.ts';
import type { WholeTrip } from './find-trip.ts';
import { type DictionaryFace, dataOf, type OrderFamilyData } from './news.ts';
import type { Order } from './order.ts';
import { sourceOf } from './source-of-change.ts';
import { insertChanges } from './sql/changes.ts';
import { dictionaryFaces } from './sql/chosen-codes.ts';
import { insertHistory } from './sql/history.ts';
import { type OrderRow, updateOrder } from './sql/orders.ts';
import { tripById, updateTrip } from './sql/trips.ts';
import type { OrderAction } from './transitions.ts';
import type { Trip } from './trip.ts';

/** What an action does with one order. */
export interface OrderChange {
  /** Undefined: it was just stored. */
  readonly before: OrderRow | undefined;
  readonly after: Order;
  readonly action?: OrderAction;
  readonly partial?: boolean;
  readonly filesAdded?: readonly string[];
}

/** One applied action, before its roll-up. */
export interface AppliedAction {
  /** For history and audit: a row of the tables, or `set_prices`, `change_trip`, ... */
  readonly action: string;
  /** What was called, for the audit. */
  readonly object: `trip/${number}` | `order/${number}`;
  /** The trip after the action itself; undefined: the same. */
  readonly trip?: Trip;
  /** It is a row of the trip's table: history shows it also where the state stays. */
  readonly tripAction?: boolean;
  readonly orders?: readonly OrderChange[];
  readonly reason?: string | null | undefined;
  /** What the audit shows besides the states. */
  readonly audited?: { readonly before?: Record<string, unknown>; readonly after?: Record<string, unknown> };
}

interface HistoryLine {
  readonly order: number | null;
  readonly login: string;
  readonly source: string;
  readonly action: string;
  readonly from: string | null;
  readonly to: string;
  readonly reason: string | null;
}

/** History of a change: its orders, then the trip; a step of the roll-up is the system's. */
function historyOf(caller: Caller, held: WholeTrip, applied: AppliedAction, { tripState, rule }: ChangeSetResult): HistoryLine[] {
  const by = { login: caller.login, source: sourceOf(caller), reason: applied.reason ?? null };
  const lines = (applied.orders ?? []).flatMap(({ before, after, action }): HistoryLine[] =>
    before === undefined || action !== undefined
      ? [{ ...by, order: after.id_Reserve, action: action ?? 'add_order', from: before?.ReserveState ?? null, to: after.ReserveState }]
      : [],
  );
  const from = held.trip.ComplexState;
  if (rule !== undefined)
    lines.push({ order: null, login: 'system', source: 'system', action: 'roll_up', from, to: tripState, reason: rule });
  else if (applied.tripAction) lines.push({ ...by, order: null, action: applied.action, from, to: tripState });
  return lines;
}

async function writeHistory(tx: Transaction, trip: number, lines: readonly HistoryLine[]): Promise<void> {
  if (lines.length === 0) return;
  const column = (field: keyof HistoryLine): Value[] => lines.map((line) => line[field]);
  await insertHistory(
    tx,
    trip,
    column('order'),
    column('login'),
    column('source'),
    column('action'),
    column('from'),
    column('to'),
    column('reason'),
  );
  // Counted before the commit: one that fails afterwards is counted all the same.
  for (const { order, action, source } of lines)
    measure('vestnik_travel_transitions_total', 1, { object: order === null ? 'trip' : 'order', action, source });
}

/** The dictionaries of all codes that the news carry. */
export async function facesOf(
  tx: Transaction,
  codes: readonly { readonly id_MetaDictionary: number }[],
): Promise<Map<number, DictionaryFace>> {
  if (codes.length === 0) return new Map();
  const rows = await dictionaryFaces(tx, [...new Set(codes.map(({ id_MetaDictionary }) => id_MetaDictionary))]);
  return new Map(rows.map((row) => [row.id_MetaDictionary, row]));
}

/** Publishes news, and writes them into the feed for those who poll. */
export async function tell(tx: Transaction, news: readonly OrderFamilyData[]): Promise<void> {
  if (news.length === 0) return;
  await insertChanges(tx, JSON.stringify(news));
  await publish(
    tx,
    ...news.map((data) => ({
      type: `vestnik.travel.${data.facets[0]}`,
      subject: data.id_Reserve === null ? `trip/${data.id_ComplexReserve}` : `order/${data.id_Reserve}`,
      data: data as unknown as Record<string, unknown>,
    })),
  );
}

const saveOrder = async (tx: Transaction, order: Order): Promise<void> => {
  await updateOrder(
    tx,
    order.id_Reserve,
    order.automated,
    order.ReserveState,
    order.phase,
    order.failedFrom,
    order.supplier,
    order.locator,
    order.persons,
    JSON.stringify(order.service),
    JSON.stringify(order.prices),
    order.total,
    order.currency,
    order.time_limit,
    order.limitHandled,
    order.busyUntil,
    JSON.stringify(order.documents),
    JSON.stringify(order.codes),
  );
};

/**
 * Writes one applied action with its roll-up: orders, trip, history, audit, one event a piece of news, all in the caller's transaction
 * (spec 1.3, step 2). The trip must be held.
 */
export async function settleChange(tx: Transaction, caller: Caller, held: WholeTrip, applied: AppliedAction): Promise<void> {
  const orders = applied.orders ?? [];
  const own = applied.trip ?? held.trip;
  const touched = new Set(orders.map(({ after }) => after.id_Reserve));
  const result = settle({
    tripBefore: held.trip.ComplexState,
    tripAfter: own.ComplexState,
    steps: orders,
    others: held.orders.filter(({ id_Reserve }) => !touched.has(id_Reserve)).map(({ ReserveState }) => ReserveState),
  });
  const trip: Trip = { ...own, ComplexState: result.tripState };
  for (const { before, after } of orders) if (before !== undefined) await saveOrder(tx, after);
  await updateTrip(
    tx,
    trip.id_ComplexReserve,
    trip.OuterId,
    trip.Name,
    trip.ComplexState,
    trip.persons,
    JSON.stringify(trip.codes),
    trip.submittedBy,
  );
  await writeHistory(tx, trip.id_ComplexReserve, historyOf(caller, held, applied, result));
  await writeAudit(tx, caller, held, applied, trip);
  await tell(tx, await dataOfAll(tx, caller, held, trip, orders, result.news));
}

async function dataOfAll(
  tx: Transaction,
  caller: Caller,
  held: WholeTrip,
  trip: Trip,
  orders: readonly OrderChange[],
  news: readonly News[],
): Promise<OrderFamilyData[]> {
  if (news.length === 0) return [];
  const wholes = new Map(orders.map(({ after }) => [after.id_Reserve, after]));
  const told = news.map((one) => ({ one, order: one.step && wholes.get(one.step.after.id_Reserve) }));
  const dictionaries = await facesOf(tx, [...trip.codes, ...told.flatMap(({ order }) => order?.codes ?? [])]);
  const about = { trip, before: held.trip.ComplexState, organizationName: held.organization.organizationName, dictionaries };
  const by = { source: sourceOf(caller), actorId: caller.operatorId ?? null, actor: caller.login };
  return told.map(({ one, order }) => dataOf(one, about, order, by));
}

/** What the hub does by itself stands in the history; the audit is of people and programs. */
async function writeAudit(tx: Transaction, caller: Caller, held: WholeTrip, applied: AppliedAction, trip: Trip): Promise<void> {
  if (caller.face === 'system') return;
  const { action, object, orders = [], reason, audited } = applied;
  const states = (side: 'before' | 'after'): Record<string, unknown> =>
    Object.fromEntries(
      orders
        .filter(({ before, after }) => before?.ReserveState !== after.ReserveState)
        .flatMap((change) => (change[side] ? [[`order/${change.after.id_Reserve}`, change[side].ReserveState]] : [])),
    );
  const moved = held.trip.ComplexState !== trip.ComplexState;
  await audit(tx, caller, {
    action: `travel.${object.startsWith('trip') ? 'trip' : 'order'}.${action}`,
    object,
    before: { ...(moved && { ComplexState: held.trip.ComplexState }), ...states('before'), ...audited?.before },
    after: { ...(moved && { ComplexState: trip.ComplexState }), ...states('after'), ...audited?.after },
    ...(typeof reason === 'string' && { reason }),
  });
}

/** The trip as it is now, for what follows in the same transaction. */
export async function presentTrip(tx: Transaction, id: number): Promise<Trip> {
  const [row] = await tripById(tx, id);
  if (!row) throw new Error(`trip ${id} is gone within its own transaction`);
  return row;
}
