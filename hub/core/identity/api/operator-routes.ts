import { z } from 'zod';
import type { Database } from '../../database/database.ts';
import { HubError } from '../../errors.ts';
import { type Route, route } from '../../http/route.ts';
import { addOperator } from '../add-operator.ts';
import { changeOperator } from '../change-operator.ts';
import type { Identity } from '../identity.ts';
import { findOperator, listOperators } from '../list-operators.ts';
import { removeOperator } from '../remove-operator.ts';
import { setPassword } from '../set-password.ts';
import { limit, loginParameter, operatorAnswer, operatorJson, profileFields, text } from './answers.ts';

const rights = z.array(text(100)).max(200);

/** The version that a change was made from: `If-Match: "3"`, else `version` in the body. @throws HubError BAD_REQUEST. */
function expectedVersion(header: string | undefined, body: number | undefined): number | undefined {
  if (header === undefined || header === '*') return body;
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header);
  if (!match) throw new HubError('BAD_REQUEST', 'the header If-Match carries one version, as in If-Match: "3"');
  return Number(match[1]);
}

/** Operators: list, add, change, password, remove. */
export function operatorRoutes({ identity, database }: { identity: Identity; database: Database }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/operators',
      right: 'identity.view',
      summary: 'Operators in the order of their logins',
      query: z.strictObject({ q: text(100).optional(), after: text(64).optional(), limit }),
      answer: z.object({ items: z.array(operatorAnswer), next: z.string().nullable() }),
      async handle({ query }) {
        const { items, next } = await listOperators(database.work, query);
        return { items: items.map(operatorJson), next: next ?? null };
      },
    }),
    route({
      method: 'GET',
      path: '/operators/:login',
      right: 'identity.view',
      summary: 'One operator; the ETag is the version',
      params: loginParameter,
      answer: operatorAnswer,
      async handle({ params, reply }) {
        const operator = await findOperator(database.work, params.login);
        reply.header('etag', `"${operator.version}"`);
        return operatorJson(operator);
      },
    }),
    route({
      method: 'POST',
      path: '/operators',
      right: 'identity.manage',
      summary: 'Add an operator',
      body: z.strictObject({ login: text(64), password: text(1_000), rights, ...profileFields }),
      answer: operatorAnswer,
      status: 201,
      async handle({ caller, body }) {
        const password = await identity.hashPassword(body.password);
        return operatorJson(await identity.change((tx) => addOperator(tx, caller, { ...body, password }, identity.rights)));
      },
    }),
    route({
      method: 'PATCH',
      path: '/operators/:login',
      right: 'identity.manage',
      summary: 'Change name, address, locale, rights, or whether they may log in',
      params: loginParameter,
      body: z.strictObject({
        ...profileFields,
        rights: rights.optional(),
        enabled: z.boolean().optional(),
        version: z.int().min(1).optional(),
      }),
      answer: operatorAnswer,
      async handle({ caller, params, body, request, reply }) {
        const version = expectedVersion(request.headers['if-match'], body.version);
        const changed = await identity.change((tx) => changeOperator(tx, caller, params.login, { ...body, version }, identity.rights));
        reply.header('etag', `"${changed.version}"`);
        return operatorJson(changed);
      },
    }),
    route({
      method: 'PUT',
      path: '/operators/:login/password',
      right: 'identity.manage',
      summary: 'Give an operator a new password; ends all their console sessions',
      params: loginParameter,
      body: z.strictObject({ password: text(1_000) }),
      status: 204,
      async handle({ caller, params, body }) {
        const password = await identity.hashPassword(body.password);
        await identity.change((tx) => setPassword(tx, caller, params.login, password));
      },
    }),
    route({
      method: 'DELETE',
      path: '/operators/:login',
      right: 'identity.manage',
      summary: 'Remove an operator with their sessions and tokens',
      params: loginParameter,
      status: 204,
      async handle({ caller, params }) {
        await identity.change((tx) => removeOperator(tx, caller, params.login));
      },
    }),
  ];
}
