import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { lockContract } from '../find-contract.ts';
import { listServiceObjects, type ServiceObjectRow } from '../list-contract-parts.ts';
import { partOf } from '../list-cursor.ts';
import { moneyText } from '../money.ts';
import { planFees } from '../plan-fees.ts';
import { requireVersion } from '../require-version.ts';
import { deleteServiceObject, findServiceObject, saveServiceObject } from '../save-service-object.ts';
import {
  amountAnswer,
  contractParams,
  dayAnswer,
  dayField,
  dayOrOpen,
  dayOrOpenAnswer,
  idField,
  idText,
  textField,
  versionField,
} from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

export const objectAnswer = z.object({
  id: z.int(),
  service_id: z.int(),
  service_title: z.string(),
  module_id: z.int(),
  object_id: z.int().nullable(),
  count: z.int(),
  date_from: dayAnswer,
  date_to: dayOrOpenAnswer,
  comment: z.string(),
  version: z.int(),
});

export const showObject = (row: ServiceObjectRow): z.input<typeof objectAnswer> => ({
  id: row.id,
  service_id: row.serviceId,
  service_title: row.serviceTitle,
  module_id: row.moduleId,
  object_id: row.objectId || null,
  count: row.count,
  date_from: row.dateFrom.toString(),
  date_to: row.dateTo?.toString() ?? null,
  comment: row.comment,
  version: row.version,
});

const fields = {
  object_id: idField.nullable().optional(),
  count: z.int().min(0).max(1_000_000).optional(),
  date_from: dayField.optional(),
  date_to: dayOrOpen.optional(),
  comment: textField(2_000).optional(),
};

async function answerObject(tx: Transaction, act: Act, reply: FastifyReply, id: number) {
  const row = await findServiceObject(tx, act, id);
  reply.header('etag', `"${row.version}"`);
  return showObject(row);
}

/** The service object of a contract that is locked. @throws HubError NOT_FOUND, STALE_VERSION */
async function objectAt(tx: Transaction, act: Act, contractId: number, id: number, version: number | undefined): Promise<ServiceObjectRow> {
  await lockContract(tx, act, contractId);
  const row = await findServiceObject(tx, act, id, contractId);
  requireVersion(`service object ${id}`, row.version, version);
  return row;
}

const params = contractParams.extend({ object: idText });

const objectRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/service-objects',
    right: 'billing.read',
    summary: 'What recurring fees are taken for, by first day',
    params: contractParams,
    query: z.strictObject({ date: dayField.optional().meta({ description: 'Only those that include this day' }), ...pageQuery }),
    answer: pageAnswer(objectAnswer),
    async handle({ params: { id }, query, caller }) {
      return partOf(await listServiceObjects(database.work, await acts.of(caller), id, query.date ?? null), query, showObject);
    },
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/service-objects',
    right: 'billing.write',
    summary: 'Give a contract a service object; fees of the open months that it touches are taken anew',
    params: contractParams,
    body: z.strictObject({ service_id: idField, ...fields }),
    answer: objectAnswer,
    status: 201,
    handle: (call) =>
      changeOnce(acts, call, call.params.id, 201, async (tx, act) => {
        const { body, reply } = call;
        const contractId = call.params.id;
        const id = await saveServiceObject(tx, act, {
          id: 0,
          contractId,
          serviceId: body.service_id,
          objectId: body.object_id ?? 0,
          count: body.count ?? 1,
          dateFrom: body.date_from ?? act.today,
          dateTo: body.date_to ?? null,
          comment: body.comment ?? '',
        });
        return {
          answer: await answerObject(tx, act, reply, id),
          location: `/api/v1/billing/contracts/${contractId}/service-objects/${id}`,
        };
      }),
  }),
  route({
    method: 'PATCH',
    path: '/contracts/:id/service-objects/:object',
    right: 'billing.write',
    summary: 'Change a service object; fields left out stay',
    params,
    body: z.strictObject({ service_id: idField.optional(), ...fields, version: versionField }),
    answer: objectAnswer,
    handle: ({ params: { id, object }, body, caller, request, reply }) =>
      acts.change(caller, id, async (tx, act) => {
        const former = await objectAt(tx, act, id, object, expectedVersion(request, body.version));
        await saveServiceObject(tx, act, {
          id: object,
          contractId: id,
          serviceId: body.service_id ?? former.serviceId,
          objectId: body.object_id === undefined ? former.objectId : (body.object_id ?? 0),
          count: body.count ?? former.count,
          dateFrom: body.date_from ?? former.dateFrom,
          dateTo: body.date_to === undefined ? former.dateTo : body.date_to,
          comment: body.comment ?? former.comment,
        });
        return answerObject(tx, act, reply, object);
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/service-objects/:object',
    right: 'billing.write',
    summary: 'Remove a service object; what was accrued for it in open months goes with it',
    params,
    errors: ['STALE_VERSION'],
    handle: ({ params: { id, object }, caller, request }) =>
      acts.change(caller, id, async (tx, act) => {
        await objectAt(tx, act, id, object, expectedVersion(request));
        await deleteServiceObject(tx, act, object, id);
      }),
  }),
];

const feesAnswer = z.object({
  fees: z.array(
    z.object({
      month: z.string().meta({ description: 'YYYY-MM' }),
      service_object_id: z.int(),
      service_id: z.int(),
      service_title: z.string(),
      accrued: amountAnswer.meta({ description: 'What is accrued already' }),
      planned: amountAnswer.meta({
        description: 'What it will be when the month is over, with the tariffs, prices and statuses that are planned',
      }),
    }),
  ),
  total: z.object({ accrued: amountAnswer, planned: amountAnswer }),
});

/** Service objects of a contract, and their fees as they will be. */
export const contractServiceRoutes = (ports: BillingApiPorts): Route[] => [
  ...objectRoutes(ports),
  route({
    method: 'GET',
    path: '/contracts/:id/fees',
    right: 'billing.read',
    summary: 'Recurring fees by month and service object: what is accrued, and what it will be as things stand',
    params: contractParams,
    query: z.strictObject({
      from: dayField.optional().meta({ description: 'A day of the first month; today, unless given' }),
      to: dayField.optional().meta({ description: 'A day of the last month, at most 24; the first one, unless given' }),
    }),
    answer: feesAnswer,
    async handle({ params: { id }, query, caller }) {
      const act = await ports.acts.of(caller);
      const from = query.from ?? act.today;
      const fees = await planFees(ports.database.work, act, id, from, query.to ?? from.with({ day: 1 }));
      const titles = new Map((await listServiceObjects(ports.database.work, act, id, null)).map((row) => [row.id, row.serviceTitle]));
      return {
        fees: fees.map(({ month, objectId, serviceId, accrued, planned }) => ({
          month: month.toString().slice(0, 7),
          service_object_id: objectId,
          service_id: serviceId,
          service_title: titles.get(objectId) ?? '',
          accrued: moneyText(accrued),
          planned: moneyText(planned),
        })),
        total: {
          accrued: moneyText(fees.reduce((sum, fee) => sum + fee.accrued, 0n)),
          planned: moneyText(fees.reduce((sum, fee) => sum + fee.planned, 0n)),
        },
      };
    },
  }),
];
