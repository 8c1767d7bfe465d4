import { statement } from '../../core/database/statement.ts';

export interface LogRow {
  readonly id: number;
  readonly at: Temporal.Instant;
  readonly level: 'info' | 'warn' | 'error';
  readonly login: string;
  readonly text: string;
}

const COLUMNS = 'log_id AS id, at, level, login, text';

/** Lines between two instants, and the id of the last. */
export const logSize = statement<{ lines: number; last: number | null }>(
  'alerts.logSize',
  'SELECT count(*)::int AS lines, max(log_id) AS last FROM alerts_log WHERE at >= $1 AND at < $2',
);
/** Lines between two instants in their order, up to the id $3, from behind line ($4, $5); $6 of them are left out, $7 answered. */
export const logPage = statement<LogRow>(
  'alerts.logPage',
  `SELECT ${COLUMNS} FROM alerts_log WHERE at >= $1 AND at < $2 AND log_id <= $3 AND (at, log_id) > ($4::timestamptz, $5::bigint)
   ORDER BY at, log_id OFFSET $6 LIMIT $7`,
);
/** Lines that were written since an instant, behind an id, in their order. */
export const recentLog = statement<LogRow>(
  'alerts.recentLog',
  `SELECT ${COLUMNS} FROM alerts_log WHERE at >= $1 AND log_id > $2 ORDER BY at, log_id LIMIT $3`,
);
export const lastLog = statement<{ last: number }>('alerts.lastLog', 'SELECT COALESCE(max(log_id), 0) AS last FROM alerts_log');
