import { statement } from '../../core/database/statement.ts';

/** Runs under way, seconds by which the oldest waiting target is late, enabled channels in fault. */
export const runGauges = statement<{ runs: number; lag: number; faults: number }>(
  'alerts.gauges',
  `SELECT (SELECT count(*)::int FROM alerts_run WHERE status = 2) AS runs,
     COALESCE((SELECT GREATEST(0, extract(epoch FROM now() - due_at))::float8 FROM alerts_target WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1), 0) AS lag,
     (SELECT count(*)::int FROM alerts_channel c JOIN alerts_channel_group g USING (group_id)
      WHERE c.enabled AND NOT c.gone AND g.enabled AND g.deleted_at IS NULL AND c.state = 6) AS faults`,
);
