import { statement } from '../../core/database/statement.ts';
import { WORKS_NOT } from '../channels/driver.ts';
import { TASK_STATUS } from '../kinds.ts';

/** Enabled channels of enabled groups, by kind; `down` when all of them are in fault, or switched off by themselves. */
const KINDS = `SELECT g.kind, bool_and(c.state IN (${WORKS_NOT.join(', ')})) AS down, array_agg(c.number ORDER BY c.number) AS channels
  FROM alerts_channel c JOIN alerts_channel_group g USING (group_id)
  WHERE NOT c.gone AND c.enabled AND g.enabled AND g.deleted_at IS NULL GROUP BY g.kind`;

/** Notes the kinds of which nothing works now, with the time. */
export const noteDownKinds = statement(
  'alerts.noteDownKinds',
  `INSERT INTO alerts_alarm (kind) SELECT kind FROM (${KINDS}) k WHERE down ON CONFLICT DO NOTHING`,
);

export type DownKind = { kind: number; since: Temporal.Instant; channels: number[] };
/** Kinds of which nothing has worked for `$1` seconds and that have not been told; from now on they have. */
export const tellDownKinds = statement<DownKind>(
  'alerts.tellDownKinds',
  `UPDATE alerts_alarm a SET told_at = now() FROM (${KINDS}) k
   WHERE k.kind = a.kind AND k.down AND a.told_at IS NULL AND a.since <= now() - make_interval(secs => $1::int)
   RETURNING a.kind, a.since, k.channels`,
);

/** Forgets kinds of which something works again, or that have no channels any more. `told`: it was told that nothing does. */
export const forgetWorkingKinds = statement<{ kind: number; since: Temporal.Instant; told: boolean }>(
  'alerts.forgetWorkingKinds',
  `DELETE FROM alerts_alarm a WHERE NOT EXISTS (SELECT FROM (${KINDS}) k WHERE k.kind = a.kind AND k.down)
   RETURNING a.kind, a.since, a.told_at IS NOT NULL AS told`,
);

/** Runs under way, with the types of their tasks. */
export const typesUnderWay = statement<{ run: number; type: number }>(
  'alerts.typesUnderWay',
  `SELECT run_id AS run, type FROM alerts_run WHERE status = ${TASK_STATUS.running} ORDER BY run_id`,
);
