import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { listReserves } from '../list-reserves.ts';
import { closeReserve, findReserve, saveReserve } from '../save-reserve.ts';
import { amountField, dayField, dayOrOpen, idField, idText, textField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';
import { reserveAnswer, shownReserve } from './reserves-answers.ts';

const params = z.object({ id: idText.meta({ description: 'Number of the reserve' }) });
const sum = amountField.refine((amount) => amount > 0n, 'must be above zero');
const fields = {
  date_from: dayField.optional().meta({ description: '(Default: today where the billing is)' }),
  date_to: dayOrOpen.optional().meta({ description: 'The last day on which it is held; null: until it is closed' }),
  comment: textField(1_000).optional(),
};

/** Reserves: what is held of a balance for a time. */
export function reserveRoutes({ database, acts }: BillingApiPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/reserves',
      right: 'billing.read',
      summary: 'Reserves, the newest first',
      query: z.strictObject({
        contract_id: idText.optional(),
        on: dayField.optional().meta({ description: 'Only those that are held on this day' }),
        ...pageQuery,
      }),
      answer: pageAnswer(reserveAnswer),
      errors: ['NOT_FOUND'],
      async handle({ query: { contract_id: contractId, ...wish }, caller }) {
        const { items, next } = await listReserves(database.work, await acts.of(caller), { contractId, ...wish });
        return { items: items.map(shownReserve), next };
      },
    }),
    route({
      method: 'POST',
      path: '/reserves',
      right: 'billing.money',
      summary: 'Hold an amount: it lowers what is available, not the balance',
      body: z.strictObject({ contract_id: idField, type_id: idField, sum, ...fields }),
      answer: reserveAnswer,
      status: 201,
      errors: ['NOT_FOUND', 'BAD_REQUEST'],
      handle: (call) => {
        const { contract_id: contractId, type_id: typeId, date_from: dateFrom, date_to: dateTo, ...rest } = call.body;
        return changeOnce(acts, call, contractId, 201, async (tx, act) => {
          const id = await saveReserve(tx, act, { contractId, typeId, dateFrom, dateTo, ...rest });
          return { answer: shownReserve(await findReserve(tx, act, id)), location: `/api/v1/billing/reserves/${id}` };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/reserves/:id',
      right: 'billing.read',
      summary: 'One reserve',
      params,
      answer: reserveAnswer,
      handle: async ({ params: { id }, caller }) => shownReserve(await findReserve(database.work, await acts.of(caller), id)),
    }),
    route({
      method: 'PATCH',
      path: '/reserves/:id',
      right: 'billing.money',
      summary: 'Change a reserve that is not closed; what is left out stays',
      params,
      body: z.strictObject({ type_id: idField.optional(), sum: sum.optional(), ...fields, date_from: dayField.optional() }),
      answer: reserveAnswer,
      async handle(call) {
        const { id } = call.params;
        const { type_id: typeId, date_from: dateFrom, date_to: dateTo, ...rest } = call.body;
        const { contractId } = await findReserve(database.work, await acts.of(call.caller), id);
        return changeOnce(acts, call, contractId, 200, async (tx, act) => {
          await saveReserve(tx, act, { id, typeId, dateFrom, dateTo, ...rest });
          return { answer: shownReserve(await findReserve(tx, act, id)) };
        });
      },
    }),
    route({
      method: 'POST',
      path: '/reserves/:id/close',
      right: 'billing.money',
      summary: 'Release what is held, from today on',
      params,
      answer: reserveAnswer,
      async handle(call) {
        const { id } = call.params;
        const { contractId } = await findReserve(database.work, await acts.of(call.caller), id);
        return changeOnce(acts, call, contractId, 200, async (tx, act) => {
          await closeReserve(tx, act, id);
          return { answer: shownReserve(await findReserve(tx, act, id)) };
        });
      },
    }),
  ];
}
