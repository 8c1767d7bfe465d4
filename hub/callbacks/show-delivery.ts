import type { Queryable } from '../core/database/statement.ts';
import { type LogRow, readAttempts, readDelivery } from '../core/deliveries/log.ts';
import { HubError } from '../core/errors.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import { type AttemptView, attemptView, bodyPlace, type DeliveryView, deliveryView } from './delivery-view.ts';
import { holdsOf } from './list-deliveries.ts';
import { blocksThere } from './sql/deliveries.ts';
import { type LogEndpoint, logEndpoints, resendsOf } from './sql/log.ts';

export interface DeliveryDetails extends DeliveryView {
  readonly attempt_list: readonly AttemptView[];
  /** What it was sent again as. */
  readonly resends: readonly { readonly id: number; readonly at: Temporal.Instant; readonly by: string }[];
}

interface FoundDelivery {
  readonly row: LogRow;
  readonly endpoint: LogEndpoint;
}

/** A delivery of an endpoint for which the caller has the right; undefined when there is none. */
export async function findDelivery(db: Queryable, caller: Caller, right: string, id: number): Promise<FoundDelivery | undefined> {
  const found = await readDelivery(db, 'callbacks', id, async (target) => {
    const endpoints = await logEndpoints(db, null, [target]);
    return { ...holdsOf(endpoints), about: endpoints[0] };
  });
  return found?.about && inScope(scopeOf(caller, right), found.about.organizationId)
    ? { row: found.row, endpoint: found.about }
    : undefined;
}

/** @throws HubError NOT_FOUND, also when it is one of another organization. */
export async function loadDelivery(db: Queryable, caller: Caller, right: string, id: number): Promise<FoundDelivery> {
  const found = await findDelivery(db, caller, right, id);
  if (!found) throw new HubError('NOT_FOUND', `there is no delivery ${id}`, { russian: `доставки ${id} нет` });
  return found;
}

/** One delivery with its attempts. @throws HubError NOT_FOUND. */
export async function showDelivery(db: Queryable, caller: Caller, id: number): Promise<DeliveryDetails> {
  const { row, endpoint } = await loadDelivery(db, caller, 'callbacks.read', id);
  const attempts = await readAttempts(db, 'callbacks', row);
  const blocks = attempts.flatMap((attempt) => bodyPlace(attempt)?.block ?? []);
  const kept = new Set((await blocksThere(db, blocks)).map(({ block }) => block));
  const resends = await resendsOf(db, [id]);
  return {
    ...deliveryView(row, endpoint),
    attempt_list: attempts.map((attempt) => attemptView(attempt, kept)),
    resends: resends.map(({ resentAs, at, by }) => ({ id: resentAs, at, by })),
  };
}
