import { statement } from '../../core/database/statement.ts';
import { CHANNEL_KIND, CHANNEL_STATE } from '../channels/driver.ts';
import { TASK_STATUS } from '../kinds.ts';

/** What the gauges of the alerts tell, over all hubs on the database. */
export interface GaugeRow {
  /** Runs under way. */
  readonly runs: number;
  /** Seconds by which the oldest waiting target is late. */
  readonly lag: number;
  /** How many channels of a kind are in a state, by their numbers; those that are switched off are off. */
  readonly channels: readonly (readonly [kind: number, state: number, count: number])[];
  /** Requests that message centres have not answered yet, as their binds told last. */
  readonly smppWindow: number;
}

export const gaugeRow = statement<GaugeRow>(
  'alerts.gauges',
  `WITH present AS (
     SELECT g.kind, c.info, CASE WHEN c.enabled AND g.enabled THEN c.state ELSE ${CHANNEL_STATE.off} END AS state
     FROM alerts_channel c JOIN alerts_channel_group g USING (group_id) WHERE NOT c.gone AND g.deleted_at IS NULL)
   SELECT (SELECT count(*)::int FROM alerts_run WHERE status = ${TASK_STATUS.running}) AS runs,
     COALESCE((SELECT GREATEST(0, extract(epoch FROM now() - due_at))::float8 FROM alerts_target WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1), 0) AS lag,
     COALESCE((SELECT jsonb_agg(jsonb_build_array(kind, state, count)) FROM (SELECT kind, state, count(*) FROM present GROUP BY kind, state) k), '[]') AS channels,
     COALESCE((SELECT sum((regexp_match(info, 'inflight=(\\d{1,6})'))[1]::int)::int FROM present WHERE kind = ${CHANNEL_KIND.smpp} AND state <> ${CHANNEL_STATE.off}), 0) AS "smppWindow"`,
);
