import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { readAmount } from './amount.ts';
import { badValue } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import type { PriceUnit } from './fee-rules.ts';
import { moneyText } from './money.ts';
import { needService } from './save-service.ts';
import { needTariffPlan } from './save-tariff-plan.ts';
import { replaceTariffPrices, type TariffPriceRow, tariffPrices } from './sql/tariffs.ts';

const UNITS: readonly PriceUnit[] = ['month', 'day', 'once'];
const MOST_PRICES = 10_000;

async function checkPrice(tx: Transaction, { serviceId, unit, price, dateFrom, dateTo }: TariffPriceRow): Promise<TariffPriceRow> {
  await needService(tx, serviceId);
  if (!UNITS.includes(unit)) throw badValue('unit', `${unit} is none of ${UNITS.join(', ')}`, `единица цены: ${UNITS.join(', ')}`);
  const amount = readAmount('price', price);
  if (amount < 0n) throw badValue('price', `${price} is below zero`, 'цена не может быть отрицательной');
  checkPeriod(dateFrom, dateTo, ['validFrom', 'validTo']);
  return { serviceId, unit, price: moneyText(amount), dateFrom, dateTo };
}

const shown = (prices: readonly TariffPriceRow[]): Record<string, unknown> => ({
  prices: prices.map(({ serviceId, unit, price, dateFrom, dateTo }) =>
    [serviceId, unit, price, dateFrom?.toString() ?? '', dateTo?.toString() ?? ''].join(' '),
  ),
});

/**
 * Puts a price list in place of that of a plan (spec 2.8). Where prices of one service and unit overlap, the one that began last counts. Contracts on
 * the plan follow with the accrual of the day: months that are over stay.
 * @throws HubError NOT_FOUND (plan, service), BAD_REQUEST
 */
export async function setTariffPrices(tx: Transaction, act: Act, planId: number, list: readonly TariffPriceRow[]): Promise<void> {
  await needTariffPlan(tx, planId);
  if (list.length > MOST_PRICES) throw badValue('prices', `more than ${MOST_PRICES} prices`, `не более ${MOST_PRICES} цен`);
  const before = await tariffPrices(tx, planId);
  const prices: TariffPriceRow[] = [];
  for (const price of list) prices.push(await checkPrice(tx, price));
  await replaceTariffPrices(
    tx,
    planId,
    prices.map(({ serviceId }) => serviceId),
    prices.map(({ unit }) => unit),
    prices.map(({ price }) => price),
    prices.map(({ dateFrom }) => dateFrom),
    prices.map(({ dateTo }) => dateTo),
  );
  await audit(tx, act.caller, {
    action: 'billing.tariff-plan.prices',
    object: `tariff-plan/${planId}`,
    before: shown(before),
    after: shown(prices),
  });
}
