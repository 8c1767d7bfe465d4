import { statement } from '../../core/database/statement.ts';
import { CHANNEL_KIND } from '../channels/driver.ts';

/** A channel with what it does at this moment. Kind and state by their numbers, which are those of the wire. */
export interface ChannelNow {
  readonly number: number;
  readonly kind: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly state: number;
  /** What it works at; null for kinds that work at many things at once. */
  readonly taskId: number | null;
  readonly personId: number | null;
  readonly address: string | null;
  readonly since: Temporal.Instant;
  readonly ok: number;
  readonly failed: number;
  readonly signal: number | null;
  readonly info: string;
}

/** Channels of these numbers; null: all. SMPP binds and SMTP pools work at many things at once. */
export const channelsNow = statement<ChannelNow>(
  'alerts.channelsNow',
  `SELECT c.number, g.kind, c.name, c.enabled AND g.enabled AS enabled, c.state, w.task_id AS "taskId", w.person_id AS "personId", w.address, c.since, c.ok, c.failed,
     c.signal, c.info
   FROM alerts_channel c JOIN alerts_channel_group g USING (group_id)
   LEFT JOIN LATERAL (
     SELECT r.task_id, a.person_id, a.address FROM alerts_attempt a JOIN alerts_run r USING (run_id)
     WHERE a.ended_at IS NULL AND a.of_attempt IS NULL AND a.group_id = c.group_id AND g.kind NOT IN (${CHANNEL_KIND.smpp}, ${CHANNEL_KIND.smtp}) ORDER BY a.attempt_id DESC LIMIT 1) w ON true
   WHERE NOT c.gone AND ($1::int[] IS NULL OR c.number = ANY ($1)) ORDER BY c.number`,
);

/** A channel that is there, with its group, which stays as it is until our transaction ends. */
export const lockChannel = statement<{ number: number; groupId: number; place: number; name: string; enabled: boolean }>(
  'alerts.lockChannel',
  `SELECT c.number, c.group_id AS "groupId", c.place, c.name, c.enabled FROM alerts_channel c JOIN alerts_channel_group g USING (group_id)
   WHERE c.number = $1 AND NOT c.gone AND g.deleted_at IS NULL FOR UPDATE`,
);
export const setChannel = statement('alerts.setChannel', 'UPDATE alerts_channel SET name = $2, enabled = $3 WHERE number = $1');
/** Channels of a kind that are switched on, with their groups. */
export const enabledChannels = statement<{ count: number }>(
  'alerts.enabledChannels',
  `SELECT count(*)::int AS count FROM alerts_channel c JOIN alerts_channel_group g USING (group_id)
   WHERE g.kind = $1 AND g.enabled AND c.enabled AND NOT c.gone AND g.deleted_at IS NULL`,
);
/** @returns nothing when the name is taken. */
export const renameGroup = statement<{ id: number }>(
  'alerts.renameGroup',
  `UPDATE alerts_channel_group g SET name = $2, changed_at = now() WHERE group_id = $1
     AND NOT EXISTS (SELECT FROM alerts_channel_group o WHERE lower(o.name) = lower($2) AND o.group_id <> $1 AND o.deleted_at IS NULL) RETURNING group_id AS id`,
);
export const raiseGroupVersion = statement(
  'alerts.raiseGroupVersion',
  'UPDATE alerts_channel_group SET version = version + 1, changed_at = now() WHERE group_id = $1',
);
