import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { HubPorts } from '../../core/module.ts';
import { addEndpoint, type SavedEndpoint } from '../add-endpoint.ts';
import { rotateSigningSecret } from '../add-signing-secret.ts';
import { changeEndpoint } from '../change-endpoint.ts';
import type { EndpointPorts } from '../check-endpoint.ts';
import { deleteEndpoint } from '../delete-endpoint.ts';
import { disableEndpoint } from '../disable-endpoint.ts';
import { enableEndpoint } from '../enable-endpoint.ts';
import { PROFILE_NAMES } from '../endpoint.ts';
import { FAMILIES } from '../family.ts';
import { listEndpointVersions, showEndpointVersion } from '../list-endpoint-versions.ts';
import { listEndpoints } from '../list-endpoints.ts';
import { profileSettings, SAMPLE_HEADERS } from '../profiles.ts';
import { resumeEndpoint, WAITING_CHOICES } from '../resume-endpoint.ts';
import { showEndpoint } from '../show-endpoint.ts';
import { startersOf } from '../starters.ts';
import {
  changeBody,
  defaultsAnswer,
  endpointAnswer,
  endpointSummaryAnswer,
  newEndpointBody,
  savedAnswer,
  secretAnswer,
  versionAnswer,
  versionSummaryAnswer,
} from './endpoint-answers.ts';

const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const endpointParams = z.object({ id });
const params = endpointParams;
/** A template of 256 KiB, in which JSON may escape every character, with certificates. */
export const ENDPOINT_BODY_LIMIT = 2 * 1024 * 1024;

