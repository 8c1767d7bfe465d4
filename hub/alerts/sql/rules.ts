import { statement } from '../../core/database/statement.ts';

export type RuleRow = {
  ruleId: number;
  name: string;
  enabled: boolean;
  filter: unknown;
  taskId: number;
  restart: boolean;
  cooldown: number;
  limitPerHour: number | null;
  allowOwn: boolean;
  version: number;
  createdAt: Temporal.Instant;
  changedAt: Temporal.Instant;
};
const RULE = `SELECT rule_id AS "ruleId", name, enabled, filter, task_id AS "taskId", restart, cooldown, limit_per_hour AS "limitPerHour", allow_own AS "allowOwn",
  version, created_at AS "createdAt", changed_at AS "changedAt" FROM alerts_rule`;

export const rulePage = statement<RuleRow>('alerts.rulePage', `${RULE} WHERE rule_id > $1 ORDER BY rule_id LIMIT $2`);
export const ruleById = statement<RuleRow>('alerts.ruleById', `${RULE} WHERE rule_id = $1`);
export const lockRule = statement<RuleRow>('alerts.lockRule', `${RULE} WHERE rule_id = $1 FOR UPDATE`);
export const enabledRules = statement<RuleRow>('alerts.enabledRules', `${RULE} WHERE enabled ORDER BY rule_id`);

export const insertRule = statement<{ id: number }>(
  'alerts.insertRule',
  `INSERT INTO alerts_rule (name, enabled, filter, task_id, restart, cooldown, limit_per_hour, allow_own)
   VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7, $8) RETURNING rule_id AS id`,
);
export const updateRule = statement(
  'alerts.updateRule',
  `UPDATE alerts_rule SET name = $2, enabled = $3, filter = $4::jsonb, task_id = $5, restart = $6, cooldown = $7, limit_per_hour = $8, allow_own = $9,
     version = version + 1, changed_at = now() WHERE rule_id = $1`,
);
export const removeRule = statement('alerts.removeRule', 'DELETE FROM alerts_rule WHERE rule_id = $1');

/** Notes that an event fits a rule. @returns nothing when it was noted before: an event starts a task once. */
export const insertMatch = statement<{ at: Temporal.Instant }>(
  'alerts.insertMatch',
  `INSERT INTO alerts_rule_match (rule_id, event_id, outcome) VALUES ($1, $2, 'refused') ON CONFLICT DO NOTHING RETURNING at`,
);
export const settleMatch = statement(
  'alerts.settleMatch',
  'UPDATE alerts_rule_match SET outcome = $3, run_id = $4, reason = $5 WHERE rule_id = $1 AND event_id = $2',
);
/** What a rule has started lately. */
export const recentStarts = statement<{ lastMinute: number; lastHour: number; seconds: number | null }>(
  'alerts.recentStarts',
  `SELECT count(*) FILTER (WHERE at > now() - interval '1 minute')::int AS "lastMinute", count(*) FILTER (WHERE at > now() - interval '1 hour')::int AS "lastHour",
     extract(epoch FROM now() - max(at))::float8 AS seconds
   FROM alerts_rule_match WHERE rule_id = $1 AND outcome = 'started' AND at > now() - make_interval(secs => GREATEST($2::int, 3600))`,
);

export type MatchRow = { eventId: string; at: Temporal.Instant; outcome: string; runId: number | null; reason: string };
/** Matches of a rule, the newest first, before a time and an event: `$2` microseconds since 1970, or null. */
export const matchPage = statement<MatchRow & { micros: string }>(
  'alerts.matchPage',
  `SELECT event_id AS "eventId", at, outcome, run_id AS "runId", reason, (extract(epoch FROM at) * 1000000)::bigint::text AS micros FROM alerts_rule_match
   WHERE rule_id = $1 AND ($2::bigint IS NULL OR (at, event_id) < (to_timestamp($2::bigint / 1000000.0), $3)) ORDER BY at DESC, event_id DESC LIMIT $4`,
);
