import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Queryable } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { type ContractChange, changeContract } from '../change-contract.ts';
import { createContract } from '../create-contract.ts';
import { deleteContract } from '../delete-contract.ts';
import { findContract } from '../find-contract.ts';
import { partOf } from '../list-cursor.ts';
import { listFieldLog } from '../list-field-log.ts';
import { readContractPassword } from '../read-contract-password.ts';
import { requireContractVersion } from '../require-version.ts';
import { setContractPassword } from '../set-contract-password.ts';
import { contractAnswer, modeField, modeNumber, personField, personNumber, showRecord } from './contract-answers.ts';
import { dayField, dayOrOpen, idField, idOrNone, momentAnswer, contractParams as params, textField, versionField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

const title = textField(200).meta({ description: 'Unique among contracts that are not deleted' });
const comment = textField(1_000);

const newContract = z.strictObject({
  pattern_id: idField.optional().meta({ description: 'Gives number, groups, modules, tariffs, mode, limit and status' }),
  title: title.optional().meta({ description: 'Needed without a pattern; with one its next number is taken instead' }),
  comment: comment.optional(),
  date_from: dayField.optional().meta({ description: 'Today, unless given' }),
  head_id: idField.optional().meta({ description: 'Makes it a member of this head' }),
  dependent: z.boolean().optional().meta({ description: "Of a member: it has no balance of its own, its head's counts. Default: true" }),
  password: textField(100).optional(),
});

const contractChange = z.strictObject({
  title: title.optional(),
  comment: comment.optional(),
  date_from: dayField.optional(),
  date_to: dayOrOpen.optional().meta({ description: 'The last day; null: it goes on' }),
  mode: modeField.optional(),
  person_type: personField.optional(),
  hidden: z.boolean().optional(),
  pattern_id: idOrNone.optional(),
  parameter_group_id: idOrNone.optional(),
  version: versionField,
});

/** The fields that a change names, as the use case calls them. */
function changeOf(body: z.output<typeof contractChange>): ContractChange {
  const { title: name, comment: text, date_from, date_to, mode, person_type, hidden, pattern_id, parameter_group_id } = body;
  return {
    ...(name !== undefined && { title: name }),
    ...(text !== undefined && { comment: text }),
    ...(date_from !== undefined && { dateFrom: date_from }),
    ...(date_to !== undefined && { dateTo: date_to }),
    ...(mode !== undefined && { mode: modeNumber(mode) }),
    ...(person_type !== undefined && { personType: personNumber(person_type) }),
    ...(hidden !== undefined && { hidden }),
    ...(pattern_id !== undefined && { patternId: pattern_id ?? 0 }),
    ...(parameter_group_id !== undefined && { parameterGroupId: parameter_group_id ?? 0 }),
  };
}

/** The contract as it is now, with its version as ETag. */
export async function answerContract(db: Queryable, act: Act, reply: FastifyReply, id: number) {
  const row = await findContract(db, act, id);
  reply.header('etag', `"${row.version}"`);
  return showRecord(row);
}

const logAnswer = z.object({ at: momentAnswer, login: z.string(), value: z.string() });
const passwordAnswer = z.object({ password: z.string().meta({ description: 'Empty: there is none' }) });

const passwordRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/password',
    right: 'billing.contract.password.read',
    summary: 'The password of the subscriber; that it was read stands in the audit',
    params,
    answer: passwordAnswer,
    async handle({ params: { id }, caller }) {
      const act = await acts.of(caller);
      return { password: await database.transaction((tx) => readContractPassword(tx, act, id)) };
    },
  }),
  route({
    method: 'PUT',
    path: '/contracts/:id/password',
    right: 'billing.write',
    summary: 'Set the password of the subscriber; without one in the body it is made of the configured characters',
    params,
    body: z.strictObject({ password: textField(100).optional(), version: versionField }).prefault({}),
    answer: contractAnswer,
    handle: ({ params: { id }, body, caller, request, reply }) =>
      acts.change(caller, id, async (tx, act) => {
        await requireContractVersion(tx, act, id, expectedVersion(request, body.version));
        await setContractPassword(tx, act, id, body.password);
        return answerContract(tx, act, reply, id);
      }),
  }),
];

/** The record of a contract: make, show, change, delete. */
export const contractRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'POST',
    path: '/contracts',
    right: 'billing.write',
    summary: 'Make a contract: by a pattern, by a title, or both',
    body: newContract,
    answer: contractAnswer,
    status: 201,
    errors: ['NOT_FOUND', 'BAD_REQUEST'],
    handle: (call) =>
      changeOnce(ports.acts, call, call.body.head_id, 201, async (tx, act) => {
        const { body } = call;
        const { id } = await createContract(tx, act, {
          patternId: body.pattern_id ?? 0,
          superId: body.head_id ?? 0,
          subMode: body.dependent === false ? 1 : 0,
          ...(body.title !== undefined && { title: body.title }),
          ...(body.comment !== undefined && { comment: body.comment }),
          ...(body.date_from !== undefined && { dateFrom: body.date_from }),
          ...(body.password !== undefined && { password: body.password }),
        });
        return { answer: await answerContract(tx, act, call.reply, id), location: `/api/v1/billing/contracts/${id}` };
      }),
  }),
  route({
    method: 'GET',
    path: '/contracts/:id',
    right: 'billing.read',
    summary: 'The record of a contract',
    params,
    answer: contractAnswer,
    handle: async ({ params: { id }, caller, reply }) => answerContract(ports.database.work, await ports.acts.of(caller), reply, id),
  }),
  route({
    method: 'PATCH',
    path: '/contracts/:id',
    right: 'billing.write',
    summary: 'Change fields of the record; fields left out stay. Fees of the open months follow its days and its mode',
    params,
    body: contractChange,
    answer: contractAnswer,
    handle: ({ params: { id }, body, caller, request, reply }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await requireContractVersion(tx, act, id, expectedVersion(request, body.version));
        await changeContract(tx, act, id, changeOf(body));
        return answerContract(tx, act, reply, id);
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id',
    right: 'billing.write',
    summary: 'Move a contract with all its rows to the archive; one with money in a closed period can only be hidden',
    params,
    errors: ['STALE_VERSION'],
    handle: ({ params: { id }, caller, request }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await requireContractVersion(tx, act, id, expectedVersion(request));
        await deleteContract(tx, act, id);
      }),
  }),
  route({
    method: 'GET',
    path: '/contracts/:id/log',
    right: 'billing.read',
    summary: 'What the mode or the kind of person of a contract was set to, the oldest first',
    params,
    query: z.strictObject({ field: z.enum(['mode', 'person_type']), ...pageQuery }),
    answer: pageAnswer(logAnswer),
    async handle({ params: { id }, query, caller }) {
      const rows = await listFieldLog(ports.database.work, await ports.acts.of(caller), id, query.field === 'mode' ? 'mode' : 'personType');
      return partOf(rows, query, ({ at, login, value }) => ({ at: at.toString(), login, value }));
    },
  }),
  ...passwordRoutes(ports),
];
