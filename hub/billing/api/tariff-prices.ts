import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Queryable } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { type Route, route } from '../../core/http/route.ts';
import { LARGEST_ID } from '../largest-id.ts';
import { listTariffPrices } from '../list-tariff-prices.ts';
import { moneyText } from '../money.ts';
import type { ListedPrice } from '../price-list.ts';
import { renewPlanFees } from '../renew-plan-fees.ts';
import { changePricesFrom, PRICE_UNITS, setTariffPrices } from '../set-tariff-prices.ts';
import { amountAnswer, amountField, dayField, dayOrOpen, dayOrOpenAnswer, idField, idText, versionField } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';

const params = z.object({ id: idText.meta({ description: 'Number of the tariff plan' }) });
const unit = z.enum(PRICE_UNITS).meta({ description: 'Of a month, of a day, or once when the service begins' });

/** An amount, exact, as the use case takes it. */
const sumField = amountField.transform(moneyText);

const priceField = z.strictObject({
  service_id: idField,
  unit,
  price: sumField,
  valid_from: dayOrOpen.default(null),
  valid_to: dayOrOpen.default(null),
});

/** A price list, as it is given. */
export const pricesSchema = z.strictObject({ prices: z.array(priceField).max(10_000) });

/** Other prices from a day on, as they are given. */
export const priceChangesSchema = z.strictObject({
  from: dayField,
  prices: z
    .array(
      z.strictObject({ service_id: idField, unit, price: sumField.nullable().meta({ description: 'null: from then on there is none' }) }),
    )
    .min(1)
    .max(10_000),
});

/** The list as the use case takes it. */
export const toPrices = (prices: readonly z.output<typeof priceField>[]): ListedPrice[] =>
  prices.map(({ service_id, unit: of, price, valid_from, valid_to }) => ({
    ...{ serviceId: service_id, unit: of, price },
    ...{ dateFrom: valid_from, dateTo: valid_to },
  }));

const answer = z.object({
  plan_id: z.int(),
  prices: z.array(z.object({ service_id: z.int(), unit, price: amountAnswer, valid_from: dayOrOpenAnswer, valid_to: dayOrOpenAnswer })),
  version: z.int().meta({ description: 'Of the plan' }),
});

/** The price list of a plan; `on`: only what counts on that day. @throws HubError NOT_FOUND */
export async function shownPrices(db: Queryable, planId: number, on: Temporal.PlainDate | undefined): Promise<z.input<typeof answer>> {
  const { version, prices } = await listTariffPrices(db, planId, on);
  return {
    plan_id: planId,
    prices: prices.map(({ serviceId, unit: of, price, dateFrom, dateTo }) => ({
      service_id: serviceId,
      unit: of,
      price,
      valid_from: dateFrom?.toString() ?? null,
      valid_to: dateTo?.toString() ?? null,
    })),
    version,
  };
}

/** Prices of tariff plans: the whole list, and other prices from a day on. */
export function tariffPriceRoutes({ database, acts }: BillingApiPorts): Route[] {
  const tell = async (db: Queryable, reply: FastifyReply, id: number, on?: Temporal.PlainDate) => {
    const shown = await shownPrices(db, id, on);
    reply.header('etag', `"${shown.version}"`);
    return shown;
  };
  return [
    route({
      method: 'GET',
      path: '/tariff-plans/:id/prices',
      right: 'billing.read',
      summary: 'The price list of a tariff plan',
      params,
      query: z.strictObject({ on: dayField.optional().meta({ description: 'Only what counts on this day' }) }),
      answer,
      handle: ({ params: { id }, query: { on }, reply }) => tell(database.work, reply, id, on),
    }),
    route({
      method: 'PUT',
      path: '/tariff-plans/:id/prices',
      right: 'billing.manage',
      summary: 'Put a price list in place of the present one. Contracts follow with the next accrual; months that are over stay',
      params,
      body: pricesSchema.extend({ version: versionField }),
      answer,
      handle: ({ params: { id }, body: { prices, version }, caller, request, reply }) =>
        acts.change(caller, undefined, async (tx, act) => {
          await setTariffPrices(tx, act, id, toPrices(prices), expectedVersion(request, version));
          return tell(tx, reply, id);
        }),
    }),
    route({
      method: 'POST',
      path: '/tariff-plans/:id/price-changes',
      right: 'billing.manage',
      summary: 'Other prices from a day on: what was before stays, what was to come for these services is replaced',
      params,
      body: priceChangesSchema.extend({ version: versionField }),
      answer,
      status: 200,
      errors: ['BAD_REQUEST', 'STALE_VERSION'],
      handle: ({ params: { id }, body: { from, prices, version }, caller, request, reply }) =>
        acts.change(caller, undefined, async (tx, act) => {
          const news = prices.map(({ service_id, ...rest }) => ({ ...rest, serviceId: service_id }));
          await changePricesFrom(tx, act, id, { from, prices: news, version: expectedVersion(request, version) });
          return tell(tx, reply, id);
        }),
    }),
    route({
      method: 'POST',
      path: '/tariff-plans/:id/fee-renewals',
      right: 'billing.manage',
      summary:
        'Take the fees of contracts on the plan anew from a month on, part by part: repeat with `after` until `next` is null. Closed months stay',
      params,
      body: z.strictObject({
        from: dayField.meta({ description: 'Its month is the first' }),
        after: z.int().min(0).max(LARGEST_ID).default(0).meta({ description: 'The `next` of the part before' }),
        limit: z.int().min(1).max(1_000).default(1_000).meta({ description: 'Contracts of one part' }),
      }),
      answer: z.object({
        contracts: z.int().meta({ description: 'Looked at' }),
        changed: z.int().meta({ description: 'Of which something was booked' }),
        next: z.int().nullable(),
      }),
      status: 200,
      errors: ['BAD_REQUEST'],
      handle: async ({ params: { id }, body, caller }) => renewPlanFees(database, await acts.of(caller), { planId: id, ...body }),
    }),
  ];
}
