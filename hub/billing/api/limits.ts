import * as z from 'zod';
import type { Queryable } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { listLimitHistory, listLimitReturns, readLimit } from '../list-limit-history.ts';
import { requireContractVersion } from '../require-version.ts';
import { cancelLimitPlan, setContractLimit, setTemporaryLimit } from '../set-limit.ts';
import { amountAnswer, amountField, contractParams, dayAnswer, idText, momentAnswer, textField, versionField } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';

export const limitAnswer = z.object({
  limit: amountAnswer.meta({ description: 'The lowest balance that is still allowed; negative gives credit' }),
  plan: z
    .object({ id: z.int(), limit: amountAnswer, due_on: dayAnswer })
    .nullable()
    .meta({ description: 'To what it returns, and on which day; null: it is for good' }),
  version: z.int().meta({ description: 'Of the contract, for If-Match' }),
});

const logAnswer = z.object({
  id: z.int(),
  at: momentAnswer,
  login: z.string(),
  operator: z.string().meta({ description: 'Name of who set it' }),
  limit: amountAnswer,
  days: z.int().nullable().meta({ description: 'Of a temporary one' }),
  comment: z.string(),
});

const planAnswer = z.object({
  id: z.int(),
  limit: amountAnswer,
  due_on: dayAnswer,
  state: z.enum(['planned', 'done', 'canceled', 'replaced']),
  login: z.string(),
  at: momentAnswer,
});

/** The limit of a contract and what is planned for it. @throws HubError NOT_FOUND */
export async function showLimit(db: Queryable, act: Act, contractId: number): Promise<z.input<typeof limitAnswer>> {
  const { limit, plan, version } = await readLimit(db, act, contractId);
  return { limit, plan: plan ? { id: plan.id, limit: plan.value, due_on: plan.dueOn.toString() } : null, version };
}

const historyRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/limit/log',
    right: 'billing.read',
    summary: 'Which limits a contract had, the newest first',
    params: contractParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(logAnswer),
    async handle({ params: { id }, query, caller }) {
      const page = await listLimitHistory(database.work, await acts.of(caller), id, query);
      return {
        ...page,
        items: page.items.map((row) => ({
          id: row.id,
          at: row.at.toString(),
          login: row.login,
          operator: row.userName,
          limit: row.value,
          days: row.days,
          comment: row.comment,
        })),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/contracts/:id/limit/plans',
    right: 'billing.read',
    summary: 'Planned returns of a temporary limit, the newest first',
    params: contractParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(planAnswer),
    async handle({ params: { id }, query, caller }) {
      const page = await listLimitReturns(database.work, await acts.of(caller), id, query);
      return {
        ...page,
        items: page.items.map((row) => ({
          id: row.id,
          limit: row.value,
          due_on: row.dueOn.toString(),
          state: row.state,
          login: row.login,
          at: row.at.toString(),
        })),
      };
    },
  }),
];

/** The limit of a contract: for good, for some days, its log and plan. */
export const limitRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/limit',
    right: 'billing.read',
    summary: 'The limit of a contract, and the return that is planned for it',
    params: contractParams,
    answer: limitAnswer,
    async handle({ params: { id }, caller, reply }) {
      const shown = await showLimit(ports.database.work, await ports.acts.of(caller), id);
      reply.header('etag', `"${shown.version}"`);
      return shown;
    },
  }),
  route({
    method: 'PUT',
    path: '/contracts/:id/limit',
    right: 'billing.write',
    summary: 'Set the limit: for good, or for some days, after which it returns to what it was before the first of such limits',
    params: contractParams,
    body: z.strictObject({
      limit: amountField,
      days: z.int().min(1).max(3_660).optional().meta({ description: 'For so many days: 1 returns tomorrow. Without it: for good' }),
      comment: textField(1_000).default(''),
      version: versionField,
    }),
    answer: limitAnswer,
    handle: ({ params: { id }, body, caller, request, reply }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await requireContractVersion(tx, act, id, expectedVersion(request, body.version));
        if (body.days === undefined) await setContractLimit(tx, act, id, body.limit, body.comment);
        else await setTemporaryLimit(tx, act, id, body.limit, body.days, body.comment);
        const shown = await showLimit(tx, act, id);
        reply.header('etag', `"${shown.version}"`);
        return shown;
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/limit/plans/:plan',
    right: 'billing.write',
    summary: 'Cancel a planned return: the present limit stays',
    params: contractParams.extend({ plan: idText }),
    answer: limitAnswer,
    handle: ({ params: { id, plan }, caller }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await cancelLimitPlan(tx, act, id, plan);
        return showLimit(tx, act, id);
      }),
  }),
  ...historyRoutes(ports),
];
