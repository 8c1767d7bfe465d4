import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { attachModules, detachModules } from '../attach-modules.ts';
import { type ContractServiceRow, listContractModules, listContractServices, type ModuleRow } from '../list-contract-parts.ts';
import { partOf } from '../list-cursor.ts';
import { deleteContractService, findContractService, saveContractService } from '../save-contract-service.ts';
import { contractParams, dayOrOpen, dayOrOpenAnswer, idField, idText, textField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

export const moduleAnswer = z.object({ id: z.int(), kind: z.string(), title: z.string() });
export const showModule = ({ id, name, title }: ModuleRow): z.input<typeof moduleAnswer> => ({ id, kind: name, title });

export const serviceAnswer = z.object({
  id: z.int(),
  service_id: z.int(),
  title: z.string(),
  date_from: dayOrOpenAnswer,
  date_to: dayOrOpenAnswer,
  comment: z.string(),
});

export const showService = (row: ContractServiceRow): z.input<typeof serviceAnswer> => ({
  id: row.id,
  service_id: row.serviceId,
  title: row.title,
  date_from: row.dateFrom?.toString() ?? null,
  date_to: row.dateTo?.toString() ?? null,
  comment: row.comment,
});

const moduleParams = contractParams.extend({ module: idText.meta({ description: 'Number of the module instance' }) });

const moduleRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/modules',
    right: 'billing.read',
    summary: 'Module instances of a contract, by title',
    params: contractParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(moduleAnswer),
    async handle({ params: { id }, query, caller }) {
      return partOf(await listContractModules(database.work, await acts.of(caller), id), query, showModule);
    },
  }),
  route({
    method: 'PUT',
    path: '/contracts/:id/modules/:module',
    right: 'billing.write',
    summary: 'Attach a module instance to a contract; one that it has stays',
    params: moduleParams,
    handle: ({ params: { id, module }, caller }) => acts.change(caller, id, (tx, act) => attachModules(tx, act, id, [module])),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/modules/:module',
    right: 'billing.write',
    summary: 'Detach a module instance; refused with their names while service objects of it are open',
    params: moduleParams,
    handle: ({ params: { id, module }, caller }) => acts.change(caller, id, (tx, act) => detachModules(tx, act, id, [module])),
  }),
];

const fields = { date_from: dayOrOpen.optional(), date_to: dayOrOpen.optional(), comment: textField(2_000).optional() };
const serviceParams = contractParams.extend({ record: idText.meta({ description: 'Number of the record' }) });

/** Modules of a contract, and the records of the services that it has. */
export const contractModuleRoutes = (ports: BillingApiPorts): Route[] => [
  ...moduleRoutes(ports),
  route({
    method: 'GET',
    path: '/contracts/:id/services',
    right: 'billing.read',
    summary: 'Which services a contract has and when, by first day',
    params: contractParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(serviceAnswer),
    async handle({ params: { id }, query, caller }) {
      return partOf(await listContractServices(ports.database.work, await ports.acts.of(caller), id), query, showService);
    },
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/services',
    right: 'billing.write',
    summary: 'Record that a contract has a service for a time',
    params: contractParams,
    body: z.strictObject({ service_id: idField, ...fields }),
    answer: serviceAnswer,
    status: 201,
    handle: (call) =>
      changeOnce(ports.acts, call, call.params.id, 201, async (tx, act) => {
        const { body } = call;
        const contractId = call.params.id;
        const made = await saveContractService(tx, act, {
          id: 0,
          contractId,
          serviceId: body.service_id,
          dateFrom: body.date_from ?? null,
          dateTo: body.date_to ?? null,
          comment: body.comment ?? '',
        });
        return { answer: showService(await findContractService(tx, act, made, contractId)) };
      }),
  }),
  route({
    method: 'PATCH',
    path: '/contracts/:id/services/:record',
    right: 'billing.write',
    summary: 'Change the record of a service; fields left out stay',
    params: serviceParams,
    body: z.strictObject({ service_id: idField.optional(), ...fields }),
    answer: serviceAnswer,
    handle: ({ params: { id, record }, body, caller }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        const former = await findContractService(tx, act, record, id);
        await saveContractService(tx, act, {
          id: record,
          contractId: id,
          serviceId: body.service_id ?? former.serviceId,
          dateFrom: body.date_from === undefined ? former.dateFrom : body.date_from,
          dateTo: body.date_to === undefined ? former.dateTo : body.date_to,
          comment: body.comment ?? former.comment,
        });
        return showService(await findContractService(tx, act, record, id));
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/services/:record',
    right: 'billing.write',
    summary: 'Delete the record of a service',
    params: serviceParams,
    handle: ({ params: { id, record }, caller }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await findContractService(tx, act, record, id);
        await deleteContractService(tx, act, record);
      }),
  }),
];
