import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { ALLOW_STATES, type AllowAct, newAllowSchema, stepReason } from '../allowed-address.ts';
import { changeAllowState } from '../change-allow-state.ts';
import { addAllowEntry, createAllowRequest } from '../create-allow-request.ts';
import type { AddressPolicy } from '../guard/address-policy.ts';
import { listAllows, showAllow, shownAllow } from '../list-allow-entries.ts';
import { type FetchProof, verifyAllowOwnership } from '../verify-allow-ownership.ts';

const time = z.iso.datetime();
const allowAnswer = z.object({
  allow_id: z.int(),
  state: z.enum(ALLOW_STATES),
  address: z.string().meta({ example: 'https://sap.client.example/in' }),
  readable: z.string(),
  scheme: z.enum(['http', 'https']),
  host: z.string(),
  port: z.int(),
  path_prefix: z.string(),
  networks: z.array(z.string()),
  organizations: z.array(z.int()),
  valid_until: time.nullable(),
  reason: z.string(),
  created_by: z.string(),
  forwarded_by: z.string().nullable(),
  approved_by: z.string().nullable(),
  step_by: z.string(),
  step_reason: z.string().nullable(),
  proof: z
    .object({ url: z.string(), token: z.string(), proven_at: time.nullable() })
    .nullable()
    .meta({ description: 'Serve `token` as text under `url`, then POST .../prove: the agent may then approve alone' }),
  version: z.int(),
  created_at: time,
  changed_at: time,
});

const params = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

const LISTS = {
  'allow-requests': { states: ['requested', 'forwarded', 'rejected'], summary: 'Requests for addresses, with the step at which they are' },
  'allow-entries': { states: ['approved', 'revoked', 'expired'], summary: 'The allow-list, with what was on it' },
} as const;

/** Who may take a step is decided with the line in hand (change-allow-state.ts). */
const ACTS: Readonly<Record<AllowAct, { readonly list: keyof typeof LISTS; readonly summary: string }>> = {
  forward: { list: 'allow-requests', summary: 'The agent hands a request on to support' },
  approve: { list: 'allow-requests', summary: 'Support allows the address; with a proof of ownership the agent does' },
  reject: { list: 'allow-requests', summary: 'Refuse a request, with a reason for the client' },
  revoke: { list: 'allow-entries', summary: 'Take an address off the list; in force everywhere within 5 s' },
};

/** The allow-list below /api/v1/callbacks (spec 6.5). */
export function allowRoutes(
  { database }: Pick<HubPorts, 'database'>,
  { policy, fetchProof }: { readonly policy: AddressPolicy; readonly fetchProof: FetchProof },
): Route[] {
  const lists = (Object.keys(LISTS) as (keyof typeof LISTS)[]).flatMap((list) => [
    route({
      method: 'GET',
      path: `/${list}`,
      right: 'login',
      summary: LISTS[list].summary,
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(LISTS[list].states).optional(),
        host: z.string().max(253).optional().meta({ description: 'Part of the host' }),
      }),
      answer: pageAnswer(allowAnswer),
      handle: ({ query: { state, host, after, limit }, caller }) =>
        listAllows(database.work, caller, { states: state ? [state] : LISTS[list].states, host, after, limit }),
    }),
    route({
      method: 'GET',
      path: `/${list}/:id`,
      right: 'login',
      summary: list === 'allow-requests' ? 'One request' : 'One entry',
      params,
      answer: allowAnswer,
      async handle({ params: { id }, caller, reply }) {
        const shown = await showAllow(database.work, caller, id);
        reply.header('etag', `"${shown.version}"`);
        return shown;
      },
    }),
  ]);
  const acts = (Object.keys(ACTS) as AllowAct[]).map((act) =>
    route({
      method: 'POST',
      path: `/${ACTS[act].list}/:id/${act}`,
      right: 'login',
      summary: ACTS[act].summary,
      params,
      body: z.strictObject({ reason: stepReason.optional() }).prefault({}),
      answer: allowAnswer,
      errors: ['STALE_VERSION'],
      async handle({ params: { id }, body: { reason }, caller, request }) {
        const input = { id, act, reason, version: expectedVersion(request) };
        return shownAllow(await database.transaction((tx) => changeAllowState(tx, caller, input)));
      },
    }),
  );
  return [
    ...lists,
    route({
      method: 'POST',
      path: '/allow-requests',
      right: 'callbacks.allow.request',
      scoped: true,
      summary: 'Ask for an address to be put on the allow-list',
      body: newAllowSchema,
      answer: allowAnswer,
      status: 201,
      async handle({ body, caller, reply }) {
        const row = await database.transaction((tx) => createAllowRequest(tx, caller, policy, body));
        reply.header('location', `/api/v1/callbacks/allow-requests/${row.allowId}`);
        return shownAllow(row);
      },
    }),
    route({
      method: 'POST',
      path: '/allow-entries',
      right: 'callbacks.allow.approve',
      scoped: true,
      summary: 'Put an address on the list at once: where the hub has one operator',
      body: newAllowSchema,
      answer: allowAnswer,
      status: 201,
      async handle({ body, caller, reply }) {
        const row = await database.transaction((tx) => addAllowEntry(tx, caller, policy, body));
        reply.header('location', `/api/v1/callbacks/allow-entries/${row.allowId}`);
        return shownAllow(row);
      },
    }),
    ...acts,
    route({
      method: 'POST',
      path: '/allow-requests/:id/prove',
      right: 'login',
      summary: 'Look whether the owner of the address serves the token of the request',
      params,
      answer: allowAnswer,
      handle: async ({ params: { id }, caller }) => shownAllow(await verifyAllowOwnership(database, caller, id, fetchProof)),
    }),
  ];
}
