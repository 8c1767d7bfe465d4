import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { findContract } from '../find-contract.ts';
import { DETAIL_KINDS, listDetail } from '../list-detail.ts';
import { moneyText } from '../money.ts';
import { monthOf } from '../move-balance.ts';
import { payerOf } from '../payer.ts';
import { listMonths, readBalance } from '../read-balance.ts';
import { figuresAnswer, monthAnswer, monthField, shownMonth } from './balances-answers.ts';
import { amountAnswer, dayAnswer, dayField, flagText, idText } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';

const payerId = z.int().meta({ description: 'Whose balance it is: of a dependent member its head' });

const lineAnswer = z.object({
  kind: z.enum(Object.values(DETAIL_KINDS) as [string, ...string[]]),
  date: dayAnswer,
  contract_title: z.string(),
  title: z.string(),
  comment: z.string(),
  sum: amountAnswer.meta({ description: 'With its sign: what it did to the balance' }),
  after: amountAnswer.meta({ description: 'What there was after it' }),
});

/** Balances by month, and what moved them. */
export const balanceRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/balances',
    right: 'billing.read',
    summary:
      'The months of a contract in which its balance moved, oldest first; in a month without a row the balance of the last one before it holds',
    query: z.strictObject({ contract_id: idText, from: monthField.optional(), to: monthField.optional() }),
    answer: z.object({ contract_id: z.int(), payer_id: payerId, items: z.array(monthAnswer) }),
    errors: ['NOT_FOUND'],
    async handle({ query: { contract_id: id, from = null, to = null }, caller }) {
      const act = await acts.of(caller);
      const contract = await findContract(database.work, act, id);
      const months = await listMonths(database.work, act, contract, { from, to });
      return { contract_id: id, payer_id: payerOf(contract), items: months.map((month) => shownMonth(month.month, month)) };
    },
  }),
  route({
    method: 'GET',
    path: '/balances/month',
    right: 'billing.read',
    summary: 'The balance of a contract in one month, with its limit and what may still be spent',
    query: z.strictObject({
      contract_id: idText,
      month: monthField.optional().meta({ description: '(Default: the present one)' }),
    }),
    answer: figuresAnswer,
    errors: ['NOT_FOUND'],
    async handle({ query: { contract_id: id, month: wanted }, caller }) {
      const act = await acts.of(caller);
      const contract = await findContract(database.work, act, id);
      const month = wanted ?? monthOf(act.today);
      const figures = await readBalance(database.work, act, contract, month);
      return {
        payer_id: payerOf(contract),
        ...shownMonth(month, figures),
        limit: moneyText(figures.outgoing - figures.available - figures.reserve),
        available: moneyText(figures.available),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/balances/detail',
    right: 'billing.read',
    summary: 'Everything that moved the balance of a contract, in order of time, with what there was after each',
    query: z.strictObject({
      contract_id: idText,
      from: dayField.optional().meta({ description: '(Default: from the beginning)' }),
      to: dayField.optional(),
      available: flagText.meta({
        description: 'Count what may still be spent, with reserves and the limit of today, instead of the balance',
      }),
    }),
    answer: z.object({ contract_id: z.int(), items: z.array(lineAnswer) }),
    errors: ['NOT_FOUND', 'CONFLICT'],
    async handle({ query: { contract_id: contractId, from = null, to = null, available }, caller }) {
      const lines = await listDetail(database.work, await acts.of(caller), { contractId, from, to, available });
      return {
        contract_id: contractId,
        items: lines.map(({ kind, day, contractTitle, title, comment, sum, after }) => ({
          kind: DETAIL_KINDS[kind],
          date: day.toString(),
          contract_title: contractTitle,
          title,
          comment,
          sum: moneyText(sum),
          after: moneyText(after),
        })),
      };
    },
  }),
];
