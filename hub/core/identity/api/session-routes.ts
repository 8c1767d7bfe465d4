import type {} from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Database } from '../../database/database.ts';
import { type Route, route } from '../../http/route.ts';
import { changeProfile } from '../change-profile.ts';
import { endAllSessions, endOwnSession, endSession } from '../end-session.ts';
import type { Identity } from '../identity.ts';
import { findOperator } from '../list-operators.ts';
import { listSessions } from '../list-sessions.ts';
import { SESSION_COOKIE } from '../principal.ts';
import {
  loginParameter,
  operatorAnswer,
  operatorJson,
  profileFields,
  serial,
  sessionAnswer,
  sessionJson,
  text,
  who,
  whoAnswer,
} from './answers.ts';

const cookieOf = (request: FastifyRequest): string => request.cookies[SESSION_COOKIE] ?? '';

/** Scripts cannot read the cookie, and other sites cannot send it. */
const cookieOptions = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' }) as const;

/** Logging in and out of the console, and the caller's sessions. */
export function sessionRoutes({ identity, database }: { identity: Identity; database: Database }): Route[] {
  /** Number of the session that this request came with; undefined for a password or a token. */
  const currentSession = async (request: FastifyRequest): Promise<number | undefined> => {
    if (request.headers.authorization !== undefined || cookieOf(request) === '') return undefined;
    const principal = await identity.authenticateSession(cookieOf(request), request.ip);
    return principal.credentialId;
  };

  return [
    route({
      method: 'POST',
      path: '/session',
      right: 'public',
      summary: 'Log in to the console: sets the session cookie',
      body: z.strictObject({ login: z.string().max(1_000), password: z.string().max(1_000) }),
      answer: whoAnswer.extend({ expiresAt: z.iso.datetime({ offset: true }) }),
      bodyLimit: 16_384,
      async handle({ body, caller, request, reply }) {
        const origin = { address: caller.address ?? request.ip, userAgent: request.headers['user-agent'] ?? '', requestId: request.id };
        const { cookie, principal, expiresAt } = await identity.openSession(body.login, body.password, origin);
        reply.setCookie(SESSION_COOKIE, cookie, cookieOptions(request));
        return { ...who(principal), expiresAt: expiresAt.toString() };
      },
    }),
    route({
      method: 'GET',
      path: '/session',
      right: 'login',
      summary: 'Who am I, and what may I do',
      answer: whoAnswer,
      async handle({ caller }) {
        // The rights of this request, which for a token are fewer than the operator's.
        return { ...who(await findOperator(database.work, caller.login)), rights: [...caller.rights] };
      },
    }),
    route({
      method: 'DELETE',
      path: '/session',
      right: 'login',
      summary: 'Log out of the console',
      status: 204,
      async handle({ caller, request, reply }) {
        await identity.change((tx) => endSession(tx, caller, cookieOf(request)));
        reply.clearCookie(SESSION_COOKIE, cookieOptions(request));
      },
    }),
    route({
      method: 'GET',
      path: '/sessions',
      right: 'login',
      summary: 'My running console sessions',
      answer: z.object({ items: z.array(sessionAnswer) }),
      async handle({ caller, request }) {
        const current = await currentSession(request);
        const sessions = await listSessions(database.work, caller.login, identity.clock.instant());
        return { items: sessions.map((session) => sessionJson(session, current)) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/sessions/:sessionId',
      right: 'login',
      summary: 'End one of my console sessions',
      params: z.object({ sessionId: serial }),
      status: 204,
      async handle({ caller, params }) {
        await identity.change((tx) => endOwnSession(tx, caller, params.sessionId));
      },
    }),
    route({
      method: 'DELETE',
      path: '/operators/:login/sessions',
      right: 'login',
      summary: 'End all console sessions of an operator: my own, or another’s with the right identity.manage',
      params: loginParameter,
      answer: z.object({ ended: z.number() }),
      async handle({ caller, params }) {
        return { ended: await identity.change((tx) => endAllSessions(tx, caller, params.login)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/profile',
      right: 'login',
      summary: 'Change my own name, e-mail address or language',
      body: z.strictObject(profileFields),
      answer: operatorAnswer,
      async handle({ caller, body }) {
        return operatorJson(await identity.change((tx) => changeProfile(tx, caller, body)));
      },
    }),
    route({
      method: 'PUT',
      path: '/password',
      right: 'login',
      summary: 'Change my own password; ends my other console sessions',
      body: z.strictObject({ oldPassword: text(1_000), newPassword: text(1_000) }),
      status: 204,
      bodyLimit: 16_384,
      async handle({ caller, body, request }) {
        await identity.changeOwnPassword(caller, body.oldPassword, body.newPassword, await currentSession(request));
      },
    }),
  ];
}
