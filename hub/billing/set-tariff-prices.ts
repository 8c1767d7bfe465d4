import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { readAmount } from './amount.ts';
import { badValue } from './bad-value.ts';
import { requireReferences } from './check-references.ts';
import { closing } from './closed-dates.ts';
import { checkPeriod } from './day-period.ts';
import { TARIFF_PLANS } from './directories/tariff-plans.ts';
import type { PriceUnit } from './fee-rules.ts';
import { moneyText } from './money.ts';
import { type ListedPrice, type NewPrice, pricesFrom, pricesUntil } from './price-list.ts';
import { lockEntry } from './save-entry.ts';
import { holdClosedDates, lastClosedDay } from './sql/closed-dates.ts';
import { planWasHeld, raiseTariffPlan, replaceTariffPrices, tariffPrices } from './sql/tariffs.ts';

export const PRICE_UNITS = ['month', 'day', 'once'] as const satisfies readonly PriceUnit[];
const MOST_PRICES = 10_000;

function checkPrice({ serviceId, unit, price, dateFrom, dateTo }: ListedPrice, at: number): ListedPrice {
  const place = (field: string): string => `prices.${at}.${field}`;
  if (!PRICE_UNITS.includes(unit))
    throw badValue(place('unit'), `${unit} is none of ${PRICE_UNITS.join(', ')}`, `единица цены: ${PRICE_UNITS.join(', ')}`);
  const amount = readAmount(place('price'), price);
  if (amount < 0n) throw badValue(place('price'), `${price} is below zero`, 'цена не может быть отрицательной');
  checkPeriod(dateFrom, dateTo, [place('valid_from'), place('valid_to')]);
  return { serviceId, unit, price: moneyText(amount), dateFrom, dateTo };
}

/** Of two prices that begin together nobody could say which one counts. */
function checkUnambiguous(prices: readonly ListedPrice[]): void {
  const seen = new Map<string, number>();
  prices.forEach(({ serviceId, unit, dateFrom }, at) => {
    const key = `${serviceId} ${unit} ${dateFrom}`;
    const former = seen.get(key);
    if (former !== undefined)
      throw badValue(
        `prices.${at}`,
        `service ${serviceId} has another price for the same unit from the same day (prices.${former})`,
        `у услуги ${serviceId} уже есть цена за ту же единицу с того же дня (prices.${former})`,
      );
    seen.set(key, at);
  });
}

/** A price for a person: service, unit, price, days. */
const lineOf = ({ serviceId, unit, price, dateFrom, dateTo }: ListedPrice): string =>
  `${serviceId} ${unit} ${price} ${dateFrom ?? ''}..${dateTo ?? ''}`;

/**
 * What was charged in a closed period was charged by these prices: as long as no contract was on the plan then, they may still be corrected (spec 2.12).
 * @throws HubError CONFLICT with the reason `closed_period`
 */
async function checkClosed(tx: Transaction, planId: number, before: readonly ListedPrice[], now: readonly ListedPrice[]): Promise<void> {
  await holdClosedDates(tx);
  const day = (await lastClosedDay(tx, closing('accounts')))[0]?.day;
  if (!day) return;
  const [former, wanted] = [new Set(pricesUntil(before, day).map(lineOf)), new Set(pricesUntil(now, day).map(lineOf))];
  if (former.symmetricDifference(wanted).size === 0 || (await planWasHeld(tx, planId, day)).length === 0) return;
  throw new HubError('CONFLICT', `prices up to ${day} are closed, and contracts were on plan ${planId} then`, {
    reason: 'closed_period',
    russian: `Цены по ${day} изменить нельзя: период закрыт, и договоры с этим тарифом в нём были`,
  });
}

async function replace(
  tx: Transaction,
  act: Act,
  planId: number,
  before: readonly ListedPrice[],
  list: readonly ListedPrice[],
): Promise<void> {
  if (list.length > MOST_PRICES) throw badValue('prices', `more than ${MOST_PRICES} prices`, `не более ${MOST_PRICES} цен`);
  const prices = list.map(checkPrice);
  checkUnambiguous(prices);
  const column = <K extends keyof ListedPrice>(name: K): ListedPrice[K][] => prices.map((price) => price[name]);
  await requireReferences(tx, 'prices', 'service', column('serviceId'));
  const [former, now] = [new Set(before.map(lineOf)), new Set(prices.map(lineOf))];
  const [gone, come] = [[...former.difference(now)], [...now.difference(former)]];
  if (gone.length === 0 && come.length === 0) return;
  await checkClosed(tx, planId, before, prices);
  await raiseTariffPlan(tx, planId);
  await replaceTariffPrices(
    tx,
    ...[planId, column('serviceId'), column('unit'), column('price')],
    ...[column('dateFrom'), column('dateTo')],
  );
  await audit(tx, act.caller, {
    action: 'billing.tariff-plan.prices',
    object: `tariff-plan/${planId}`,
    before: { prices: gone },
    after: { prices: come },
  });
}

/**
 * Puts a price list in place of that of a plan (spec 2.8). Where prices of one service and unit overlap, the one that began last counts. Contracts on
 * the plan follow with the accrual of the day: months that are over stay.
 * @param version of the plan, as it was read. (Default: whatever there is)
 * @throws HubError NOT_FOUND (plan), STALE_VERSION, BAD_REQUEST: the place is named, `prices.3.price`; CONFLICT: a closed period
 */
export async function setTariffPrices(
  tx: Transaction,
  act: Act,
  planId: number,
  list: readonly ListedPrice[],
  version?: number,
): Promise<void> {
  await lockEntry(tx, act, TARIFF_PLANS, { id: planId, version });
  await replace(tx, act, planId, await tariffPrices(tx, planId), list);
}

/**
 * Other prices from a day on, a version of the price list: what was before that day stays, what was to come for these services is replaced.
 * @param version of the plan, as it was read. (Default: whatever there is)
 * @throws HubError NOT_FOUND (plan), STALE_VERSION, BAD_REQUEST, CONFLICT: a closed period
 */
export async function changePricesFrom(
  tx: Transaction,
  act: Act,
  planId: number,
  {
    from,
    prices,
    version,
  }: { readonly from: Temporal.PlainDate; readonly prices: readonly NewPrice[]; readonly version?: number | undefined },
): Promise<void> {
  checkPeriod(from, null, ['from', 'from']);
  if (prices.length === 0) throw badValue('prices', 'at least one price is needed', 'не указано ни одной цены');
  const seen = new Set<string>();
  const twice = prices.findIndex(({ serviceId, unit }) => seen.size === seen.add(`${serviceId} ${unit}`).size);
  if (twice >= 0) throw badValue(`prices.${twice}`, 'the service and unit are named twice', 'услуга с этой единицей указана дважды');
  await requireReferences(
    tx,
    'prices',
    'service',
    prices.map(({ serviceId }) => serviceId),
  );
  await lockEntry(tx, act, TARIFF_PLANS, { id: planId, version });
  const before = await tariffPrices(tx, planId);
  await replace(tx, act, planId, before, pricesFrom(before, from, prices));
}
