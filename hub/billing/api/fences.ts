import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { MANAGE } from '../directories/directory.ts';
import { findFence, listFences } from '../list-fences.ts';
import { fenceChange, fenceFields } from '../operator-fence.ts';
import { removeFence, setFence } from '../set-fence.ts';
import type { BillingApiPorts } from './ports.ts';

const params = z.object({ login: z.string().min(1).max(64) });

const fenceAnswer = z.object({
  operator_id: z.int(),
  login: z.string(),
  name: z.string(),
  fenced: z.boolean().meta({ description: 'false: the operator sees every contract' }),
  ...fenceFields,
  version: z.int().meta({ description: 'Grows with every change; 0: the operator has no fence yet' }),
});

const version = z.int().min(0).optional().meta({ description: 'The version that was read; another one now: STALE_VERSION. If-Match wins' });
const versionQuery = z.strictObject({
  version: z.coerce.number().int().min(0).optional().meta({ description: 'The version that was read; If-Match wins' }),
});

/** Which contracts and parameters operators may see (spec 2.14). */
export const fenceRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/fences',
    right: MANAGE,
    summary: 'Fences of operators: which contracts they see; who has none sees all',
    query: z.strictObject(pageQuery),
    answer: pageAnswer(fenceAnswer),
    handle: ({ query }) => listFences(database.work, query),
  }),
  route({
    method: 'GET',
    path: '/fences/:login',
    right: MANAGE,
    summary: 'The fence of one operator',
    params,
    answer: fenceAnswer,
    async handle({ params: { login }, reply }) {
      const fence = await findFence(database.work, login);
      reply.header('etag', `"${fence.version}"`);
      return fence;
    },
  }),
  route({
    method: 'PATCH',
    path: '/fences/:login',
    right: MANAGE,
    summary: 'Change the fence of an operator, or put one around; what is left out stays. It counts at once on every hub',
    params,
    body: fenceChange.extend({ version }),
    answer: fenceAnswer,
    async handle({ params: { login }, body, caller, request, reply }) {
      const { version: read, ...change } = body;
      const input = { login, change, version: expectedVersion(request, read) };
      const fence = await acts.change(caller, undefined, (tx, act) => setFence(tx, act, input));
      reply.header('etag', `"${fence.version}"`);
      return fence;
    },
  }),
  route({
    method: 'DELETE',
    path: '/fences/:login',
    right: MANAGE,
    summary: 'Take the fence of an operator away: all contracts are seen then. It counts at once on every hub',
    params,
    query: versionQuery,
    errors: ['STALE_VERSION'],
    async handle({ params: { login }, query, caller, request }) {
      const input = { login, version: expectedVersion(request, query.version) };
      await acts.change(caller, undefined, (tx, act) => removeFence(tx, act, input));
    },
  }),
];
