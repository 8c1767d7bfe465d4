import type { Queryable } from '../core/database/statement.ts';
import { type ListedPrice, pricesOn } from './price-list.ts';
import { needTariffPlan } from './save-tariff-plan.ts';
import { tariffPrices } from './sql/tariffs.ts';

/**
 * The price list of a plan, by service, unit and first day, with the version of the plan.
 * @param on only what counts on this day
 * @throws HubError NOT_FOUND
 */
export async function listTariffPrices(
  db: Queryable,
  planId: number,
  on: Temporal.PlainDate | undefined,
): Promise<{ readonly version: number; readonly prices: readonly ListedPrice[] }> {
  const { version } = await needTariffPlan(db, planId);
  const list = await tariffPrices(db, planId);
  return { version, prices: on ? pricesOn(list, on) : list };
}
