import * as z from 'zod';
import { limitSchema, pageAnswer } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { KINDS } from '../control/codes.ts';
import { listLimits } from '../list-limits.ts';
import { listOperations, listRejections, readControl, showOperation } from '../list-operations.ts';
import { limitsAnswer, operationAnswer, rejectionAnswer } from './answers.ts';
import { sequence } from './query.ts';

const params = z.object({ id: z.uuid('must be an id of the form 0199c1d2-0000-7000-8000-000000000000') });

/** Operations, refused control messages, and what needs an eye on it. */
export function operationRoutes({ database, configuration }: HubPorts): Route[] {
  const { warnAgeDays } = configuration.tickets;
  return [
    route({
      method: 'GET',
      path: '/operations',
      right: 'tickets.view',
      summary: 'Operations, newest first; only those with unrouted documents or with warnings on request',
      query: z.strictObject({
        only: z.enum(['unrouted', 'warnings']).optional(),
        source: z.string().max(64).optional().meta({ description: 'As in the control message, or the login of the sender' }),
        id: z.string().max(100).optional().meta({ description: 'The id that the sender gave it' }),
        kind: z.enum(KINDS).optional(),
        after: params.shape.id.optional(),
        limit: limitSchema,
      }),
      answer: pageAnswer(operationAnswer),
      handle: ({ query }) => listOperations(database.work, query),
    }),
    route({
      method: 'GET',
      path: '/operations/:id',
      right: 'tickets.view',
      summary: 'One operation without its control message',
      params,
      answer: operationAnswer,
      handle: ({ params: { id } }) => showOperation(database.work, id),
    }),
    route({
      method: 'GET',
      path: '/operations/:id/control',
      right: 'tickets.body',
      summary: 'The control message of an operation; every reading is audited',
      params,
      answer: z.unknown(),
      async handle({ params: { id }, caller, reply }) {
        reply.header('cache-control', 'no-store');
        return database.transaction((tx) => readControl(tx, caller, id));
      },
    }),
    route({
      method: 'GET',
      path: '/rejections',
      right: 'tickets.view',
      summary: 'Control messages refused in the last 7 days, newest first',
      query: z.strictObject({ after: sequence.optional(), limit: limitSchema }),
      answer: pageAnswer(rejectionAnswer),
      handle: ({ query }) => listRejections(database.work, query),
    }),
    route({
      method: 'GET',
      path: '/limits',
      right: 'tickets.view',
      summary: 'Certificates about to end, and mailboxes that are not emptied, the oldest first',
      answer: limitsAnswer,
      handle: () => listLimits(database, { now: Temporal.Now.instant(), warnAgeDays }),
    }),
  ];
}
