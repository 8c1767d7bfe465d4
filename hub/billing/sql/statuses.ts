import { statement } from '../../core/database/statement.ts';
import type { StatusPeriod } from '../status-periods.ts';

export type StatusRow = { status: number; title: string; manual: boolean };

export const statusRows = statement<StatusRow>('billing.statuses', 'SELECT status, title, manual FROM billing_status ORDER BY status');

const PERIOD = 'status_id AS id, status, date_from AS "dateFrom", date_to AS "dateTo", comment';

/** In order of time. */
export const statusPeriodRows = statement<StatusPeriod>(
  'billing.statusPeriods',
  `SELECT ${PERIOD} FROM contract_status WHERE contract_id = $1 ORDER BY date_from`,
);

export const deleteStatusPeriods = statement(
  'billing.deleteStatusPeriods',
  'DELETE FROM contract_status WHERE contract_id = $1 AND status_id = ANY ($2::int[])',
);

export const moveStatusPeriod = statement(
  'billing.moveStatusPeriod',
  'UPDATE contract_status SET date_from = $2, date_to = $3 WHERE status_id = $1',
);

export const insertStatusPeriod = statement<{ id: number }>(
  'billing.insertStatusPeriod',
  'INSERT INTO contract_status (contract_id, status, date_from, date_to, comment) VALUES ($1, $2, $3, $4, $5) RETURNING status_id AS id',
);

/** What the contract shows of its periods: the status of today, and since when. */
export const setContractStatus = statement(
  'billing.setContractStatus',
  'UPDATE contract SET status = $2, status_from = $3, version = version + 1, changed_at = now() WHERE contract_id = $1',
);

export const insertStatusLog = statement(
  'billing.insertStatusLog',
  `INSERT INTO contract_status_log (contract_id, status, date_from, date_to, comment, reason, operator_id, login)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export type StatusLogRow = {
  id: number;
  status: number;
  dateFrom: Temporal.PlainDate;
  dateTo: Temporal.PlainDate | null;
  comment: string;
  reason: string;
  operatorId: number | null;
  login: string;
  at: Temporal.Instant;
  total: number;
};

/** Newest first, `$2` rows after the first `$3`; total: of all. */
export const statusLog = statement<StatusLogRow>(
  'billing.statusLog',
  `SELECT log_id AS id, status, date_from AS "dateFrom", date_to AS "dateTo", comment, reason, operator_id AS "operatorId", login, at,
     count(*) OVER () AS total
   FROM contract_status_log WHERE contract_id = $1 ORDER BY log_id DESC LIMIT $2 OFFSET $3`,
);

/** The newest first, those before the entry `$2`, at most `$3`. */
export const statusLogPage = statement<Omit<StatusLogRow, 'total'>>(
  'billing.statusLogPage',
  `SELECT log_id AS id, status, date_from AS "dateFrom", date_to AS "dateTo", comment, reason, operator_id AS "operatorId", login, at
   FROM contract_status_log WHERE contract_id = $1 AND log_id < $2::bigint ORDER BY log_id DESC LIMIT $3`,
);

/**
 * Contracts whose status of the day `$1` is not the one that they show: because a period began while nobody looked. Periods of the two days before
 * are looked at too, for changes that were under way at midnight; `$2` reaches further back, for the days in which no hub ran (null: all). Contracts
 * after `$3`, at most `$4`.
 */
export const contractsOutOfStatus = statement<{ id: number }>(
  'billing.contractsOutOfStatus',
  `SELECT c.contract_id AS id FROM contract_status s JOIN contract c USING (contract_id)
   WHERE s.date_from <= $1 AND s.date_from >= LEAST(COALESCE($2::date, '-infinity'), $1::date - 2) AND (s.date_to IS NULL OR s.date_to >= $1)
     AND (c.status <> s.status OR c.status_from IS DISTINCT FROM s.date_from) AND c.contract_id > $3
   ORDER BY c.contract_id LIMIT $4`,
);
