import { statement } from '../../core/database/statement.ts';

export interface FileRow {
  readonly name: string;
  readonly sha256: Buffer;
  readonly size: number;
  readonly lengthMs: number | null;
  readonly createdAt: Temporal.Instant;
  readonly createdBy: string;
}

const COLUMNS = 'name, sha256, size, length_ms AS "lengthMs", created_at AS "createdAt", created_by AS "createdBy"';

/** Names and contents change one after the other, so that a content that nobody has any more can go. */
export const lockFiles = statement('alerts.lockFiles', "SELECT pg_advisory_xact_lock(hashtext('alerts_file'))");
export const fileByName = statement<FileRow>('alerts.fileByName', `SELECT ${COLUMNS} FROM alerts_file WHERE name = $1`);
/** Stays until our transaction ends. */
export const holdFile = statement<{ name: string }>('alerts.holdFile', 'SELECT name FROM alerts_file WHERE name = $1 FOR KEY SHARE');
export const filePage = statement<FileRow>('alerts.filePage', `SELECT ${COLUMNS} FROM alerts_file WHERE name > $1 ORDER BY name LIMIT $2`);
export const fileContent = statement<FileRow & { content: Buffer }>(
  'alerts.fileContent',
  `SELECT f.name, f.sha256, f.size, f.length_ms AS "lengthMs", f.created_at AS "createdAt", f.created_by AS "createdBy", c.content
   FROM alerts_file f JOIN alerts_content c USING (sha256) WHERE f.name = $1`,
);
export const insertContent = statement(
  'alerts.insertContent',
  'INSERT INTO alerts_content (sha256, content, size) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
);
export const putFile = statement(
  'alerts.putFile',
  `INSERT INTO alerts_file (name, sha256, size, length_ms, created_by) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (name) DO UPDATE SET sha256 = $2, size = $3, length_ms = $4, created_by = $5, created_at = now()`,
);
export const deleteFileRow = statement('alerts.deleteFile', 'DELETE FROM alerts_file WHERE name = $1');
const UNUSED = `NOT EXISTS (SELECT FROM alerts_file f WHERE f.sha256 = c.sha256)
   AND NOT EXISTS (SELECT FROM alerts_run r WHERE r.ended_at IS NULL AND r.frozen -> 'attachment' ->> 'sha256' = encode(c.sha256, 'hex'))`;
/** Unless another name has it, or a run that has not ended sends it. */
export const dropContent = statement('alerts.dropContent', `DELETE FROM alerts_content c WHERE c.sha256 = $1 AND ${UNUSED}`);
/** Contents that only runs had, which have ended by now. */
export const dropUnusedContents = statement<{ deleted: number }>(
  'alerts.dropUnusedContents',
  `WITH gone AS (DELETE FROM alerts_content c WHERE ${UNUSED} RETURNING 1) SELECT count(*)::int AS deleted FROM gone`,
);
/** The file of a message, by its content; it can be neither replaced nor deleted until our transaction ends. */
export const fileOfMessage = statement<{ name: string; sha256: string }>(
  'alerts.fileOfMessage',
  `SELECT f.name, encode(f.sha256, 'hex') AS sha256 FROM alerts_file f WHERE f.name = (SELECT file FROM alerts_message WHERE message_id = $1) FOR SHARE`,
);
/** `$1` in hexadecimal digits. */
export const contentBySha256 = statement<{ content: Buffer }>(
  'alerts.contentBySha256',
  "SELECT content FROM alerts_content WHERE sha256 = decode($1, 'hex')",
);
export const messageOfFile = statement<{ id: number }>(
  'alerts.messageOfFile',
  'SELECT message_id AS id FROM alerts_message WHERE file = $1 ORDER BY message_id LIMIT 1',
);
