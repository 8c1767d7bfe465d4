import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { pageOfAccounts } from '../list-accounts.ts';
import { monthField, monthText } from './balances-answers.ts';
import { amountAnswer, dayAnswer, idText } from './fields.ts';
import { moneyOf } from './payments-answers.ts';
import type { BillingApiPorts } from './ports.ts';

const accountAnswer = z.object({
  contract_id: z.int(),
  contract_title: z.string(),
  month: z.string(),
  service_id: z.int(),
  service_title: z.string(),
  object_id: z.int().meta({ description: '0: not of an object' }),
  sum: amountAnswer,
  until: dayAnswer.meta({ description: 'The last day that is in it' }),
});

/** Amounts accrued for services. Modules make them; nobody enters them. */
export const accountRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/accounts',
    right: 'billing.read',
    summary: 'What was accrued for services, by object and month, the newest first',
    query: z.strictObject({
      contract_id: idText,
      of: moneyOf,
      service_id: idText.optional(),
      from: monthField.optional().meta({ description: 'First month' }),
      to: monthField.optional().meta({ description: 'Last month' }),
      ...pageQuery,
    }),
    answer: pageAnswer(accountAnswer),
    errors: ['NOT_FOUND'],
    async handle({ query: { contract_id: contractId, service_id: serviceId, from = null, to = null, ...page }, caller }) {
      const { items, next } = await pageOfAccounts(database.work, await acts.of(caller), { contractId, serviceId, from, to, ...page });
      return {
        items: items.map((row) => ({
          contract_id: row.contractId,
          contract_title: row.contractTitle,
          month: monthText(row.month),
          service_id: row.serviceId,
          service_title: row.serviceTitle,
          object_id: row.objectId,
          sum: row.sum,
          until: row.until.toString(),
        })),
        next,
      };
    },
  }),
];
