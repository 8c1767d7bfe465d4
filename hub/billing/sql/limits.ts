import { statement } from '../../core/database/statement.ts';

export const setLimit = statement(
  'billing.limit.set',
  'UPDATE contract SET balance_limit = $2, version = version + 1, changed_at = $3 WHERE contract_id = $1',
);

/** `$1` contract, value, comment, days (null: for good), operator, login, time. */
export const insertLimitLog = statement(
  'billing.limit.log',
  'INSERT INTO contract_limit_log (contract_id, value, comment, days, operator_id, login, at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
);

export type LimitPlanRow = { id: number; value: string; dueOn: Temporal.PlainDate };

/** The return that is planned for a contract; at most one is. */
export const limitPlan = statement<LimitPlanRow>(
  'billing.limit.plan',
  `SELECT plan_id AS id, value::text, due_on AS "dueOn" FROM contract_limit_plan WHERE contract_id = $1 AND state = 'planned'`,
);

/** `$1` contract, value, day, operator, login, time. */
export const insertLimitPlan = statement(
  'billing.limit.insertPlan',
  'INSERT INTO contract_limit_plan (contract_id, value, due_on, operator_id, login, at) VALUES ($1, $2, $3, $4, $5, $6)',
);

export const endLimitPlan = statement('billing.limit.endPlan', 'UPDATE contract_limit_plan SET state = $2 WHERE plan_id = $1');

/** Plans due up to `$1` after the plan `$2`, at most `$3`; by number, so that one that cannot be applied is passed by. */
export const dueLimitPlans = statement<{ id: number; contractId: number }>(
  'billing.limit.duePlans',
  `SELECT plan_id AS id, contract_id AS "contractId" FROM contract_limit_plan WHERE state = 'planned' AND due_on <= $1 AND plan_id > $2 ORDER BY plan_id LIMIT $3`,
);

export type LimitLogRow = {
  id: number;
  at: Temporal.Instant;
  operatorId: number | null;
  login: string;
  userName: string;
  value: string;
  comment: string;
  days: number | null;
};

/** The log of `$1` from the instant `$2` to before `$3` (null: open), the newest first; `$4` rows from `$5` on. */
export const limitLogRows = statement<LimitLogRow>(
  'billing.limit.logRows',
  `SELECT l.log_id AS id, l.at, l.operator_id AS "operatorId", l.login, COALESCE(o.display_name, l.login) AS "userName", l.value::text, l.comment, l.days
   FROM contract_limit_log l LEFT JOIN operator o ON o.operator_id = l.operator_id
   WHERE l.contract_id = $1 AND ($2::timestamptz IS NULL OR l.at >= $2) AND ($3::timestamptz IS NULL OR l.at < $3)
   ORDER BY l.log_id DESC LIMIT $4 OFFSET $5`,
);

/** The newest first, those before the entry `$2`, at most `$3`. */
export const limitLogPage = statement<LimitLogRow>(
  'billing.limit.logPage',
  `SELECT l.log_id AS id, l.at, l.operator_id AS "operatorId", l.login, COALESCE(o.display_name, l.login) AS "userName", l.value::text, l.comment, l.days
   FROM contract_limit_log l LEFT JOIN operator o ON o.operator_id = l.operator_id
   WHERE l.contract_id = $1 AND l.log_id < $2::bigint ORDER BY l.log_id DESC LIMIT $3`,
);

export const countLimitLog = statement<{ count: number }>(
  'billing.limit.countLog',
  `SELECT count(*) FROM contract_limit_log WHERE contract_id = $1 AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3)`,
);

export type LimitPlanStateRow = LimitPlanRow & { state: string; operatorId: number | null; userName: string };

/** Plans of `$1` in the states `$2` (null: all), the newest first; `$3` rows from `$4` on. */
export const limitPlanRows = statement<LimitPlanStateRow>(
  'billing.limit.planRows',
  `SELECT p.plan_id AS id, p.value::text, p.due_on AS "dueOn", p.state, p.operator_id AS "operatorId", COALESCE(o.display_name, p.login) AS "userName"
   FROM contract_limit_plan p LEFT JOIN operator o ON o.operator_id = p.operator_id
   WHERE p.contract_id = $1 AND ($2::text[] IS NULL OR p.state = ANY ($2)) ORDER BY p.plan_id DESC LIMIT $3 OFFSET $4`,
);

export type LimitPlanPageRow = LimitPlanStateRow & { login: string; at: Temporal.Instant };

/** The newest first, those before the plan `$2`, at most `$3`. */
export const limitPlanPage = statement<LimitPlanPageRow>(
  'billing.limit.planPage',
  `SELECT p.plan_id AS id, p.value::text, p.due_on AS "dueOn", p.state, p.operator_id AS "operatorId", COALESCE(o.display_name, p.login) AS "userName", p.login, p.at
   FROM contract_limit_plan p LEFT JOIN operator o ON o.operator_id = p.operator_id
   WHERE p.contract_id = $1 AND p.plan_id < $2::bigint ORDER BY p.plan_id DESC LIMIT $3`,
);

export const countLimitPlans = statement<{ count: number }>(
  'billing.limit.countPlans',
  'SELECT count(*) FROM contract_limit_plan WHERE contract_id = $1 AND ($2::text[] IS NULL OR state = ANY ($2))',
);
