import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { isInstant } from '../../core/instant.ts';
import { type CallRow, type IntegrationRow, listCalls, listIntegrations, showCall } from '../list-calls.ts';
import type { BillingApiPorts } from './ports.ts';

const PROTOCOLS = ['action', 'soap', 'json'] as const;
const moment = z.iso.datetime();
const protocolAnswer = z.enum(PROTOCOLS).meta({ description: 'action: XML actions' });

const summary = z.object({
  id: z.int(),
  at: moment,
  operator_id: z.int().meta({ description: '0: nobody was recognised' }),
  login: z.string(),
  protocol: protocolAnswer,
  operation: z.string().meta({ description: 'PaymentService.paymentGet, contract/ContractInfo; empty when none was found' }),
  outcome: z.string().meta({
    description: 'ok; a code of the table of errors; unsupported: known and not served; not_called: refused before an operation was found',
  }),
  milliseconds: z.number(),
  address: z.string(),
  request_id: z.string(),
});

const headers = z.array(z.tuple([z.string(), z.string()])).meta({ description: 'In their order; secrets as ***' });
const body = z.string().nullable().meta({ description: 'As it came, secrets as ***; null: no text' });
const size = z.int().meta({ description: 'Bytes of the whole body' });
const cut = z.boolean().meta({ description: 'The body is only its beginning' });

const whole = summary.extend({
  request: z.object({ method: z.string(), url: z.string(), headers, body, bytes: size, cut }),
  answer: z.object({ status: z.int(), headers, body, bytes: size, cut }),
});

const integration = z.object({
  operator_id: z.int().meta({ description: '0: whoever was not recognised' }),
  login: z.string(),
  protocol: protocolAnswer,
  calls: z.int().meta({ description: 'Of them in the journal' }),
  failed: z.int(),
  last_at: moment,
});

const instant = z
  .string()
  .refine(isInstant, 'must be a moment such as 2026-11-22T14:05:00+03:00')
  .transform((text) => Temporal.Instant.from(text));
const params = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

/** A call of the journal as REST and the command line tell it. */
export const shownCall = ({ operatorId, requestId, at, id, login, protocol, operation, outcome, milliseconds, address }: CallRow) => ({
  id,
  at: at.toString(),
  operator_id: operatorId,
  login,
  protocol,
  operation,
  outcome,
  milliseconds,
  address,
  request_id: requestId,
});

/** An integration as REST and the command line tell it. */
export const shownIntegration = ({ operatorId, lastAt, ...row }: IntegrationRow) => ({
  operator_id: operatorId,
  ...row,
  last_at: lastAt.toString(),
});

/** A call with what was sent and answered. */
export const wholeCall = (call: Awaited<ReturnType<typeof showCall>>) => ({
  ...shownCall(call),
  request: { method: call.method, url: call.url, headers: call.headers, body: call.body, bytes: call.size, cut: call.cut },
  answer: {
    status: call.answerStatus,
    headers: call.answerHeaders,
    body: call.answerBody,
    bytes: call.answerSize,
    cut: call.answerCut,
  },
});

/** The journal of calls (spec 9.9): what foreign programs sent lately, and what they were answered. */
export function journalRoutes({ database, acts }: BillingApiPorts): Route[] {
  const reading = { right: 'billing.journal', method: 'GET' } as const;
  return [
    route({
      ...reading,
      path: '/journal',
      summary: 'Calls of foreign programs lately, the newest first; who is fenced in sees only own ones',
      query: z.strictObject({
        login: z.string().max(100).optional(),
        protocol: z.enum(PROTOCOLS).optional(),
        operation: z.string().max(200).optional().meta({ description: 'The beginning of its name, in letters of any case' }),
        failed: z
          .enum(['true', 'false'])
          .transform((text) => text === 'true')
          .optional()
          .meta({ description: 'Only those that failed, or only those that did not' }),
        since: instant.optional().meta({ description: 'From this moment on' }),
        until: instant.optional().meta({ description: 'Before this moment' }),
        request_id: z.string().max(200).optional(),
        ...pageQuery,
      }),
      answer: pageAnswer(summary),
      async handle({ caller, query: { after, limit, request_id, ...filter } }) {
        const act = await acts.of(caller);
        const { items, next } = await listCalls(database.work, act, { ...filter, requestId: request_id }, { after, limit });
        return { items: items.map(shownCall), next };
      },
    }),
    route({
      ...reading,
      path: '/journal/:id',
      summary: 'One call with its request and its answer as they went over the wire',
      params,
      answer: whole,
      handle: async ({ caller, params: { id } }) => wholeCall(await showCall(database.work, await acts.of(caller), id)),
    }),
    route({
      ...reading,
      path: '/integrations',
      summary: 'Who calls over which protocol, as far as the journal goes back',
      answer: z.object({ items: z.array(integration) }),
      async handle({ caller }) {
        const rows = await listIntegrations(database.work, await acts.of(caller));
        return { items: rows.map(shownIntegration) };
      },
    }),
  ];
}
