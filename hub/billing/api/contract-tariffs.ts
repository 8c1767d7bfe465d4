import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { lockContract } from '../find-contract.ts';
import { type ContractTariffRow, listContractTariffs } from '../list-contract-parts.ts';
import { partOf } from '../list-cursor.ts';
import { requireVersion } from '../require-version.ts';
import { deleteContractTariff, findContractTariff, saveContractTariff } from '../save-contract-tariff.ts';
import { contractParams, dayAnswer, dayField, dayOrOpen, dayOrOpenAnswer, idField, idText, textField, versionField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

export const tariffAnswer = z.object({
  id: z.int(),
  plan_id: z.int(),
  title: z.string(),
  date_from: dayAnswer,
  date_to: dayOrOpenAnswer,
  position: z.int().meta({ description: 'Of several on one day the lowest that prices a service wins' }),
  comment: z.string(),
  module_id: z.int().nullable().meta({ description: 'Of an entity that it is bound to; null: the contract itself' }),
  entity_id: z.int().nullable(),
  version: z.int(),
});

export const showTariff = (row: ContractTariffRow): z.input<typeof tariffAnswer> => ({
  id: row.id,
  plan_id: row.planId,
  title: row.title,
  date_from: row.dateFrom.toString(),
  date_to: row.dateTo?.toString() ?? null,
  position: row.position,
  comment: row.comment,
  module_id: row.entityMid || null,
  entity_id: row.entityId || null,
  version: row.version,
});

const days = { date_from: dayField.optional(), date_to: dayOrOpen.optional() };
const comment = textField(2_000);
const tariffFields = {
  ...days,
  position: z.int().min(-1_000_000).max(1_000_000).optional(),
  comment: comment.optional(),
  module_id: idField.nullable().optional(),
  entity_id: idField.nullable().optional(),
};

/** The day that a list is asked for. */
export const dayQuery = z.strictObject({
  date: dayField.optional().meta({ description: 'Only those that include this day' }),
  ...pageQuery,
});

async function answerTariff(tx: Transaction, act: Act, reply: FastifyReply, id: number) {
  const row = await findContractTariff(tx, act, id);
  reply.header('etag', `"${row.version}"`);
  return showTariff(row);
}

/** The tariff of a contract that is locked. @throws HubError NOT_FOUND, STALE_VERSION */
async function tariffAt(
  tx: Transaction,
  act: Act,
  contractId: number,
  id: number,
  version: number | undefined,
): Promise<ContractTariffRow> {
  await lockContract(tx, act, contractId);
  const row = await findContractTariff(tx, act, id, contractId);
  requireVersion(`contract tariff ${id}`, row.version, version);
  return row;
}

const tariffParams = contractParams.extend({ tariff: idText });

/** Tariff plans of a contract. */
export const contractTariffRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/tariffs',
    right: 'billing.read',
    summary: 'Tariff plans of a contract, by their first day',
    params: contractParams,
    query: dayQuery,
    answer: pageAnswer(tariffAnswer),
    async handle({ params: { id }, query, caller }) {
      return partOf(await listContractTariffs(database.work, await acts.of(caller), id, query.date ?? null), query, showTariff);
    },
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/tariffs',
    right: 'billing.write',
    summary: 'Give a contract a tariff plan; fees of the open months that it touches are taken anew',
    params: contractParams,
    body: z.strictObject({ plan_id: idField, ...tariffFields }),
    answer: tariffAnswer,
    status: 201,
    handle: (call) =>
      changeOnce(acts, call, call.params.id, 201, async (tx, act) => {
        const { params, body, reply } = call;
        const id = await saveContractTariff(tx, act, {
          id: 0,
          contractId: params.id,
          planId: body.plan_id,
          dateFrom: body.date_from ?? act.today,
          dateTo: body.date_to ?? null,
          position: body.position,
          comment: body.comment,
          entityMid: body.module_id ?? 0,
          entityId: body.entity_id ?? 0,
        });
        return { answer: await answerTariff(tx, act, reply, id), location: `/api/v1/billing/contracts/${params.id}/tariffs/${id}` };
      }),
  }),
  route({
    method: 'PATCH',
    path: '/contracts/:id/tariffs/:tariff',
    right: 'billing.write',
    summary: 'Change a tariff plan of a contract; fields left out stay',
    params: tariffParams,
    body: z.strictObject({ plan_id: idField.optional(), ...tariffFields, version: versionField }),
    answer: tariffAnswer,
    handle: ({ params: { id, tariff }, body, caller, request, reply }) =>
      acts.change(caller, id, async (tx, act) => {
        const former = await tariffAt(tx, act, id, tariff, expectedVersion(request, body.version));
        await saveContractTariff(tx, act, {
          id: tariff,
          contractId: id,
          planId: body.plan_id ?? former.planId,
          dateFrom: body.date_from ?? former.dateFrom,
          dateTo: body.date_to === undefined ? former.dateTo : body.date_to,
          position: body.position,
          comment: body.comment,
          entityMid: body.module_id === undefined ? undefined : (body.module_id ?? 0),
          entityId: body.entity_id === undefined ? undefined : (body.entity_id ?? 0),
        });
        return answerTariff(tx, act, reply, tariff);
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/tariffs/:tariff',
    right: 'billing.write',
    summary: 'Take a tariff plan off a contract, as if it had never been there',
    params: tariffParams,
    errors: ['STALE_VERSION'],
    handle: ({ params: { id, tariff }, caller, request }) =>
      acts.change(caller, id, async (tx, act) => {
        await tariffAt(tx, act, id, tariff, expectedVersion(request));
        await deleteContractTariff(tx, act, tariff, id);
      }),
  }),
];
