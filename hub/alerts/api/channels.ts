import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { addChannelGroup } from '../add-channel-group.ts';
import { changeChannel } from '../change-channel.ts';
import { changeChannelGroup, channelGroupChange } from '../change-channel-group.ts';
import type { ChannelKinds } from '../channels/channel-kind.ts';
import { CHANNEL_KINDS } from '../channels/driver.ts';
import { deleteChannelGroup } from '../delete-channel-group.ts';
import { listChannelGroups, showChannelGroup } from '../list-channel-groups.ts';
import { listChannels, showChannel } from '../list-channels.ts';
import { channelTestInput, testChannelGroup } from '../test-channel-group.ts';
import { idParams, idText, once, started, tagged } from './call.ts';
import { channelAnswer, channelJson, groupAnswer, groupJson, kindAnswer, newGroupBody } from './channel-answers.ts';
import type { DirectoryPorts } from './ports.ts';

export interface ChannelRoutePorts extends DirectoryPorts {
  readonly kinds: ChannelKinds;
}

const numberParams = z.object({ number: idText });

/** Channels: what they do, and whether they may. */
function channelRoutesOf({ database, act, kinds }: ChannelRoutePorts): Route[] {
  const show = async (number: number) => channelJson(await showChannel(database.work, number));
  return [
    route({
      method: 'GET',
      path: '/channels',
      right: 'alerts.view',
      summary: 'All channels by number, with what they do now',
      answer: z.object({ items: z.array(channelAnswer) }),
      handle: async () => ({ items: (await listChannels(database.work)).map(channelJson) }),
    }),
    route({
      method: 'GET',
      path: '/channels/:number',
      right: 'alerts.view',
      summary: 'What one channel does now',
      params: numberParams,
      answer: channelAnswer,
      handle: ({ params }) => show(params.number),
    }),
    route({
      method: 'PUT',
      path: '/channels/:number',
      right: 'alerts.channels',
      summary: 'Switch a channel on or off, or name it; the settings are those of its group',
      params: numberParams,
      body: z.strictObject({ enabled: z.boolean().optional(), name: z.string().min(1).max(255).optional() }),
      answer: channelAnswer,
      async handle({ params: { number }, body, caller }) {
        const { enabled } = await show(number);
        const change = { number, enabled: body.enabled ?? enabled, name: (stored: string) => body.name ?? stored, settings: new Map() };
        await database.transaction((tx) => changeChannel(tx, act(caller), kinds, change));
        return show(number);
      },
    }),
    route({
      method: 'GET',
      path: '/channel-kinds',
      right: 'alerts.view',
      summary: 'Kinds of channels that can be set up, with the JSON schema of their settings',
      answer: z.object({
        items: z.array(
          z.object({
            kind: kindAnswer,
            secrets: z.array(z.string()),
            settings: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema' }),
          }),
        ),
      }),
      handle: async () => ({
        items: [...kinds.values()].map(({ number, secrets, settings }) => ({
          kind: CHANNEL_KINDS[number],
          secrets,
          settings: z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }),
        })),
      }),
    }),
  ];
}

/** Channel groups: channels that share a peer, settings and limits. */
function groupRoutesOf({ database, act, kinds }: ChannelRoutePorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/channel-groups',
      right: 'alerts.view',
      summary: 'Channel groups by id',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(groupAnswer),
      async handle({ query }) {
        const { items, next } = await listChannelGroups(database.work, query);
        return { items: items.map(groupJson), next };
      },
    }),
    route({
      method: 'POST',
      path: '/channel-groups',
      right: 'alerts.channels',
      summary: 'Add a channel group; a hub takes it over and opens it',
      body: newGroupBody,
      answer: groupAnswer,
      status: 201,
      handle: (call) =>
        once(database, call, async (tx) => {
          const id = await addChannelGroup(tx, act(call.caller), kinds, call.body);
          return { answer: groupJson(await showChannelGroup(tx, id)), location: `/api/v1/alerts/channel-groups/${id}` };
        }),
    }),
    route({
      method: 'GET',
      path: '/channel-groups/:id',
      right: 'alerts.view',
      summary: 'One channel group',
      params: idParams,
      answer: groupAnswer,
      handle: async ({ params, reply }) => tagged(reply, groupJson(await showChannelGroup(database.work, params.id))),
    }),
    route({
      method: 'PUT',
      path: '/channel-groups/:id',
      right: 'alerts.channels',
      summary: 'Change a channel group; what is left out stays. Settings take the place of all before, *** keeps a secret',
      params: idParams,
      body: channelGroupChange,
      answer: groupAnswer,
      async handle({ params: { id }, body, caller, request, reply }) {
        const version = expectedVersion(request);
        const view = await database.transaction(async (tx) => {
          await changeChannelGroup(tx, act(caller), kinds, { id, change: body, version });
          return showChannelGroup(tx, id);
        });
        return tagged(reply, groupJson(view));
      },
    }),
    route({
      method: 'DELETE',
      path: '/channel-groups/:id',
      right: 'alerts.channels',
      summary: 'Delete a channel group that is disabled and at rest',
      params: idParams,
      errors: ['STALE_VERSION'],
      handle: ({ params, caller, request }) =>
        database.transaction((tx) => deleteChannelGroup(tx, act(caller), params.id, expectedVersion(request))),
    }),
    route({
      method: 'POST',
      path: '/channel-groups/:id/test',
      right: 'alerts.channels',
      summary: 'Send one message to one address by these channels: a run of its own, whose outcome is seen under /runs/{id}',
      params: idParams,
      body: channelTestInput,
      answer: z.object({ run_id: z.int() }),
      status: 202,
      handle: (call) =>
        started(database, call, async (tx) => ({
          run_id: (await testChannelGroup(tx, act(call.caller), call.params.id, call.body, 'rest')).id,
        })),
    }),
  ];
}

/** Ways out: channels, and the groups of them that share a peer. */
export const channelRoutes = (ports: ChannelRoutePorts): Route[] => [...channelRoutesOf(ports), ...groupRoutesOf(ports)];
