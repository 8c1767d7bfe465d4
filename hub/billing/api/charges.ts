import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { deleteCharge } from '../delete-charge.ts';
import { addUpMoney, pageOfMoney } from '../list-money-pages.ts';
import { CHARGES, saveCharge } from '../save-charge.ts';
import { findMoney } from '../save-money.ts';
import { idField, idText } from './fields.ts';
import { changeOnce } from './once.ts';
import {
  changeFields,
  chargeAnswer,
  listAnswer,
  listQuery,
  rowFields,
  shownCharge,
  shownList,
  sumField,
  wishOf,
} from './payments-answers.ts';
import type { BillingApiPorts } from './ports.ts';

const params = z.object({ id: idText.meta({ description: 'Number of the charge' }) });

/** Charges: single debits; a contract in debt may be locked by one, in the same transaction. */
export function chargeRoutes({ database, acts }: BillingApiPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/charges',
      right: 'billing.read',
      summary: 'Charges, the newest first. A page over all contracts may be short although more follow: only `next` null is the end',
      query: z.strictObject(listQuery),
      answer: listAnswer(chargeAnswer),
      errors: ['NOT_FOUND'],
      async handle({ query, caller }) {
        const act = await acts.of(caller);
        const wish = wishOf(query);
        const { items, next } = await pageOfMoney(database.work, act, CHARGES, wish);
        const totals = query.totals ? await addUpMoney(database.work, act, CHARGES, wish) : undefined;
        return shownList({ items: items.map(shownCharge), next }, totals);
      },
    }),
    route({
      method: 'POST',
      path: '/charges',
      right: 'billing.money',
      summary: 'Store a charge; once for an Idempotency-Key',
      body: z.strictObject({ contract_id: idField, ...rowFields, sum: sumField }),
      answer: chargeAnswer,
      status: 201,
      errors: ['NOT_FOUND', 'BAD_REQUEST'],
      handle: (call) => {
        const { contract_id: contractId, type_id: typeId, date: day, ...rest } = call.body;
        return changeOnce(acts, call, contractId, 201, async (tx, act) => {
          const id = await saveCharge(tx, act, { ...rest, contractId, typeId, day });
          return { answer: shownCharge(await findMoney(tx, act, CHARGES, id, undefined)), location: `/api/v1/billing/charges/${id}` };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/charges/:id',
      right: 'billing.read',
      summary: 'One charge',
      params,
      answer: chargeAnswer,
      handle: async ({ params: { id }, caller }) =>
        shownCharge(await findMoney(database.work, await acts.of(caller), CHARGES, id, undefined)),
    }),
    route({
      method: 'PATCH',
      path: '/charges/:id',
      right: 'billing.money',
      summary: 'Change a charge; what is left out stays. The date may move it to another month',
      params,
      body: changeFields,
      answer: chargeAnswer,
      async handle(call) {
        const {
          params: { id },
          body: { type_id: typeId, date: day, ...rest },
        } = call;
        const { contractId } = await findMoney(database.work, await acts.of(call.caller), CHARGES, id, undefined);
        return changeOnce(acts, call, contractId, 200, async (tx, act) => {
          await saveCharge(tx, act, { ...rest, id, typeId, day });
          return { answer: shownCharge(await findMoney(tx, act, CHARGES, id, undefined)) };
        });
      },
    }),
    route({
      method: 'DELETE',
      path: '/charges/:id',
      right: 'billing.money',
      summary: 'Delete a charge: it goes to the archive, with who did it and when',
      params,
      async handle({ params: { id }, caller }) {
        const { contractId } = await findMoney(database.work, await acts.of(caller), CHARGES, id, undefined);
        await acts.change(caller, contractId, (tx, act) => deleteCharge(tx, act, { id }));
      },
    }),
  ];
}
