import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { HubPorts } from '../../core/module.ts';
import { idText, versionField } from '../fields.ts';
import { needObject } from '../find-object.ts';
import { addObject, changeObject, type Noun, type Saved } from '../save-object.ts';
import { once } from './call.ts';

export const idParams = z.object({ id: idText });
export const versionQuery = z.strictObject({
  version: z.coerce.number().int().min(1).optional().meta({ description: 'The version that was read; If-Match wins' }),
});

/** The routes that all kinds of static data have: read, change and delete one. `prefix` is the address of the collection below /api/v1. */
export function objectRoutes<O extends object>(
  { database }: HubPorts,
  about: {
    readonly noun: Noun<O>;
    readonly change: z.ZodObject;
    readonly answer: z.ZodType;
    show(caller: Caller, object: Saved<O>): unknown;
    remove(tx: Transaction, caller: Caller, input: { id: number; version?: number | undefined }): Promise<void>;
  },
): Route[] {
  const { noun, change, answer, show, remove } = about;
  const { en } = noun.words;
  return [
    route({
      method: 'GET',
      path: '/:id',
      right: 'static.read',
      scoped: true,
      summary: `One ${en}`,
      params: idParams,
      answer,
      async handle({ params: { id }, caller, reply }) {
        const object = await needObject(database.work, caller, noun, { id, right: 'static.read' });
        reply.header('etag', `"${object.version}"`);
        return show(caller, object);
      },
    }),
    route({
      method: 'PATCH',
      path: '/:id',
      right: 'static.write',
      scoped: true,
      summary: `Change fields of one ${en}; those left out stay`,
      params: idParams,
      body: change.extend({ version: versionField }),
      answer,
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const { version, ...fields } = call.body as Record<string, unknown> & { version?: number };
          const input = { id: call.params.id, change: fields, version: expectedVersion(call.request, version) };
          const { object } = await changeObject(tx, call.caller, noun, input);
          call.reply.header('etag', `"${object.version}"`);
          return { answer: show(call.caller, object) };
        }),
    }),
    route({
      method: 'DELETE',
      path: '/:id',
      right: 'static.write',
      scoped: true,
      summary: `Delete one ${en}`,
      params: idParams,
      query: versionQuery,
      errors: ['STALE_VERSION'],
      handle: (call) =>
        once(database, call, 204, async (tx) => {
          await remove(tx, call.caller, { id: call.params.id, version: expectedVersion(call.request, call.query.version) });
          return {};
        }),
    }),
  ];
}

/** Adds one: the body, with `more` of the address, goes to the use case. */
export function addRoute<O extends object>(
  { database }: HubPorts,
  about: {
    readonly noun: Noun<O>;
    readonly path: string;
    readonly collection: string;
    readonly body: z.ZodType;
    readonly answer: z.ZodType;
    show(caller: Caller, object: Saved<O>): unknown;
    /** What the address says of the new object: its person, its dictionary. */
    more?(id: number): Record<string, unknown>;
  },
): Route {
  const { noun, path, collection, body, answer, show, more } = about;
  return route({
    method: 'POST',
    path,
    right: 'static.write',
    scoped: true,
    summary: `Add one ${noun.words.en}`,
    ...(more && { params: idParams }),
    body,
    answer,
    status: 201,
    handle: (call) =>
      once(database, call, 201, async (tx) => {
        const above = more ? more((call.params as unknown as { id: number }).id) : {};
        const object = await addObject(tx, call.caller, noun, { ...(call.body as object), ...above });
        return { answer: show(call.caller, object), location: `/api/v1/${collection}/${String(object[noun.idField])}` };
      }),
  });
}
