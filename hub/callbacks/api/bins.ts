import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import type { HubPorts } from '../../core/module.ts';
import { addBin } from '../add-bin.ts';
import { binAnswer, binChange, newBinInput } from '../bin.ts';
import { changeBin } from '../change-bin.ts';
import { deleteBin, emptyBin } from '../delete-bin.ts';
import { listBins, showBin } from '../list-bins.ts';
import type { BinPorts } from '../load-bin.ts';
import { listBinRequests, readBinBody, showBinRequest } from '../show-bin-request.ts';
import { bodyAnswer } from './body-answer.ts';

const time = z.iso.datetime();
const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const params = z.object({ id });
const requestParams = z.object({ id, number: id });

const bin = z.object({
  id: z.int(),
  name: z.string(),
  organization_id: z.int().nullable(),
  address: z.url().meta({ description: 'Whoever knows it can send to the bin: endpoints of this hub, and any program' }),
  answer: binAnswer,
  kept: z.int().meta({ description: 'Requests that can be looked at' }),
  taken: z.int().meta({ description: 'Requests that ever came: the number of the newest' }),
  last_at: time.nullable(),
  version: z.int().meta({ description: 'Also the ETag' }),
  created_by: z.string(),
  created_at: time,
  changed_at: time,
});

const summary = z.object({
  number: z.int(),
  received_at: time,
  via: z.enum(['delivery', 'test', 'http']),
  personal: z
    .boolean()
    .meta({ description: 'Made of a real event: the content is for those with callbacks.payload, each reading is audited' }),
  method: z.string(),
  content_type: z.string().nullable(),
  bytes: z.int(),
  answered: z.int().nullable().meta({ description: 'Status of the answer; null: the connection was closed' }),
});
const request = summary.extend({
  hidden: z.boolean().meta({ description: 'The content is personal and you have no right to it' }),
  url: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])).meta({ description: 'As they came; secrets as ***' }),
  body: bodyAnswer.nullable(),
});

/** Request bins and what they hold (spec 6.6). Live updates: events `vestnik.callbacks.bin.received`. */
export function binRoutes({ database }: Pick<HubPorts, 'database'>, ports: BinPorts & { readonly secretKey: SecretKey }): Route[] {
  const reading = { right: 'callbacks.read', scoped: true } as const;
  const writing = { right: 'callbacks.write', scoped: true } as const;
  return [
    route({
      ...reading,
      method: 'GET',
      path: '/bins',
      summary: 'Request bins by id',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(bin),
      handle: ({ query, caller }) => listBins(database.work, caller, ports, query),
    }),
    route({
      ...writing,
      method: 'POST',
      path: '/bins',
      summary: 'Add a request bin: an address of this hub that shows what a receiver would get',
      body: newBinInput,
      answer: bin,
      status: 201,
      errors: ['NOT_FOUND', 'CONFLICT'],
      async handle({ body, caller, reply }) {
        const made = await database.transaction((tx) => addBin(tx, caller, body));
        const shown = await showBin(database.work, caller, ports, made, 'callbacks.write');
        reply.header('location', `/api/v1/callbacks/bins/${made}`).header('etag', `"${shown.version}"`);
        return shown;
      },
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/bins/:id',
      summary: 'One request bin',
      params,
      answer: bin,
      async handle({ params: { id: wanted }, caller, reply }) {
        const shown = await showBin(database.work, caller, ports, wanted);
        reply.header('etag', `"${shown.version}"`);
        return shown;
      },
    }),
    route({
      ...writing,
      method: 'PATCH',
      path: '/bins/:id',
      summary: 'Change its name, or what it answers from the next request on',
      params,
      body: binChange,
      answer: bin,
      errors: ['STALE_VERSION'],
      async handle({ params: { id: wanted }, body: change, caller, request: raw, reply }) {
        const version = expectedVersion(raw);
        await database.transaction((tx) => changeBin(tx, caller, ports, { id: wanted, change, version }));
        const shown = await showBin(database.work, caller, ports, wanted, 'callbacks.write');
        reply.header('etag', `"${shown.version}"`);
        return shown;
      },
    }),
    route({
      ...writing,
      method: 'DELETE',
      path: '/bins/:id',
      summary: 'Delete a bin with all that it holds',
      params,
      handle: ({ params: { id: wanted }, caller }) => database.transaction((tx) => deleteBin(tx, caller, ports, wanted)),
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/bins/:id/requests',
      summary: 'What came into a bin, the newest first, without contents',
      params,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(summary),
      handle: ({ params: { id: wanted }, query, caller }) => listBinRequests(database.work, caller, ports, { id: wanted, ...query }),
    }),
    route({
      ...writing,
      method: 'DELETE',
      path: '/bins/:id/requests',
      summary: 'Empty a bin',
      params,
      handle: ({ params: { id: wanted }, caller }) => database.transaction((tx) => emptyBin(tx, caller, ports, wanted)),
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/bins/:id/requests/:number',
      summary: 'One request: method, address, headers, and the body as text, laid out and checked',
      params: requestParams,
      answer: request,
      handle: ({ params: { id: wanted, number }, caller }) =>
        database.transaction((tx) => showBinRequest(tx, caller, ports, wanted, number)),
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/bins/:id/requests/:number/body',
      summary: 'The bytes of a body as they came, as a file',
      params: requestParams,
      produces: ['application/octet-stream'],
      async handle({ params: { id: wanted, number }, caller, reply }) {
        const bytes = await database.transaction((tx) => readBinBody(tx, caller, ports, wanted, number));
        reply.type('application/octet-stream').header('content-disposition', `attachment; filename="bin-${wanted}-${number}.bin"`);
        return reply.send(bytes);
      },
    }),
  ];
}
