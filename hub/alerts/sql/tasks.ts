import { statement } from '../../core/database/statement.ts';
import { TASK_STATUS } from '../kinds.ts';
import type { StoredTaskRow } from '../task-row.ts';

const SELECT = `SELECT task_id AS id, type, name, list_id AS "listId", message_id AS "messageId", priority, channels, schedule, confirmation, settings,
  key_start AS "keyStart", pin_start AS "pinStart", sms_start AS "smsStart", enabled, status, runs, next_start_at AS "nextStartAt", next_local AS "nextLocal",
  version, created_at AS "createdAt", changed_at AS "changedAt" FROM alerts_task WHERE deleted_at IS NULL`;

export const taskById = statement<StoredTaskRow>('alerts.taskById', `${SELECT} AND task_id = $1`);
/** Starts, stops and edits of one task take turns. */
export const lockStoredTask = statement<StoredTaskRow>('alerts.lockStoredTask', `${SELECT} AND task_id = $1 FOR UPDATE`);
export const taskPage = statement<StoredTaskRow>('alerts.taskPage', `${SELECT} AND task_id > $1 ORDER BY task_id LIMIT $2`);

/** Until our transaction ends no other one gives a task a start PIN. */
export const lockPins = statement('alerts.lockPins', "SELECT pg_advisory_xact_lock(hashtext('alerts_task_pin'))");
export const sealedPins = statement<{ id: number; pinStart: Buffer }>(
  'alerts.sealedPins',
  'SELECT task_id AS id, pin_start AS "pinStart" FROM alerts_task WHERE pin_start IS NOT NULL AND deleted_at IS NULL',
);
export const taskOfKeyword = statement<{ id: number }>(
  'alerts.taskOfKeyword',
  'SELECT task_id AS id FROM alerts_task WHERE lower(sms_keyword) = lower($1) AND deleted_at IS NULL',
);

/** They stay until our transaction ends. */
export const holdList = statement<{ id: number }>(
  'alerts.holdList',
  'SELECT list_id AS id FROM alerts_list WHERE list_id = $1 FOR KEY SHARE',
);
export const holdMessage = statement<{ type: number }>(
  'alerts.holdMessage',
  'SELECT type FROM alerts_message WHERE message_id = $1 FOR SHARE',
);

export const newTaskId = statement<{ id: number }>(
  'alerts.newTaskId',
  "SELECT nextval(pg_get_serial_sequence('alerts_task', 'task_id'))::int AS id",
);
const WRITTEN = [
  'type',
  'name',
  'list_id',
  'message_id',
  'priority',
  'channels',
  'schedule',
  'confirmation',
  'settings',
  'key_start',
  'pin_start',
  'sms_start',
  'sms_keyword',
  'enabled',
  'status',
  'next_start_at',
  'next_local',
];
/** $1 the id, then the columns in the order above. */
export const insertTask = statement(
  'alerts.insertTask',
  `INSERT INTO alerts_task (task_id, ${WRITTEN.join(', ')}) VALUES ($1, ${WRITTEN.map((_, at) => `$${at + 2}`).join(', ')})`,
);
export const updateTask = statement(
  'alerts.updateTask',
  `UPDATE alerts_task SET ${WRITTEN.map((column, at) => `${column} = $${at + 2}`).join(', ')}, version = version + 1, changed_at = now()
   WHERE task_id = $1`,
);
/** What acts on a run that is under way at once. */
export const updateActiveRun = statement(
  'alerts.updateActiveRun',
  `UPDATE alerts_run SET priority = $2, channels = $3 WHERE task_id = $1 AND status = ${TASK_STATUS.running}`,
);
/** Its runs stay; it lets go of its list, its message and what must be unique. */
export const markTaskDeleted = statement(
  'alerts.markTaskDeleted',
  `UPDATE alerts_task SET deleted_at = now(), list_id = NULL, message_id = NULL, pin_start = NULL, sms_keyword = NULL, next_start_at = NULL, next_local = NULL,
     version = version + 1 WHERE task_id = $1`,
);