/** Endpoints, their states, versions and secrets. */
export function endpointRoutes({ database }: HubPorts, ports: EndpointPorts): Route[] {
  const shown = async (caller: Caller, { id: saved, findings, signingSecret }: SavedEndpoint) => ({
    ...(await showEndpoint(database.work, caller, saved, 'callbacks.write')),
    findings,
    signing_secret: signingSecret ?? null,
  });
  return [
    route({
      method: 'GET',
      path: '/endpoints',
      right: 'callbacks.read',
      scoped: true,
      summary: 'Endpoints by id, without their templates',
      query: z.strictObject({
        family: z.enum(FAMILIES).optional(),
        enabled: z.stringbool().optional(),
        q: z.string().max(100).optional().meta({ description: 'Text in the name' }),
        ...pageQuery,
      }),
      answer: pageAnswer(endpointSummaryAnswer),
      handle: ({ query, caller }) => listEndpoints(database.work, caller, query),
    }),
    route({
      method: 'POST',
      path: '/endpoints',
      right: 'callbacks.write',
      scoped: true,
      summary: 'Add an endpoint; what is left out has the default of its profile',
      body: newEndpointBody,
      anyText: true,
      bodyLimit: ENDPOINT_BODY_LIMIT,
      answer: savedAnswer,
      status: 201,
      errors: ['NOT_FOUND', 'CONFLICT'],
      async handle({ body: { enabled, ...input }, caller, reply }) {
        const saved = await database.transaction(async (tx) => {
          const added = await addEndpoint(tx, caller, ports, input);
          if (enabled) await enableEndpoint(tx, caller, ports, added.id);
          return added;
        });
        reply.header('location', `/api/v1/callbacks/endpoints/${saved.id}`).header('etag', `"${saved.version}"`);
        return shown(caller, saved);
      },
    }),
    route({
      method: 'GET',
      path: '/endpoints/defaults',
      right: 'callbacks.read',
      scoped: true,
      summary: "What a new endpoint begins with, the source's header lines, and bodies to begin with",
      query: z.strictObject({ family: z.enum(FAMILIES).default('order'), profile: z.enum(PROFILE_NAMES).default('classic') }),
      answer: defaultsAnswer,
      handle: async ({ query: { family, profile } }) => ({
        settings: profileSettings(profile, family),
        sample_headers: SAMPLE_HEADERS,
        starters: startersOf(family),
      }),
    }),
    route({
      method: 'GET',
      path: '/endpoints/:id',
      right: 'callbacks.read',
      scoped: true,
      summary: 'One endpoint with all its settings; secrets as ***',
      params,
      answer: endpointAnswer,
      async handle({ params: { id: wanted }, caller, reply }) {
        const endpoint = await showEndpoint(database.work, caller, wanted);
        reply.header('etag', `"${endpoint.version}"`);
        return endpoint;
      },
    }),
    route({
      method: 'PATCH',
      path: '/endpoints/:id',
      right: 'callbacks.write',
      scoped: true,
      summary: 'Save settings as the next version; fields left out stay, *** keeps a secret. If-Match: the version that was read',
      params,
      body: changeBody,
      anyText: true,
      bodyLimit: ENDPOINT_BODY_LIMIT,
      answer: savedAnswer,
      errors: ['CONFLICT', 'STALE_VERSION'],
      async handle({ params: { id: wanted }, body: { enabled, ...change }, caller, request, reply }) {
        const version = expectedVersion(request);
        const saved = await database.transaction(async (tx) => {
          const changed = await changeEndpoint(tx, caller, ports, { id: wanted, change, version, staysEnabled: enabled !== false });
          if (enabled) await enableEndpoint(tx, caller, ports, wanted);
          else if (enabled === false) await disableEndpoint(tx, caller, wanted, undefined);
          return changed;
        });
        reply.header('etag', `"${saved.version}"`);
        return shown(caller, saved);
      },
    }),
    route({
      method: 'DELETE',
      path: '/endpoints/:id',
      right: 'callbacks.write',
      scoped: true,
      summary: 'Delete an endpoint with its secrets; waiting deliveries are canceled, the log stays',
      params,
      async handle({ params: { id: wanted }, caller }) {
        await database.transaction((tx) => deleteEndpoint(tx, caller, wanted));
      },
    }),
    route({
      method: 'POST',
      path: '/endpoints/:id/enable',
      right: 'callbacks.write',
      scoped: true,
      summary: 'Enable an endpoint; its address must be on the allow-list or a request bin. What it held is sent, or dropped',
      params,
      body: z
        .strictObject({
          waiting: z.enum(WAITING_CHOICES).default('send').meta({ description: 'What becomes of deliveries that were held' }),
        })
        .prefault({}),
      answer: endpointAnswer,
      errors: ['CONFLICT'],
      async handle({ params: { id: wanted }, body: { waiting }, caller }) {
        await database.transaction((tx) => resumeEndpoint(tx, caller, ports, { id: wanted, waiting }));
        return showEndpoint(database.work, caller, wanted, 'callbacks.write');
      },
    }),
    route({
      method: 'POST',
      path: '/endpoints/:id/disable',
      right: 'callbacks.write',
      scoped: true,
      summary: 'Disable an endpoint: no deliveries are made for it',
      params,
      body: z
        .strictObject({ reason: z.string().trim().min(1).max(500).optional().meta({ description: 'Why; kept in the audit' }) })
        .prefault({}),
      answer: endpointAnswer,
      async handle({ params: { id: wanted }, body, caller }) {
        await database.transaction((tx) => disableEndpoint(tx, caller, wanted, body.reason));
        return showEndpoint(database.work, caller, wanted, 'callbacks.write');
      },
    }),
    route({
      method: 'POST',
      path: '/endpoints/:id/signing-secret',
      right: 'callbacks.write',
      scoped: true,
      summary: 'Give an endpoint another signing secret; the one before goes on beside it for a while',
      params,
      body: z
        .strictObject({
          secret: z.string().max(200).optional().meta({ description: "The receiver's own: whsec_ and 24 to 64 bytes in base64" }),
          keep_hours: z.number().min(0).max(720).default(24).meta({ description: 'Hours that the secret before goes on signing' }),
        })
        .prefault({}),
      answer: secretAnswer,
      errors: ['CONFLICT'],
      async handle({ params: { id: wanted }, body, caller }) {
        const input = { id: wanted, secret: body.secret, keepHours: body.keep_hours };
        const { secret, beforeUntil } = await database.transaction((tx) => rotateSigningSecret(tx, caller, ports, input));
        return { secret, before_until: beforeUntil };
      },
    }),
    route({
      method: 'GET',
      path: '/endpoints/:id/versions',
      right: 'callbacks.read',
      scoped: true,
      summary: 'Saves of an endpoint, the newest first: who, when, and which settings',
      params,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(versionSummaryAnswer),
      handle: ({ params: { id: wanted }, query, caller }) => listEndpointVersions(database.work, caller, { id: wanted, ...query }),
    }),
    route({
      method: 'GET',
      path: '/endpoints/:id/versions/:version',
      right: 'callbacks.read',
      scoped: true,
      summary: 'One version whole, with its differences from the one before',
      params: z.object({ id, version: z.coerce.number().int().min(1).max(2_147_483_647) }),
      answer: versionAnswer,
      handle: ({ params: { id: wanted, version }, caller }) => showEndpointVersion(database.work, caller, wanted, version),
    }),
  ];
}
