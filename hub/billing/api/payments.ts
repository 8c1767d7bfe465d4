import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { deletePayment } from '../delete-payment.ts';
import { addUpMoney, findRows, pageOfMoney } from '../list-money-pages.ts';
import { findMoney } from '../save-money.ts';
import { PAYMENTS, savePayment } from '../save-payment.ts';
import { idField, idText } from './fields.ts';
import { changeOnce } from './once.ts';
import {
  changeFields,
  listAnswer,
  listQuery,
  paymentAnswer,
  rowFields,
  shownList,
  shownPayment,
  sumField,
  wishOf,
} from './payments-answers.ts';
import type { BillingApiPorts } from './ports.ts';

const params = z.object({ id: idText.meta({ description: 'Number of the payment' }) });
const word = z.string().trim().min(1).max(200);

const newPayment = z.strictObject({
  contract_id: idField,
  ...rowFields,
  sum: sumField,
  distribution: z
    .string()
    .max(10_000)
    .optional()
    .meta({ description: 'How a head splits it over its dependent members: `equal`, or `12:100.00,13:50.00`' }),
  external_id: word.optional().meta({ description: 'By which its sender knows it: a repeat pays nothing and answers the first payments' }),
  source: word.optional().meta({ description: 'Whose external_id it is. (Default: the login)' }),
});

const savedAnswer = z.object({
  ids: z.array(z.int()).meta({ description: 'The payments that were made: several when it was split' }),
  replayed: z.boolean().meta({ description: 'It was sent before: nothing was done, and these are the payments of then' }),
  items: z.array(paymentAnswer).meta({ description: 'Those of them that are still there, as they are now' }),
});

/** Payments: the balance moves with each, and modules may be unlocked by it, in one transaction. */
export function paymentRoutes({ database, acts }: BillingApiPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/payments',
      right: 'billing.read',
      summary: 'Payments, the newest first. A page over all contracts may be short although more follow: only `next` null is the end',
      query: z.strictObject({
        ...listQuery,
        external_id: word.optional().meta({ description: 'Only those that were sent under it' }),
        source: word.optional().meta({ description: 'Whose external_id it is. (Default: the login)' }),
      }),
      answer: listAnswer(paymentAnswer),
      errors: ['NOT_FOUND'],
      async handle({ query, caller }) {
        const act = await acts.of(caller);
        const { external_id: id, source } = query;
        const wish = { ...wishOf(query), external: id === undefined ? undefined : { id, source } };
        const { items, next } = await pageOfMoney(database.work, act, PAYMENTS, wish);
        const totals = query.totals ? await addUpMoney(database.work, act, PAYMENTS, wish) : undefined;
        return shownList({ items: items.map(shownPayment), next }, totals);
      },
    }),
    route({
      method: 'POST',
      path: '/payments',
      right: 'billing.money',
      summary: 'Store a payment; once for an external_id, and for an Idempotency-Key',
      body: newPayment,
      answer: savedAnswer,
      status: 201,
      also: { 200: 'It was sent before under this external_id; nothing was done' },
      errors: ['NOT_FOUND', 'BAD_REQUEST'],
      handle: (call) => {
        const { contract_id: contractId, type_id: typeId, date, external_id: id, source, ...rest } = call.body;
        return changeOnce(acts, call, contractId, 201, async (tx, act) => {
          const external = id === undefined ? undefined : { id, source };
          const { ids, replayed } = await savePayment(tx, act, { ...rest, contractId, typeId, day: date, external });
          const items = (await findRows(tx, act, PAYMENTS, ids)).map(shownPayment);
          return { answer: { ids, replayed, items }, location: `/api/v1/billing/payments/${ids[0]}`, status: replayed ? 200 : 201 };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/payments/:id',
      right: 'billing.read',
      summary: 'One payment',
      params,
      answer: paymentAnswer,
      handle: async ({ params: { id }, caller }) =>
        shownPayment(await findMoney(database.work, await acts.of(caller), PAYMENTS, id, undefined)),
    }),
    route({
      method: 'PATCH',
      path: '/payments/:id',
      right: 'billing.money',
      summary: 'Change a payment; what is left out stays. The date may move it to another month',
      params,
      body: changeFields,
      answer: paymentAnswer,
      async handle(call) {
        const {
          params: { id },
          body: { type_id: typeId, date: day, ...rest },
        } = call;
        const { contractId } = await findMoney(database.work, await acts.of(call.caller), PAYMENTS, id, undefined);
        return changeOnce(acts, call, contractId, 200, async (tx, act) => {
          await savePayment(tx, act, { ...rest, id, typeId, day });
          return { answer: shownPayment(await findMoney(tx, act, PAYMENTS, id, undefined)) };
        });
      },
    }),
    route({
      method: 'DELETE',
      path: '/payments/:id',
      right: 'billing.money',
      summary: 'Delete a payment: it goes to the archive, with who did it and when',
      params,
      async handle({ params: { id }, caller }) {
        const { contractId } = await findMoney(database.work, await acts.of(caller), PAYMENTS, id, undefined);
        await acts.change(caller, contractId, (tx, act) => deletePayment(tx, act, { id }));
      },
    }),
  ];
}
