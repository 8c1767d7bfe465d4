import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type ClosedKind, closing, isClosed } from './closed-dates.ts';
import { lastClosedDay } from './sql/closed-dates.ts';
import { dayText } from './wire/texts.ts';

/** @throws HubError CONFLICT with the reason `closed_period` when one of the days is closed. */
export function refuseClosed(lastClosed: Temporal.PlainDate | null, days: readonly Temporal.PlainDate[]): void {
  const closed = days.find((day) => isClosed(lastClosed, day));
  if (!closed || !lastClosed) return;
  throw new HubError('CONFLICT', `${closed} lies in a closed period: everything up to ${lastClosed} is closed`, {
    reason: 'closed_period',
    russian: `Дата ${dayText(closed)} находится в закрытом периоде (закрыто по ${dayText(lastClosed)})`,
  });
}

/**
 * Whether all days are open for changes of a kind (spec 2.12). A contract must be locked by this transaction (`lockContract`): with it the closed
 * dates are held, so that no period is closed over a change under way.
 * @throws HubError CONFLICT with the reason `closed_period`
 */
export async function checkOpen(tx: Transaction, kind: ClosedKind, ...days: readonly Temporal.PlainDate[]): Promise<void> {
  const [row] = await lastClosedDay(tx, closing(kind));
  refuseClosed(row?.day ?? null, days);
}
