import type { Queryable } from '../core/database/statement.ts';
import { readAttemptsOf } from '../core/deliveries/log.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type AttemptView, attemptView, bodyPlace, deliveryView } from './delivery-view.ts';
import { type DeliveryFilter, findDeliveries, ownersOf } from './list-deliveries.ts';
import { blocksThere } from './sql/deliveries.ts';

/** Deliveries of one step, and of one export. */
const STEP = 1_000;
const MOST_EXPORTED = 1_000_000;

/**
 * What fits a filter as JSON Lines, the newest first, in parts of many lines: the log's rows, with `attempts` their attempts, too. Bodies are in
 * none of them. It reads on only when the part before was taken.
 * @param most lines at most. (Default: a million)
 */
export async function* exportDeliveries(
  db: Queryable,
  caller: Caller,
  filter: DeliveryFilter,
  { attempts, most = MOST_EXPORTED }: { readonly attempts: boolean; readonly most?: number | undefined },
): AsyncGenerator<string> {
  const owners = ownersOf(caller, 'callbacks.read');
  let before: number | undefined;
  for (let left = most; left > 0; ) {
    const page = await findDeliveries(db, owners, filter, { before, limit: Math.min(STEP, left) });
    const details = attempts
      ? await attemptsOf(
          db,
          page.rows.map(({ id }) => id),
        )
      : undefined;
    const lines = page.rows.map((row) => {
      const view = deliveryView(row, page.endpoints.get(row.target));
      return `${JSON.stringify(details ? { ...view, attempt_list: details.get(row.id) ?? [] } : view)}\n`;
    });
    if (lines.length > 0) yield lines.join('');
    left -= lines.length;
    if (page.next === undefined) return;
    before = page.next;
  }
}

async function attemptsOf(db: Queryable, ids: readonly number[]): Promise<ReadonlyMap<number, readonly AttemptView[]>> {
  const rows = await readAttemptsOf(db, 'callbacks', ids);
  const blocks = new Set(rows.flatMap((row) => bodyPlace(row)?.block ?? []));
  const kept = new Set((await blocksThere(db, [...blocks])).map(({ block }) => block));
  const views = new Map<number, AttemptView[]>();
  for (const row of rows) views.set(row.delivery, [...(views.get(row.delivery) ?? []), attemptView(row, kept)]);
  return views;
}

/** The first part, so that what is wrong with the filter is answered before anything is sent. @throws HubError as the parts do. */
export async function beginExport(parts: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await parts.next();
  return (async function* () {
    if (first.done !== true) yield first.value;
    yield* parts;
  })();
}
