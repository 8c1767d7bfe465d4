import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { listHealth, showHealth } from '../show-health.ts';
import { endpointParams } from './endpoints.ts';

const time = z.iso.datetime().nullable();
const healthAnswer = z.object({
  endpoint_id: z.int(),
  name: z.string(),
  organization_id: z.int().nullable(),
  enabled: z.boolean(),
  disabled_by: z.enum(['user', 'hub']).nullable(),
  state: z.enum(['ok', 'failing', 'open']).meta({ description: 'open: the breaker is' }),
  last_success_at: time,
  failing_since: time,
  failures: z.int().meta({ description: 'Since the last success' }),
  last_error: z.string().nullable(),
  breaker: z.object({
    state: z.enum(['open', 'closed']),
    until: time,
    holds: z.boolean().meta({ description: 'Whether an open one stops attempts, or is only shown' }),
  }),
  waiting: z.object({
    first: z.int(),
    retry: z.int(),
    more: z.boolean().meta({ description: 'There may be more: it is not counted further' }),
    oldest_due_at: time,
  }),
  disable_at: time.meta({ description: 'When its failures disable it, should they go on' }),
});

/** How endpoints fare: last success, failures, breaker, what waits. */
export function healthRoutes({ database }: HubPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/health',
      right: 'callbacks.read',
      scoped: true,
      summary: 'Health of the endpoints, by id',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(healthAnswer),
      handle: ({ query, caller }) => listHealth(database.work, caller, query),
    }),
    route({
      method: 'GET',
      path: '/endpoints/:id/health',
      right: 'callbacks.read',
      scoped: true,
      summary: 'Health of one endpoint',
      params: endpointParams,
      answer: healthAnswer,
      handle: ({ params: { id }, caller }) => showHealth(database.work, caller, id),
    }),
  ];
}
