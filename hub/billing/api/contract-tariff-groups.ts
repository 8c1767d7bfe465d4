import * as z from 'zod';
import { pageAnswer } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { type ContractTariffGroupRow, listContractTariffGroups } from '../list-contract-parts.ts';
import { partOf } from '../list-cursor.ts';
import { deleteContractTariffGroup, findContractTariffGroup, saveContractTariffGroup } from '../save-contract-tariff-group.ts';
import { dayQuery } from './contract-tariffs.ts';
import { contractParams, dayAnswer, dayField, dayOrOpen, dayOrOpenAnswer, idField, idText, textField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

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
const groupParams = contractParams.extend({ assignment: idText.meta({ description: 'Number of the assignment' }) });

/** Tariff groups of a contract: what its customer may choose from. */
export const contractTariffGroupRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
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
