import type { Transaction } from '../core/database/statement.ts';
import { cancelDeliveries } from '../core/deliveries/enqueue.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { hasEnded } from './delivery-view.ts';
import { loadDelivery } from './show-delivery.ts';

/** What a delivery that an operator ended has as its error. */
const BY_OPERATOR = 'canceled_by_operator';

/**
 * Cancels a delivery that has not ended. One whose attempt is under way ends with it, unless that succeeds.
 * @returns `under_way` in the latter case.
 * @throws HubError NOT_FOUND, CONFLICT `bad_state`.
 */
export async function cancelDelivery(tx: Transaction, caller: Caller, id: number): Promise<'canceled' | 'under_way'> {
  const { row } = await loadDelivery(tx, caller, 'callbacks.resend', id);
  const { ended, underWay } = hasEnded(row.state)
    ? { ended: 0, underWay: 0 }
    : await cancelDeliveries(tx, 'callbacks', row.target, [id], 'canceled', BY_OPERATOR);
  if (ended + underWay === 0)
    throw new HubError('CONFLICT', `delivery ${id} has ended: ${row.state}`, {
      reason: 'bad_state',
      russian: `доставка ${id} уже завершена: ${row.state}`,
    });
  await audit(tx, caller, { action: 'callbacks.delivery.cancel', object: String(id), before: { state: row.state, endpoint: row.target } });
  return ended > 0 ? 'canceled' : 'under_way';
}
