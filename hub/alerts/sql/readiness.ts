import { statement } from '../../core/database/statement.ts';
import { CHANNEL_KIND } from '../channels/driver.ts';
import { REMOTE } from '../kinds.ts';
import { EXCLUDED_NOW, membersOf, usedAddress } from './reach.ts';

/** Whether a hub runs on this database, by its own clock. */
export const hubRuns = statement<{ runs: boolean }>(
  'alerts.hubRuns',
  'SELECT EXISTS (SELECT FROM delivery_hub WHERE alive_until > now()) AS runs',
);

export type PlannedTask = {
  taskId: number;
  name: string;
  type: number;
  channels: string;
  status: number;
  runs: number;
  confirms: string | null;
  /** An object, or what a foreign client sent and nobody can read. */
  schedule: unknown;
  nextStartAt: Temporal.Instant | null;
};
/** Tasks that are not disabled. */
export const plannedTasks = statement<PlannedTask>(
  'alerts.plannedTasks',
  `SELECT task_id AS "taskId", name, type, channels, status, runs, confirmation ->> 'kind' AS confirms, schedule, next_start_at AS "nextStartAt"
   FROM alerts_task WHERE enabled AND deleted_at IS NULL ORDER BY task_id`,
);

/** Whether the person `p` has no address of the kind `$2` and, of phones, of the types `$3`. */
const UNREACHABLE = `NOT EXISTS (SELECT FROM alerts_address a WHERE a.person_id = p.person_id AND ${usedAddress('$2', '$3')})`;

/**
 * Tasks of a type with how many of their people cannot be told (no enabled address of the kind `$2` and, of phones, of the types `$3`), and how many have no PIN
 * although it is asked for. `$1` type of task.
 */
export const taskGaps = statement<{ taskId: number; name: string; unreachable: number; pinless: number }>(
  'alerts.taskGaps',
  `WITH task AS (SELECT task_id, name, list_id, confirmation ->> 'kind' = 'pin' AS pin FROM alerts_task WHERE enabled AND deleted_at IS NULL AND type = $1),
   member AS (
     ${membersOf('IN (SELECT list_id FROM task)')}),
   gap AS (
     SELECT list_id, count(*) FILTER (WHERE ${UNREACHABLE})::int AS unreachable,
       count(*) FILTER (WHERE p.pin IS NULL)::int AS pinless
     FROM member JOIN alerts_person p USING (person_id) WHERE p.remote = ${REMOTE.person} GROUP BY list_id)
   SELECT task_id AS "taskId", name, unreachable, CASE WHEN pin THEN pinless ELSE 0 END AS pinless FROM task JOIN gap USING (list_id)
   WHERE unreachable > 0 OR (pin AND pinless > 0) ORDER BY task_id`,
);

/** Things with signs that a regular expression knows, by kind and number; at most `$2`. */
export const foreignTexts = statement<{ kind: string; id: number; name: string }>(
  'alerts.foreignTexts',
  `SELECT * FROM (
     SELECT 'person' AS kind, person_id AS id, name FROM alerts_person
       WHERE concat(name, organization, department, rank, position, description, ip_address) ~ $1
     UNION ALL SELECT 'group', group_id, name FROM alerts_group WHERE concat(name, description) ~ $1
     UNION ALL SELECT 'list', list_id, name FROM alerts_list WHERE concat(name, description) ~ $1
     UNION ALL SELECT 'message', message_id, name FROM alerts_message WHERE concat(name, text) ~ $1
     UNION ALL SELECT 'task', task_id, name FROM alerts_task WHERE deleted_at IS NULL AND name ~ $1) AS found
   LIMIT $2`,
);

/**
 * Whom a start of a list would reach: `$1` list, `$2` kind of address, `$3` types of phone that do. People without an address or a PIN are counted as far as they are not excluded now.
 */
export const reachOfList = statement<{ people: number; excluded: number; unreachable: number; pinless: number }>(
  'alerts.reachOfList',
  `WITH member AS (
     ${membersOf('= $1')}),
   told AS (
     SELECT ${EXCLUDED_NOW} AS excluded, p.remote = ${REMOTE.person} AND ${UNREACHABLE} AS unreachable, p.remote = ${REMOTE.person} AND p.pin IS NULL AS pinless
     FROM member JOIN alerts_person p USING (person_id))
   SELECT count(*)::int AS people, count(*) FILTER (WHERE excluded)::int AS excluded, count(*) FILTER (WHERE NOT excluded AND unreachable)::int AS unreachable,
     count(*) FILTER (WHERE NOT excluded AND NOT unreachable AND pinless)::int AS pinless FROM told`,
);

/** Modems that are on and whose SIM did not take the PIN: what their driver remembers is that it is not to be given again. */
export const refusedPins = statement<{ id: number; name: string }>(
  'alerts.refusedPins',
  `SELECT group_id AS id, name FROM alerts_channel_group
   WHERE kind = ${CHANNEL_KIND.gsm} AND enabled AND deleted_at IS NULL AND memory IS NOT NULL ORDER BY group_id`,
);

/** Rules that are on and whose task is gone or disabled. */
export const deadRules = statement<{ ruleId: number; name: string }>(
  'alerts.deadRules',
  `SELECT r.rule_id AS "ruleId", r.name FROM alerts_rule r LEFT JOIN alerts_task t USING (task_id)
   WHERE r.enabled AND (t.task_id IS NULL OR t.deleted_at IS NOT NULL OR NOT t.enabled) ORDER BY r.rule_id`,
);
