import { statement } from '../../core/database/statement.ts';
import { CHANNEL_STATE } from '../channels/driver.ts';
import type { GroupRow } from './channels.ts';

/** A channel group with when it was made and changed. */
export type WholeGroupRow = GroupRow & { createdAt: Temporal.Instant; changedAt: Temporal.Instant };
const COLUMNS = `group_id AS "groupId", kind, name, enabled, settings, secrets, version, created_at AS "createdAt", changed_at AS "changedAt"`;

export const channelGroupPage = statement<WholeGroupRow>(
  'alerts.channelGroupPage',
  `SELECT ${COLUMNS} FROM alerts_channel_group WHERE deleted_at IS NULL AND group_id > $1 ORDER BY group_id LIMIT $2`,
);
export const channelGroupById = statement<WholeGroupRow>(
  'alerts.channelGroupById',
  `SELECT ${COLUMNS} FROM alerts_channel_group WHERE deleted_at IS NULL AND group_id = $1`,
);
/** Locked: edits of one group take turns. */
export const lockChannelGroup = statement<WholeGroupRow>(
  'alerts.lockChannelGroup',
  `SELECT ${COLUMNS} FROM alerts_channel_group WHERE deleted_at IS NULL AND group_id = $1 FOR UPDATE`,
);
/** @returns its new version; nothing when the name is taken. */
export const setChannelGroup = statement<{ version: number }>(
  'alerts.setChannelGroup',
  `UPDATE alerts_channel_group g SET name = $2, enabled = $3, version = version + 1, changed_at = now() WHERE group_id = $1
     AND NOT EXISTS (SELECT FROM alerts_channel_group o WHERE lower(o.name) = lower($2) AND o.group_id <> $1 AND o.deleted_at IS NULL)
   RETURNING version`,
);
/** Channels of a group as they are. */
export const channelsOfGroup = statement<{ number: number; place: number; name: string; enabled: boolean; state: number; info: string }>(
  'alerts.channelsOfGroup',
  'SELECT number, place, name, enabled, state, info FROM alerts_channel WHERE group_id = $1 AND NOT gone ORDER BY place',
);
/** Whether attempts of a group are under way. */
export const groupIsBusy = statement<{ busy: boolean }>(
  'alerts.groupIsBusy',
  'SELECT EXISTS (SELECT FROM alerts_attempt WHERE ended_at IS NULL AND group_id = $1) AS busy',
);
/** Its channels keep their numbers, which nobody gets again; its settings and secrets are gone. */
export const dropChannelGroup = statement(
  'alerts.dropChannelGroup',
  `WITH gone AS (UPDATE alerts_channel SET gone = true, state = ${CHANNEL_STATE.off} WHERE group_id = $1)
   UPDATE alerts_channel_group SET deleted_at = now(), enabled = false, settings = '{}', secrets = NULL WHERE group_id = $1`,
);

/** A task that nobody sees, for the run of a test: `$1` type, `$2` name. */
export const insertTestTask = statement<{ taskId: number }>(
  'alerts.insertTestTask',
  `INSERT INTO alerts_task (type, name, priority, schedule, confirmation, settings, key_start, sms_start, status, runs, deleted_at)
   VALUES ($1, $2, 1, '{}', '{}', '[]', 'null', 'null', 4, 1, now()) RETURNING task_id AS "taskId"`,
);
/** A target that is no person of the directory: `$1` run, `$2` name, `$3` address. */
export const insertTestTarget = statement(
  'alerts.insertTestTarget',
  `INSERT INTO alerts_target (run_id, no, person_id, name, organization, department, rank, position, description, addresses, state)
   VALUES ($1, 1, 0, $2, '', '', '', '', '', ARRAY[$3], 'r')`,
);
