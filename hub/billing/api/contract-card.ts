import * as z from 'zod';
import type { Queryable } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { changeFamily } from '../change-family.ts';
import { findContract } from '../find-contract.ts';
import {
  listContractModules,
  listContractOptions,
  listContractTariffGroups,
  listContractTariffs,
  listServiceObjects,
} from '../list-contract-parts.ts';
import { listMarks } from '../list-marks.ts';
import { listNotes } from '../list-notes.ts';
import { readBalance } from '../read-balance.ts';
import { requireContractVersion } from '../require-version.ts';
import { searchContracts } from '../search-contracts.ts';
import { contractAnswer, figuresAnswer, foundAnswer, showFigures, showFound, showRecord } from './contract-answers.ts';
import { marksAnswer } from './contract-marks.ts';
import { moduleAnswer, showModule } from './contract-modules.ts';
import { noteAnswer, showNote } from './contract-notes.ts';
import { heldOptionAnswer, showOption } from './contract-options.ts';
import { formAnswer, showForm } from './contract-parameters.ts';
import { objectAnswer, showObject } from './contract-services.ts';
import { showTariffGroup, tariffGroupAnswer } from './contract-tariff-groups.ts';
import { showTariff, tariffAnswer } from './contract-tariffs.ts';
import { answerContract } from './contracts.ts';
import { contractParams, idOrNone, versionField } from './fields.ts';
import { limitAnswer, showLimit } from './limits.ts';
import type { BillingApiPorts } from './ports.ts';
import { showTimeLine, timeLineAnswer } from './statuses.ts';

/** Rows of each list on a card; whoever needs more asks for the list. */
const MOST = 100;

const list = <T extends z.ZodType>(item: T, where: string) =>
  z
    .array(item)
    .max(MOST)
    .meta({ description: `At most ${MOST}; all of them: ${where}` });

export const cardAnswer = z.object({
  contract: contractAnswer,
  balance: figuresAnswer.meta({ description: "Of this month; of a dependent member its head's" }),
  marks: marksAnswer,
  status: timeLineAnswer,
  limit: limitAnswer,
  form: formAnswer,
  head: foundAnswer.nullable().meta({ description: 'Of a member, where the operator may see it' }),
  members: list(foundAnswer, 'GET /contracts?head='),
  notes: list(noteAnswer, 'GET /contracts/{id}/notes').meta({ description: 'The newest' }),
  tariffs: list(tariffAnswer, 'GET /contracts/{id}/tariffs'),
  tariff_groups: list(tariffGroupAnswer, 'GET /contracts/{id}/tariff-groups'),
  options: list(heldOptionAnswer, 'GET /contracts/{id}/options').meta({ description: 'In force now' }),
  modules: list(moduleAnswer, 'GET /contracts/{id}/modules'),
  service_objects: list(objectAnswer, 'GET /contracts/{id}/service-objects'),
});

const first = <R, T>(rows: readonly R[], show: (row: R) => T): T[] => rows.slice(0, MOST).map(show);
/** Of rows in the order of time the last ones, which still matter. */
const last = <R, T>(rows: readonly R[], show: (row: R) => T): T[] => rows.slice(-MOST).map(show);

/** Everything that the page of a contract shows at one sight. @throws HubError NOT_FOUND */
export async function showCard(db: Queryable, act: Act, id: number): Promise<z.input<typeof cardAnswer>> {
  const contract = await findContract(db, act, id);
  const others = { members: true, closed: true, hidden: true };
  const head = contract.superId > 0 ? await searchContracts(db, act, { contractId: contract.superId, ...others, limit: 1 }) : undefined;
  const members = contract.superId === -1 ? await searchContracts(db, act, { headId: id, ...others, limit: MOST }) : undefined;
  return {
    contract: showRecord(contract),
    balance: showFigures(await readBalance(db, act, contract, act.today)),
    marks: await listMarks(db, act, id),
    status: await showTimeLine(db, act, id),
    limit: await showLimit(db, act, id),
    form: await showForm(db, act, id, false),
    head: head?.items.map(showFound)[0] ?? null,
    members: (members?.items ?? []).map(showFound),
    notes: first((await listNotes(db, act, id, { limit: MOST })).items, showNote),
    tariffs: last(await listContractTariffs(db, act, id, null), showTariff),
    tariff_groups: last(await listContractTariffGroups(db, act, id, null), showTariffGroup),
    options: first(await listContractOptions(db, act, id, true), showOption),
    modules: first(await listContractModules(db, act, id), showModule),
    service_objects: last(await listServiceObjects(db, act, id, null), showObject),
  };
}

/** The card of a contract, and the family that it belongs to. */
export const contractCardRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/card',
    right: 'billing.read',
    summary:
      'Everything about a contract in one answer: record, balance, status, limit, parameters, marks, family, notes, tariffs, options, modules, services',
    params: contractParams,
    answer: cardAnswer,
    async handle({ params: { id }, caller, reply }) {
      const card = await showCard(database.work, await acts.of(caller), id);
      reply.header('etag', `"${card.contract.version}"`);
      return card;
    },
  }),
  route({
    method: 'PUT',
    path: '/contracts/:id/family',
    right: 'billing.write',
    summary:
      'Make a contract a member of a head, let it leave (null), or change whether it has a balance of its own; its money moves with it',
    params: contractParams,
    body: z.strictObject({
      head_id: idOrNone,
      dependent: z.boolean().default(true).meta({ description: "Without a balance of its own: its head's counts" }),
      version: versionField,
    }),
    answer: contractAnswer,
    handle: ({ params: { id }, body, caller, request, reply }) =>
      acts.change(caller, id, async (tx, act) => {
        await requireContractVersion(tx, act, id, expectedVersion(request, body.version));
        await changeFamily(tx, act, id, { superId: body.head_id ?? 0, subMode: body.dependent ? 0 : 1 });
        return answerContract(tx, act, reply, id);
      }),
  }),
];
