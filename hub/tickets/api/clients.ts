import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { limitSchema, pageAnswer } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { addClient } from '../add-client.ts';
import { changeClient } from '../change-client.ts';
import { changeClientState } from '../change-client-state.ts';
import { CLIENT_STATES, type ClientAct, clientChangeSchema, newClientSchema, reason } from '../client.ts';
import { listClients } from '../list-clients.ts';
import type { Subscription } from '../routing.ts';
import { showClient } from '../show-client.ts';
import { conditionsOf, subscribeClient, unsubscribeClient } from '../subscribe-client.ts';
import { clientAnswer, clientSummaryAnswer, subscriptionAnswer } from './answers.ts';

/** The name in a path; a malformed one is simply not found. */
export const clientParams = z.object({ name: z.string().max(64) });
const params = clientParams;
const version = z.int().min(1).optional().meta({ description: 'The version that was read; another one now: STALE_VERSION. If-Match wins' });
const VERSION_NAME = 'the version of the client';
/** Checked in the use case, which lists every fault. */
const subscription = z
  .record(z.string(), z.unknown())
  .meta({ description: 'Conditions: agency, validator, terminal, carrier, type, kind (lists), carrierScope; or everything: true' });

const ACTS: Readonly<Record<ClientAct, string>> = {
  hold: 'Hold a client: messages gather, nothing is delivered',
  release: 'Release a held client',
  close: 'Close a client: nothing new is queued, pulls are refused',
  open: 'Open a closed client',
};

/** Clients, their subscriptions and states. */
export function clientRoutes(hub: HubPorts): Route[] {
  const { database } = hub;
  const acts = (Object.keys(ACTS) as ClientAct[]).map((act) =>
    route({
      method: 'POST',
      path: `/clients/:name/${act}`,
      right: 'tickets.manage',
      summary: ACTS[act],
      params,
      // The use case asks for the reason where one is needed.
      body: z.strictObject({ reason: reason.optional(), version }).prefault({}),
      answer: clientAnswer,
      errors: ['STALE_VERSION'],
      async handle({ params: { name }, body, caller, request }) {
        const input = { client: name, act, reason: body.reason, version: expectedVersion(request, body.version, VERSION_NAME) };
        await database.transaction((tx) => changeClientState(tx, caller, input));
        return showClient(database, name);
      },
    }),
  );
  return [
    route({
      method: 'GET',
      path: '/clients',
      right: 'tickets.view',
      summary: 'Clients by name, with session, mailbox and certificate of each',
      query: z.strictObject({
        state: z.enum(CLIENT_STATES).optional(),
        q: z.string().max(100).optional().meta({ description: 'Text in name or title' }),
        after: z.string().max(64).optional(),
        limit: limitSchema,
      }),
      answer: pageAnswer(clientSummaryAnswer),
      handle: ({ query }) => listClients(database.queue, query),
    }),
    route({
      method: 'POST',
      path: '/clients',
      right: 'tickets.manage',
      summary: 'Add a client; POST /clients/{name}/bundle then makes its kit',
      body: newClientSchema.extend({ subscriptions: z.array(subscription).max(100).default([]) }),
      answer: clientAnswer,
      status: 201,
      async handle({ body, caller, reply }) {
        const { name } = await database.transaction((tx) =>
          addClient(tx, caller, { ...body, subscriptions: body.subscriptions as readonly Subscription[] }),
        );
        reply.header('location', `/api/v1/tickets/clients/${name}`);
        return showClient(database, name);
      },
    }),
    route({
      method: 'GET',
      path: '/clients/:name',
      right: 'tickets.view',
      summary: 'One client with its subscriptions and certificates',
      params,
      answer: clientAnswer,
      async handle({ params: { name }, reply }) {
        const client = await showClient(database, name);
        reply.header('etag', `"${client.version}"`);
        return client;
      },
    }),
    route({
      method: 'PATCH',
      path: '/clients/:name',
      right: 'tickets.manage',
      summary: 'Change title, contacts, self-replay and limits; fields left out stay',
      params,
      body: clientChangeSchema.extend({ version }),
      answer: clientAnswer,
      errors: ['STALE_VERSION'],
      async handle({ params: { name }, body: { version: inBody, ...change }, caller, request }) {
        const input = { client: name, change, version: expectedVersion(request, inBody, VERSION_NAME) };
        await database.transaction((tx) => changeClient(tx, caller, input));
        return showClient(database, name);
      },
    }),
    ...acts,
    route({
      method: 'POST',
      path: '/clients/:name/subscriptions',
      right: 'tickets.manage',
      summary: 'Add a subscription; it concerns documents from now on',
      params,
      body: subscription,
      answer: subscriptionAnswer,
      status: 201,
      async handle({ params: { name }, body, caller }) {
        const row = await database.transaction((tx) => subscribeClient(tx, caller, { client: name, subscription: body }));
        return { subscriptionId: row.subscriptionId, createdAt: row.createdAt, ...conditionsOf(row) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/clients/:name/subscriptions/:id',
      right: 'tickets.manage',
      summary: 'Take a subscription away; what is queued stays queued',
      params: z.object({ name: params.shape.name, id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
      async handle({ params: { name, id }, caller }) {
        await database.transaction((tx) => unsubscribeClient(tx, caller, { client: name, subscriptionIds: [id] }));
      },
    }),
    route({
      method: 'DELETE',
      path: '/clients/:name/subscriptions',
      right: 'tickets.manage',
      summary: 'Take every subscription away',
      params,
      async handle({ params: { name }, caller }) {
        await database.transaction((tx) => unsubscribeClient(tx, caller, { client: name, subscriptionIds: 'all' }));
      },
    }),
  ];
}
