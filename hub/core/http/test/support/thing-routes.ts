import { z } from 'zod';
import { HubError } from '../../../errors.ts';
import { type Route, route } from '../../route.ts';

/** What may be sent to `/things`. */
const thing = z.strictObject({
  name: z.string().min(1).max(10),
  size: z.int().max(5).optional(),
  tags: z.array(z.string()).max(2).optional(),
  inner: z.strictObject({ 'a/b': z.string() }).optional(),
  shape: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('round'), radius: z.number() }),
      z.strictObject({ kind: z.literal('flat') }),
    ])
    .optional(),
});

/** Routes of one module of every kind: public, of whoever is logged in, with a right, with a body, raw, failing. @param bodyRead told of each body that reached a handler. */
export const thingRoutes = (bodyRead: () => void): readonly Route[] => [
  route({
    method: 'GET',
    path: '/open',
    right: 'public',
    summary: 'open',
    async handle({ caller }) {
      return { login: caller.login };
    },
  }),
  route({
    method: 'GET',
    path: '/me',
    right: 'login',
    summary: 'me',
    async handle({ caller }) {
      return caller;
    },
  }),
  route({
    method: 'POST',
    path: '/things',
    right: 'thing.manage',
    summary: 'make',
    body: thing,
    answer: thing,
    status: 201,
    async handle({ body }) {
      bodyRead();
      return body;
    },
  }),
  route({
    method: 'GET',
    path: '/things/:id',
    right: 'thing.view',
    summary: 'one',
    params: z.object({ id: z.coerce.number().int().min(1) }),
    query: z.strictObject({ limit: z.coerce.number().int().max(10).optional(), q: z.string().optional() }),
    async handle({ params, query }) {
      return { ...params, ...query };
    },
  }),
  route({
    method: 'DELETE',
    path: '/things/:id',
    right: 'thing.manage',
    summary: 'drop',
    async handle() {
      return undefined;
    },
  }),
  route({
    method: 'POST',
    path: '/raw',
    right: 'thing.manage',
    summary: 'raw',
    raw: ['application/zip', 'text/plain'],
    bodyLimit: 2_000,
    async handle({ request }) {
      return { bytes: (request.body as Buffer).length };
    },
  }),
  route({
    method: 'GET',
    path: '/fail/:how',
    right: 'public',
    summary: 'fail',
    params: z.object({ how: z.string() }),
    async handle({ params: { how } }) {
      if (how === 'busy') throw new HubError('BUSY', undefined, { retryAfter: 2.2 });
      if (how === 'away') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      if (how === 'cycle') {
        const value: Record<string, unknown> = {};
        value['self'] = value;
        return value;
      }
      throw new Error('the secret inside');
    },
  }),
];
