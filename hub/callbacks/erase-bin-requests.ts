import type { Transaction } from '../core/database/statement.ts';
import type { StoredEvent } from '../core/events/subscribe.ts';
import { erasePersonalRequests } from './sql/bins.ts';

/**
 * When travel says that a person is to be forgotten, what bins hold of real events goes (spec 6.12): a bin does not know whose data it holds, and
 * it is a place to try things out.
 */
export async function eraseBinRequests(tx: Transaction, events: readonly Pick<StoredEvent, 'data'>[]): Promise<void> {
  if (events.some(({ data }) => data['erased'] === true)) await erasePersonalRequests(tx);
}
