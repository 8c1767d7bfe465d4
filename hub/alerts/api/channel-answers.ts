import * as z from 'zod';
import { newChannelGroupInput } from '../add-channel-group.ts';
import { CHANNEL_KIND, CHANNEL_KINDS, CHANNEL_STATES } from '../channels/driver.ts';
import type { ChannelGroupView } from '../list-channel-groups.ts';
import type { ChannelView } from '../list-channels.ts';
import { instant, versionField } from './call.ts';
import { word } from './words.ts';

export const kindAnswer = z.enum(CHANNEL_KINDS);

export const channelAnswer = z.object({
  number: z.int(),
  kind: kindAnswer,
  name: z.string(),
  enabled: z.boolean().meta({ description: 'Of the channel, and its group' }),
  state: z.enum(CHANNEL_STATES),
  since: instant,
  task_id: z.int().nullable().meta({ description: 'What it works at; null for channels that do many things at once' }),
  person_id: z.int().nullable(),
  address: z.string().nullable(),
  ok: z.int().meta({ description: 'Attempts that went well since its driver started' }),
  failed: z.int(),
  signal: z.int().nullable().meta({ description: 'Of a radio, dBm' }),
  info: z.string().meta({ description: 'inflight=3;window=10, or why it does not work' }),
});
export const channelJson = ({ kind, state, taskId, personId, ...rest }: ChannelView) => ({
  ...rest,
  kind: CHANNEL_KINDS[kind],
  state: CHANNEL_STATES[state],
  task_id: taskId,
  person_id: personId,
  since: rest.since.toString(),
});

export const groupAnswer = z.object({
  id: z.int(),
  kind: kindAnswer,
  name: z.string(),
  enabled: z.boolean(),
  settings: z.record(z.string(), z.unknown()).meta({ description: 'By the kind (/channel-kinds); secrets are ***' }),
  channels: z.array(z.int()).meta({ description: 'Numbers of its channels' }),
  version: versionField,
  created_at: instant,
  changed_at: instant,
});
export const groupJson = ({ kind, ...rest }: ChannelGroupView) => ({ ...rest, kind: CHANNEL_KINDS[kind] });

/** A new group as REST takes it, its kind as a word. */
export const newGroupBody = newChannelGroupInput.extend({ kind: word(CHANNEL_KIND) });
