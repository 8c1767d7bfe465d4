import { statement } from '../../core/database/statement.ts';
import { CHANNEL_STATE } from '../channels/driver.ts';

/** A channel group with its settings; secrets sealed. */
export type GroupRow = {
  groupId: number;
  kind: number;
  name: string;
  enabled: boolean;
  settings: Record<string, unknown>;
  secrets: Buffer | null;
  version: number;
};
const GROUP = `SELECT group_id AS "groupId", kind, name, enabled, settings, secrets, version FROM alerts_channel_group WHERE deleted_at IS NULL`;
export const channelGroups = statement<GroupRow>('alerts.channelGroups', `${GROUP} ORDER BY group_id`);

/** A channel with what its hub saw last. */
export type ChannelRow = {
  number: number;
  groupId: number;
  place: number;
  name: string;
  enabled: boolean;
  state: number;
  since: Temporal.Instant;
  signal: number | null;
  info: string;
  ok: number;
  failed: number;
  seenAt: Temporal.Instant | null;
};
export const channels = statement<ChannelRow>(
  'alerts.channels',
  `SELECT number, group_id AS "groupId", place, name, enabled, state, since, signal, info, ok, failed, seen_at AS "seenAt" FROM alerts_channel
   WHERE NOT gone ORDER BY number`,
);

/** Names of all channels that there ever were. */
export const channelNames = statement<{ number: number; name: string }>('alerts.channelNames', 'SELECT number, name FROM alerts_channel');

/** What a hub sees of its channels: numbers, states, since (milliseconds since 1970), signals, infos, attempts that went well and that did not. */
export const storeStates = statement<{ number: number }>(
  'alerts.storeStates',
  `UPDATE alerts_channel c SET state = n.state, since = to_timestamp(n.since / 1000), signal = n.signal, info = n.info, ok = n.ok, failed = n.failed, seen_at = now()
   FROM unnest($1::int[], $2::smallint[], $3::float8[], $4::smallint[], $5::text[], $6::bigint[], $7::bigint[]) AS n (number, state, since, signal, info, ok, failed)
   WHERE c.number = n.number
   RETURNING c.number`,
);

/** @returns nothing when the name is taken. */
export const insertChannelGroup = statement<{ id: number }>(
  'alerts.insertChannelGroup',
  `INSERT INTO alerts_channel_group (kind, name, enabled, settings) VALUES ($1, $2, $3, '{}')
   ON CONFLICT (lower(name)) WHERE deleted_at IS NULL DO NOTHING RETURNING group_id AS id`,
);
export const setChannelSettings = statement(
  'alerts.setChannelSettings',
  'UPDATE alerts_channel_group SET settings = $2, secrets = $3, changed_at = now() WHERE group_id = $1',
);

/** Whoever adds, takes away or switches channels takes turns: numbers and counts are of all groups. A statement of its own, so that the next one sees the last turn. */
export const holdChannels = statement('alerts.holdChannels', 'SELECT pg_advisory_xact_lock(7305, 1)');

/**
 * Gives a group the channels of these names, in their places: those that are there keep their numbers, new ones get the next numbers, the others are gone.
 * A number is never given out again: masks of tasks name it (specification of alerts 3.7). `holdChannels` before it.
 */
export const renumberChannels = statement<{ number: number; place: number }>(
  'alerts.renumberChannels',
  `WITH wanted AS (SELECT name, (ordinality - 1)::smallint AS place FROM unnest($2::text[]) WITH ORDINALITY AS w (name, ordinality)),
   gone AS (UPDATE alerts_channel c SET gone = true, state = ${CHANNEL_STATE.off}
     WHERE c.group_id = $1 AND NOT c.gone AND NOT EXISTS (SELECT FROM wanted w WHERE w.place = c.place)),
   kept AS (UPDATE alerts_channel c SET name = w.name FROM wanted w WHERE c.group_id = $1 AND NOT c.gone AND c.place = w.place RETURNING c.number, c.place),
   fresh AS (
     INSERT INTO alerts_channel (number, group_id, place, name)
     SELECT (SELECT COALESCE(max(number), 0) FROM alerts_channel) + row_number() OVER (ORDER BY w.place), $1, w.place, w.name
     FROM wanted w WHERE NOT EXISTS (SELECT FROM alerts_channel c WHERE c.group_id = $1 AND NOT c.gone AND c.place = w.place)
     RETURNING number, place)
   SELECT number, place FROM kept UNION ALL SELECT number, place FROM fresh ORDER BY place`,
);
