import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Queryable, Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { findContract } from '../find-contract.ts';
import { findParameter } from '../find-parameter.ts';
import { listParameterHistory, type ParameterRow, readForm, readParameter, type ValueRow } from '../list-parameters.ts';
import { requireContractVersion } from '../require-version.ts';
import { clearParameter, setParameter } from '../set-parameter.ts';
import { KIND_NAMES, parameterValueOf, showValue, valueAnswer, valueField } from './contract-values.ts';
import { contractParams, flagText, idField, idText, momentAnswer, versionField } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';

const MOST_AT_ONCE = 200;
const kinds = Object.values(KIND_NAMES) as [string, ...string[]];

const parameterAnswer = z.object({
  parameter_id: z.int(),
  title: z.string(),
  comment: z.string(),
  kind: z.enum(kinds),
  keeps_history: z.boolean(),
  custom_values: z.boolean().meta({ description: 'A list that takes values that are not in it, as `list_custom`' }),
  writable: z.boolean().meta({ description: 'This operator may change it' }),
  shown: z.string().meta({ description: 'The value as people read it; empty: none' }),
  value: valueAnswer.nullable(),
});

export const formAnswer = z.object({
  parameter_group_id: z.int().nullable(),
  parameters: z.array(parameterAnswer),
  version: z.int().meta({ description: 'Of the contract, for If-Match' }),
});

const showParameter = (act: Act, parameter: ParameterRow, value: ValueRow | undefined): z.input<typeof parameterAnswer> => ({
  parameter_id: parameter.id,
  title: parameter.title,
  comment: parameter.comment,
  kind: KIND_NAMES[parameter.kind],
  keeps_history: parameter.history,
  custom_values: parameter.customValues,
  writable: !act.fence.parameters.has(parameter.id),
  shown: value?.title ?? '',
  value: value ? showValue(parameter, value) : null,
});

/** The form of a contract: its parameters in their order with what it has of them. @throws HubError NOT_FOUND */
export async function showForm(db: Queryable, act: Act, contractId: number, all: boolean): Promise<z.input<typeof formAnswer>> {
  const { groupId, rows, version } = await readForm(db, act, contractId, all);
  return {
    parameter_group_id: groupId > 0 ? groupId : null,
    parameters: rows.map(({ parameter, value }) => showParameter(act, parameter, value)),
    version,
  };
}

const tagged = async (reply: FastifyReply, form: Promise<z.input<typeof formAnswer>>) => {
  const shown = await form;
  reply.header('etag', `"${shown.version}"`);
  return shown;
};

type Given = z.output<typeof valueField> | null;

/** Null takes the value away. @throws HubError as `setParameter` */
async function store(tx: Transaction, act: Act, contractId: number, parameterId: number, value: Given): Promise<void> {
  if (value !== null) return setParameter(tx, act, contractId, parameterId, parameterValueOf(value));
  const { kind } = await findParameter(tx, act, parameterId);
  await clearParameter(tx, act, contractId, parameterId, kind);
}

const params = contractParams.extend({ parameter: idText.meta({ description: 'Number of the parameter' }) });
const historyAnswer = z.object({
  at: momentAnswer,
  login: z.string(),
  shown: z.string().meta({ description: 'What it was set to; empty: it was cleared' }),
  former: z.string(),
});

/** One parameter of a contract, and its history. */
const singleRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/parameters/:parameter',
    right: 'billing.read',
    summary: 'One parameter of a contract',
    params,
    answer: parameterAnswer,
    async handle({ params: { id, parameter }, caller, reply }) {
      const act = await acts.of(caller);
      const { version } = await findContract(database.work, act, id);
      const held = await readParameter(database.work, act, id, parameter);
      reply.header('etag', `"${version}"`);
      return showParameter(act, held.parameter, held.value);
    },
  }),
  route({
    method: 'PUT',
    path: '/contracts/:id/parameters/:parameter',
    right: 'billing.write',
    summary: 'Set a parameter of a contract in the form of its kind; null clears it',
    params,
    body: z.strictObject({ value: valueField.nullable(), version: versionField }),
    answer: parameterAnswer,
    handle: ({ params: { id, parameter }, body, caller, request, reply }) =>
      acts.change(caller, id, async (tx, act) => {
        await requireContractVersion(tx, act, id, expectedVersion(request, body.version));
        await store(tx, act, id, parameter, body.value);
        const held = await readParameter(tx, act, id, parameter);
        reply.header('etag', `"${(await findContract(tx, act, id)).version}"`);
        return showParameter(act, held.parameter, held.value);
      }),
  }),
  route({
    method: 'GET',
    path: '/contracts/:id/parameters/:parameter/history',
    right: 'billing.read',
    summary: 'What a parameter of a contract was set to, the newest first',
    params,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(historyAnswer),
    async handle({ params: { id, parameter }, query, caller }) {
      const page = await listParameterHistory(database.work, await acts.of(caller), id, parameter, query);
      return { ...page, items: page.items.map(({ at, login, title, former }) => ({ at: at.toString(), login, shown: title, former })) };
    },
  }),
];

/** Parameters of a contract: the form as a whole, and one by one. */
export const contractParameterRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/parameters',
    right: 'billing.read',
    summary: 'The form of a contract: the parameters of its group in their order, with their values',
    params: contractParams,
    query: z.strictObject({ all: flagText.meta({ description: 'All parameters, not only those of its group' }) }),
    answer: formAnswer,
    handle: async ({ params: { id }, query, caller, reply }) =>
      tagged(reply, showForm(ports.database.work, await ports.acts.of(caller), id, query.all)),
  }),
  route({
    method: 'PUT',
    path: '/contracts/:id/parameters',
    right: 'billing.write',
    summary: 'Set several parameters at once, all or none; those that are not named stay',
    params: contractParams,
    body: z.strictObject({
      values: z
        .array(z.strictObject({ parameter_id: idField, value: valueField.nullable() }))
        .min(1)
        .max(MOST_AT_ONCE),
      version: versionField,
    }),
    answer: formAnswer,
    handle: ({ params: { id }, body, caller, request, reply }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await requireContractVersion(tx, act, id, expectedVersion(request, body.version));
        for (const { parameter_id, value } of body.values) await store(tx, act, id, parameter_id, value);
        return tagged(reply, showForm(tx, act, id, false));
      }),
  }),
  ...singleRoutes(ports),
];
