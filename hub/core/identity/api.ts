import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { type Route, route } from '../http/route.ts';
import { auditAnswer, auditJson, cursor, limit, text, timeParameter, toInstant } from './api/answers.ts';
import { operatorRoutes } from './api/operator-routes.ts';
import { sessionRoutes } from './api/session-routes.ts';
import { tokenRoutes } from './api/token-routes.ts';
import type { Authority } from './authority.ts';
import type { Identity } from './identity.ts';
import { searchAudit } from './search-audit.ts';

export interface IdentityPorts {
  readonly identity: Identity;
  readonly authority: Pick<Authority, 'rootPem'>;
  readonly database: Database;
}

/** The REST routes below /api/v1/identity. */
export function identityRoutes(ports: IdentityPorts): Route[] {
  const { identity, authority, database } = ports;
  return [
    ...sessionRoutes(ports),
    ...operatorRoutes(ports),
    ...tokenRoutes(ports),
    route({
      method: 'GET',
      path: '/rights',
      right: 'login',
      summary: 'Every right that can be granted, with what it allows',
      answer: z.object({ items: z.array(z.object({ right: z.string(), allows: z.string() })) }),
      async handle() {
        const items = Object.entries(identity.rights).map(([right, allows]) => ({ right, allows }));
        return { items: items.sort((one, other) => (one.right < other.right ? -1 : 1)) };
      },
    }),
    route({
      method: 'GET',
      path: '/audit',
      right: 'audit.view',
      summary: 'The audit, newest first; action may end in * for all that begin alike',
      query: z.strictObject({
        login: text(200).optional(),
        object: text(500).optional(),
        action: text(100).optional(),
        from: timeParameter,
        to: timeParameter,
        before: cursor,
        limit,
      }),
      answer: z.object({ items: z.array(auditAnswer), next: z.number().nullable() }),
      async handle({ query: { limit: most, from, to, ...query } }) {
        const filter = { ...query, from: toInstant(from, '/from'), to: toInstant(to, '/to') };
        const { items, next } = await searchAudit(database.work, filter, most);
        return { items: items.map(auditJson), next: next ?? null };
      },
    }),
    route({
      method: 'GET',
      path: '/authority/ca.crt',
      right: 'public',
      summary: 'The root certificate of the hub’s authority, PEM',
      async handle({ reply }) {
        return reply.type('application/x-pem-file').send(authority.rootPem);
      },
    }),
  ];
}
