import { statement } from '../../core/database/statement.ts';

export interface MessageRow {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  readonly file: string | null;
  readonly voice: string;
  readonly text: string;
  readonly lengthMs: number | null;
  readonly version: number;
  readonly createdAt: Temporal.Instant;
  readonly changedAt: Temporal.Instant;
}

const SELECT = `SELECT m.message_id AS id, m.type, m.name, m.file, m.voice, m.text, f.length_ms AS "lengthMs", m.version, m.created_at AS "createdAt",
  m.changed_at AS "changedAt" FROM alerts_message m LEFT JOIN alerts_file f ON f.name = m.file`;

export const messageById = statement<MessageRow>('alerts.messageById', `${SELECT} WHERE m.message_id = $1`);
export const lockMessage = statement<MessageRow>('alerts.lockMessage', `${SELECT} WHERE m.message_id = $1 FOR UPDATE OF m`);
export const messagePage = statement<MessageRow>('alerts.messagePage', `${SELECT} WHERE m.message_id > $1 ORDER BY m.message_id LIMIT $2`);
export const insertMessage = statement<{ id: number }>(
  'alerts.insertMessage',
  'INSERT INTO alerts_message (type, name, file, voice, text) VALUES ($1, $2, $3, $4, $5) RETURNING message_id AS id',
);
export const updateMessage = statement(
  'alerts.updateMessage',
  `UPDATE alerts_message SET type = $2, name = $3, file = $4, voice = $5, text = $6, version = version + 1, changed_at = now() WHERE message_id = $1`,
);
export const deleteMessageRow = statement('alerts.deleteMessage', 'DELETE FROM alerts_message WHERE message_id = $1');
/** Tasks that tell a message. */
export const tasksOfMessage = statement<{ id: number; type: number }>(
  'alerts.tasksOfMessage',
  'SELECT task_id AS id, type FROM alerts_task WHERE message_id = $1 AND deleted_at IS NULL ORDER BY task_id',
);
