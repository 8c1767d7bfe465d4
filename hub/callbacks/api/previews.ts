import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import type { EndpointPorts } from '../check-endpoint.ts';
import { newEndpointInput, settingsInput } from '../endpoint.ts';
import { FAMILIES } from '../family.ts';
import { type Draft, lintEndpoint, listRecentEvents, previewEndpoint } from '../preview-endpoint.ts';
import { eventAnswer, lintAnswer, previewAnswer } from './endpoint-answers.ts';
import { ENDPOINT_BODY_LIMIT, endpointParams } from './endpoints.ts';

const chosen = {
  event: z.string().max(40).optional().meta({ description: 'Position of an event; needs callbacks.payload and is audited' }),
  sample: z
    .enum(['typical', 'empty', 'nasty', 'long', 'create', 'delete'])
    .optional()
    .meta({ description: 'Without an event: which sample' }),
};
const settings = settingsInput.prefault({}).meta({ description: 'Settings as they are in the editor; those left out as they are saved' });
const fresh = newEndpointInput.meta({ description: 'Settings of an endpoint that is yet to be added' });

/** Lint and preview: of an endpoint being edited, and of one that is yet to be added. Nothing is stored, nothing is sent. */
export function previewRoutes({ database }: HubPorts, ports: EndpointPorts): Route[] {
  const common = { right: 'callbacks.write', scoped: true, anyText: true, bodyLimit: ENDPOINT_BODY_LIMIT } as const;
  return [
    route({
      ...common,
      method: 'POST',
      path: '/endpoints/lint',
      summary: 'Check the settings of a new endpoint as adding it would',
      body: z.strictObject({ settings: fresh }),
      answer: lintAnswer,
      handle: ({ body, caller }) => lintEndpoint(database.work, caller, ports, { fresh: body.settings }),
    }),
    route({
      ...common,
      method: 'POST',
      path: '/endpoints/:id/lint',
      summary: 'Check edited settings as saving them would',
      params: endpointParams,
      body: z.strictObject({ settings }).prefault({}),
      answer: lintAnswer,
      handle: ({ params: { id }, body, caller }) => lintEndpoint(database.work, caller, ports, { id, change: body.settings }),
    }),
    route({
      ...common,
      method: 'POST',
      path: '/endpoints/preview',
      summary: 'What a new endpoint would send for an event or a sample; secrets as ***',
      body: z.strictObject({ settings: fresh, ...chosen }),
      answer: previewAnswer,
      handle: ({ body: { settings: input, ...example }, caller }) =>
        database.transaction((tx) => previewEndpoint(tx, caller, ports, { fresh: input }, example)),
    }),
    route({
      ...common,
      method: 'POST',
      path: '/endpoints/:id/preview',
      summary: 'What an endpoint would send for an event or a sample, with edited settings; secrets as ***',
      params: endpointParams,
      body: z.strictObject({ settings, ...chosen }).prefault({}),
      answer: previewAnswer,
      handle: ({ params: { id }, body: { settings: change, ...example }, caller }) => {
        const draft: Draft = { id, change };
        return database.transaction((tx) => previewEndpoint(tx, caller, ports, draft, example));
      },
    }),
    route({
      method: 'GET',
      path: '/events',
      right: 'callbacks.payload',
      scoped: true,
      summary: 'The newest events of a family, to choose one for a preview',
      query: z.strictObject({
        family: z.enum(FAMILIES).default('order'),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      answer: z.object({ items: z.array(eventAnswer) }),
      handle: async ({ query, caller }) => ({ items: await listRecentEvents(database.work, caller, query.family, query.limit) }),
    }),
  ];
}
