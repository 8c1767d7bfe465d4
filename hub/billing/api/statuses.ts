import * as z from 'zod';
import type { Queryable } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { cancelScheduledStatus, changeStatus, type StatusChange } from '../change-status.ts';
import { listStatusLog, readTimeLine } from '../list-statuses.ts';
import { requireContractVersion } from '../require-version.ts';
import {
  contractParams,
  dayAnswer,
  dayField,
  dayOrOpen,
  dayOrOpenAnswer,
  idField,
  idText,
  momentAnswer,
  textField,
  versionField,
} from './fields.ts';
import { changeOnce, jobOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

const periodAnswer = z.object({
  id: z.int().nullable().meta({ description: 'Null: the contract never had a status of its own set' }),
  status: z.int(),
  title: z.string(),
  date_from: dayAnswer,
  date_to: dayOrOpenAnswer,
  comment: z.string(),
  when: z.enum(['past', 'present', 'planned']),
});

export const timeLineAnswer = z.object({
  status: z.int(),
  title: z.string(),
  today: dayAnswer,
  periods: z
    .array(periodAnswer)
    .meta({ description: 'In order of time; they never overlap. `planned` ones come into force by themselves' }),
  version: z.int().meta({ description: 'Of the contract, for If-Match' }),
});

const logAnswer = z.object({
  id: z.int(),
  at: momentAnswer,
  login: z.string(),
  status: z.int(),
  title: z.string(),
  date_from: dayAnswer,
  date_to: dayOrOpenAnswer,
  comment: z.string(),
  reason: z.enum(['manual', 'scheduled', 'payment', 'debt']),
});

/** The statuses of a contract as a time line. @throws HubError NOT_FOUND */
export async function showTimeLine(db: Queryable, act: Act, contractId: number): Promise<z.input<typeof timeLineAnswer>> {
  const { periods, ...line } = await readTimeLine(db, act, contractId);
  return {
    ...line,
    today: act.today.toString(),
    periods: periods.map(({ id, status, title, dateFrom, dateTo, comment, when }) => ({
      id: id === 0 ? null : id,
      status,
      title,
      date_from: dateFrom.toString(),
      date_to: dateTo?.toString() ?? null,
      comment,
      when,
    })),
  };
}

/** A status to set, for a contract or several. */
export const statusChangeFields = {
  status: z.int().min(0).max(32_767).meta({ description: 'Code of the status' }),
  date_from: dayField.optional().meta({ description: 'The first day; today, unless given. A later one is a planned change' }),
  date_to: dayOrOpen.optional().meta({ description: 'The last day, after which the former status returns; null: from then on' }),
  comment: textField(1_000).default(''),
};

export const statusChangeOf = (
  { today }: Pick<Act, 'today'>,
  { status, date_from, date_to, comment }: z.output<z.ZodObject<typeof statusChangeFields>>,
): StatusChange => ({ status, dateFrom: date_from ?? today, dateTo: date_to ?? null, comment });

const MOST_CONTRACTS = 1_000;
const reportAnswer = z.object({
  done: z.array(z.int()).meta({ description: 'Contracts that were changed' }),
  failed: z.array(z.object({ contract_id: z.int(), code: z.string(), detail: z.string() })),
});

/** A change of several contracts, each in a transaction of its own; one that fails keeps nobody else. */
const severalRoute = ({ database, acts }: BillingApiPorts): Route =>
  route({
    method: 'POST',
    path: '/status-changes',
    right: 'billing.write',
    summary: 'Set the status of several contracts, each by itself; the answer says which were changed and why others were not',
    body: z.strictObject({ contract_ids: z.array(idField).min(1).max(MOST_CONTRACTS), ...statusChangeFields }),
    answer: reportAnswer,
    status: 200,
    handle: (call) =>
      jobOnce(database, call, 200, async () => {
        const { contract_ids, ...change } = call.body;
        const done: number[] = [];
        const failed: z.input<typeof reportAnswer>['failed'] = [];
        for (const id of new Set(contract_ids)) {
          try {
            await acts.change(call.caller, id, (tx, act) => changeStatus(tx, act, id, statusChangeOf(act, change), { reason: 'manual' }));
            done.push(id);
          } catch (error) {
            if (!(error instanceof HubError) || error.status >= 500) throw error;
            failed.push({ contract_id: id, code: error.code, detail: error.message });
          }
        }
        return { answer: { done, failed } };
      }),
  });

/** Statuses of a contract: the time line, its log, changes now and planned. */
export const statusRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/statuses',
    right: 'billing.read',
    summary: 'The statuses of a contract as a time line: what was, what is, what is planned',
    params: contractParams,
    answer: timeLineAnswer,
    async handle({ params: { id }, caller, reply }) {
      const line = await showTimeLine(ports.database.work, await ports.acts.of(caller), id);
      reply.header('etag', `"${line.version}"`);
      return line;
    },
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/statuses',
    right: 'billing.write',
    summary: 'Set a status for a period; what lies inside it is overwritten. A first day in the future is a planned change',
    params: contractParams,
    body: z.strictObject({ ...statusChangeFields, version: versionField }),
    answer: timeLineAnswer,
    status: 201,
    errors: ['STALE_VERSION'],
    handle: (call) =>
      changeOnce(ports.acts, call, call.params.id, 201, async (tx, act) => {
        const { id } = call.params;
        const { version, ...change } = call.body;
        await requireContractVersion(tx, act, id, expectedVersion(call.request, version));
        await changeStatus(tx, act, id, statusChangeOf(act, change), { reason: 'manual' });
        const line = await showTimeLine(tx, act, id);
        call.reply.header('etag', `"${line.version}"`);
        return { answer: line };
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/statuses/:period',
    right: 'billing.write',
    summary: 'Take a planned change back: the status before it goes on',
    params: contractParams.extend({ period: idText }),
    answer: timeLineAnswer,
    handle: ({ params: { id, period }, caller }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await cancelScheduledStatus(tx, act, id, period);
        return showTimeLine(tx, act, id);
      }),
  }),
  route({
    method: 'GET',
    path: '/contracts/:id/statuses/log',
    right: 'billing.read',
    summary: 'Who set which status when and why, the newest first',
    params: contractParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(logAnswer),
    async handle({ params: { id }, query, caller }) {
      const page = await listStatusLog(ports.database.work, await ports.acts.of(caller), id, query);
      return {
        ...page,
        items: page.items.map(({ dateFrom, dateTo, operatorId: _, ...row }) => ({
          ...row,
          at: row.at.toString(),
          date_from: dateFrom.toString(),
          date_to: dateTo?.toString() ?? null,
        })),
      };
    },
  }),
  severalRoute(ports),
];
