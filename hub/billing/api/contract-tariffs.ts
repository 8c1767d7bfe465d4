import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { lockContract } from '../find-contract.ts';
import {
  type ContractTariffGroupRow,
  type ContractTariffRow,
  listContractTariffGroups,
  listContractTariffs,
} from '../list-contract-parts.ts';
import { partOf } from '../list-cursor.ts';
import { requireVersion } from '../require-version.ts';
import { deleteContractTariff, findContractTariff, saveContractTariff } from '../save-contract-tariff.ts';
import { deleteContractTariffGroup, findContractTariffGroup, saveContractTariffGroup } from '../save-contract-tariff-group.ts';
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

export const tariffGroupAnswer = z.object({
  id: z.int(),
  tariff_group_id: z.int(),
  title: z.string(),
  date_from: dayAnswer,
  date_to: dayOrOpenAnswer,
  comment: z.string(),
});

export const showTariffGroup = (row: ContractTariffGroupRow): z.input<typeof tariffGroupAnswer> => ({
  id: row.id,
  tariff_group_id: row.groupId,
  title: row.title,
  date_from: row.dateFrom.toString(),
  date_to: row.dateTo?.toString() ?? null,
  comment: row.comment,
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
const dayQuery = z.strictObject({
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

const planRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
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

const groupParams = contractParams.extend({ assignment: idText.meta({ description: 'Number of the assignment' }) });

const groupRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/tariff-groups',
    right: 'billing.read',
    summary: 'Tariff groups of a contract: what its customer may choose from, and when',
    params: contractParams,
    query: dayQuery,
    answer: pageAnswer(tariffGroupAnswer),
    async handle({ params: { id }, query, caller }) {
      return partOf(await listContractTariffGroups(database.work, await acts.of(caller), id, query.date ?? null), query, showTariffGroup);
    },
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/tariff-groups',
    right: 'billing.write',
    summary: 'Give a contract a tariff group for a time',
    params: contractParams,
    body: z.strictObject({ tariff_group_id: idField, ...days, comment: comment.default('') }),
    answer: tariffGroupAnswer,
    status: 201,
    handle: (call) =>
      changeOnce(acts, call, call.params.id, 201, async (tx, act) => {
        const { body } = call;
        const contractId = call.params.id;
        const made = await saveContractTariffGroup(tx, act, {
          id: 0,
          contractId,
          groupId: body.tariff_group_id,
          dateFrom: body.date_from ?? act.today,
          dateTo: body.date_to ?? null,
          comment: body.comment,
        });
        return { answer: showTariffGroup(await findContractTariffGroup(tx, act, made, contractId)) };
      }),
  }),
  route({
    method: 'PATCH',
    path: '/contracts/:id/tariff-groups/:assignment',
    right: 'billing.write',
    summary: 'Change a tariff group of a contract; fields left out stay',
    params: groupParams,
    body: z.strictObject({ tariff_group_id: idField.optional(), ...days, comment: comment.optional() }),
    answer: tariffGroupAnswer,
    handle: ({ params: { id, assignment }, body, caller }) =>
      acts.change(caller, id, async (tx, act) => {
        const former = await findContractTariffGroup(tx, act, assignment, id);
        await saveContractTariffGroup(tx, act, {
          id: assignment,
          contractId: id,
          groupId: body.tariff_group_id ?? former.groupId,
          dateFrom: body.date_from ?? former.dateFrom,
          dateTo: body.date_to === undefined ? former.dateTo : body.date_to,
          comment: body.comment ?? former.comment,
        });
        return showTariffGroup(await findContractTariffGroup(tx, act, assignment, id));
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/tariff-groups/:assignment',
    right: 'billing.write',
    summary: 'Take a tariff group off a contract',
    params: groupParams,
    handle: ({ params: { id, assignment }, caller }) =>
      acts.change(caller, id, (tx, act) => deleteContractTariffGroup(tx, act, assignment, id)),
  }),
];

/** Tariff plans and tariff groups of a contract. */
export const contractTariffRoutes = (ports: BillingApiPorts): Route[] => [...planRoutes(ports), ...groupRoutes(ports)];
