import { z } from 'zod';
import type { Database } from '../../database/database.ts';
import { HubError } from '../../errors.ts';
import { type Route, route } from '../../http/route.ts';
import { createToken } from '../create-token.ts';
import type { Identity } from '../identity.ts';
import { listTokens } from '../list-tokens.ts';
import { revokeToken } from '../revoke-token.ts';
import { cursor, limit, serial, text, timeParameter, toInstant, tokenAnswer, tokenJson } from './answers.ts';

/** Bearer tokens for programs. */
export function tokenRoutes({ identity, database }: { identity: Identity; database: Database }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/tokens',
      right: 'login',
      summary: 'My tokens; with the right identity.view those of another (owner) or of everybody (owner=*)',
      query: z.strictObject({ owner: text(64).optional(), before: cursor, limit }),
      answer: z.object({ items: z.array(tokenAnswer), next: z.number().nullable() }),
      async handle({ caller, query }) {
        const { items, next } = await listTokens(database.work, caller, query);
        return { items: items.map(tokenJson), next: next ?? null };
      },
    }),
    route({
      method: 'POST',
      path: '/tokens',
      right: 'login',
      summary: 'Make a token; its secret is answered this once',
      body: z.strictObject({
        name: text(100),
        rights: z.array(text(100)).max(200).optional(),
        expiresAt: timeParameter,
        owner: text(64).optional(),
      }),
      answer: tokenAnswer.pick({ tokenId: true, name: true, rights: true, createdAt: true, expiresAt: true }).extend({ token: z.string() }),
      status: 201,
      async handle({ caller, body, request }) {
        // A stolen token must not make itself a successor that outlives it.
        if (/^bearer /i.test(request.headers.authorization ?? '')) {
          throw new HubError('FORBIDDEN', 'a token cannot make tokens: log in with the password');
        }
        const wanted = { ...body, expiresAt: toInstant(body.expiresAt, '/expiresAt') };
        const created = await identity.change((tx) => createToken(tx, caller, wanted, identity.rights, identity.clock.instant()));
        return {
          ...created,
          rights: [...created.rights],
          createdAt: created.createdAt.toString(),
          expiresAt: created.expiresAt?.toString() ?? null,
        };
      },
    }),
    route({
      method: 'DELETE',
      path: '/tokens/:tokenId',
      right: 'login',
      summary: 'Revoke a token: my own, or another’s with the right identity.manage',
      params: z.object({ tokenId: serial }),
      status: 204,
      async handle({ caller, params }) {
        await identity.change((tx) => revokeToken(tx, caller, params.tokenId));
      },
    }),
  ];
}
