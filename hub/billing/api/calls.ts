import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { BuiltRequest } from '../call-console/build-request.ts';
import type { CallConsole } from '../call-console/console.ts';
import { listTargets, showTarget } from '../call-console/targets.ts';

const MIB = 1024 * 1024;
const NAME = /^[A-Za-z][A-Za-z0-9_.]*$/;
const name = z.string().min(1).max(200).regex(NAME, 'must be a name of letters, digits, _ and points');
const common = {
  prefix: z
    .string()
    .max(200)
    .regex(/^(?:\/[A-Za-z0-9._~-]{1,64}){0,5}$/, 'must be a path such as /bgbilling')
    .refine((path) => !/\/\.{1,2}(?:\/|$)/.test(path), 'must be a path without . and ..')
    .optional()
    .meta({ description: 'What stands before /executer; by it billing.profiles chooses the release' }),
  language: z.enum(['ru', 'en']).optional().meta({ description: 'Accept-Language of the call. (Default: none is sent)' }),
};

const actionCall = z.strictObject({
  protocol: z.literal('action'),
  module: name,
  action: name,
  arguments: z
    .record(z.string().min(1).max(200), z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]))
    .default({})
    .meta({ description: 'Parameters besides module, action and the login; null: left out' }),
  method: z.enum(['GET', 'POST']).default('POST').meta({ description: 'GET: all in the address; POST: a form' }),
  ...common,
});

const operationCall = z.strictObject({
  protocol: z.enum(['soap', 'json']),
  service: name.meta({ description: 'ContractService' }),
  operation: name.default('none').meta({ description: 'contractGet; not needed with `body`' }),
  module_id: z.int().min(1).max(999_999_999).optional().meta({ description: 'Of services of a module' }),
  arguments: z
    .record(z.string().min(1).max(200), z.unknown())
    .default({})
    .meta({ description: 'Parameters as JSON has them, for SOAP too: objects of descendant classes carry `type`' }),
  body: z
    .string()
    .max(MIB)
    .optional()
    .meta({ description: 'Sent as it is instead of operation and arguments; it must hold no login, which goes by HTTP Basic' }),
  ...common,
});

const callWanted = z.discriminatedUnion('protocol', [actionCall, operationCall]);

const headers = z.array(z.tuple([z.string(), z.string()]));
const requestAnswer = z.object({
  method: z.enum(['GET', 'POST']),
  url: z.string().meta({ description: 'The whole address; the password as ***' }),
  headers,
  body: z.string(),
});
const called = z.object({
  request: requestAnswer,
  answer: z.object({
    status: z.int(),
    headers,
    body: z.string().nullable().meta({ description: 'As the protocol gives it; null: no text' }),
    bytes: z.int(),
    cut: z.boolean().meta({ description: 'The body is only its first MiB' }),
  }),
  milliseconds: z.number(),
});

const text = z.object({ ru: z.string(), en: z.string() });
const target = z.object({
  name: z.string().meta({ description: 'ContractService.contractGet, contract/ContractInfo' }),
  of: z.enum(['action', 'operation']).meta({ description: 'An action is called over XML actions, an operation over SOAP and JSON' }),
  kind: z.enum(['read', 'write']),
  served: z.boolean().meta({ description: 'false: known, and answers that it is not served yet' }),
  right: z.string(),
  allowed: z.boolean().meta({ description: 'Whether you have that right' }),
  title: text,
});
const template = target.extend({
  parameters: z.array(z.object({ name: z.string(), type: z.string(), optional: z.boolean(), doc: text })),
  result: z.string().meta({ description: 'Type of the answer; of an action what stands inside of data' }),
  calls: z
    .array(z.object({ call: z.looseObject({ protocol: z.enum(['action', 'soap', 'json']) }), request: requestAnswer }))
    .meta({ description: 'Calls to begin from, as POST /billing/calls takes them, and the requests that they make' }),
});

const shown = (request: FastifyRequest, { method, url, headers: own, body }: BuiltRequest) => ({
  method,
  url: `${request.protocol}://${request.host}${url}`,
  headers: Object.entries(own),
  body,
});

/** The call console (spec 9.9): calls of the three protocols, performed as the caller and with the caller's rights. */
export function callRoutes({ console }: { readonly console: CallConsole }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/calls/targets',
      right: 'login',
      summary: 'Operations and XML actions that can be called, by name',
      query: z.strictObject({
        of: z.enum(['action', 'operation']).optional(),
        search: z.string().max(200).optional().meta({ description: 'A part of the name or of a title, in letters of any case' }),
        allowed: z
          .enum(['true', 'false'])
          .transform((flag) => flag === 'true')
          .optional()
          .meta({ description: 'Only those that you may call, or only those that you may not' }),
        ...pageQuery,
      }),
      answer: pageAnswer(target),
      handle: async ({ caller, query: { after, limit, ...filter } }) => listTargets(console.registry, caller, filter, { after, limit }),
    }),
    route({
      method: 'GET',
      path: '/calls/template',
      right: 'login',
      summary: 'One of them: its parameters, and requests to begin from',
      query: z.strictObject({
        name: z.string().min(1).max(400).meta({ description: 'ContractService.contractGet, contract/ContractInfo' }),
      }),
      answer: template,
      errors: ['NOT_FOUND'],
      async handle({ caller, request, query }) {
        const { calls, ...view } = showTarget(console.registry, caller, query.name);
        return { ...view, calls: calls.map((call) => ({ call, request: shown(request, console.show(caller, call)) })) };
      },
    }),
    route({
      method: 'POST',
      path: '/calls',
      right: 'login',
      summary: 'Call an operation or an action as a foreign program would, with your own rights; the exact request and answer come back',
      body: callWanted,
      bodyLimit: 4 * MIB,
      answer: called,
      errors: ['NOT_FOUND', 'FORBIDDEN'],
      async handle({ caller, request, body }) {
        const { request: sent, ...rest } = await console.call(caller, body);
        return { request: shown(request, sent), ...rest };
      },
    }),
  ];
}
