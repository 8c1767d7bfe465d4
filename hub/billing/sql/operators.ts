import { statement } from '../../core/database/statement.ts';

/** An operator of the hub with the fence that billing puts around him. Never the password's hash. */
export type OperatorRow = {
  id: number;
  login: string;
  name: string;
  email: string | null;
  enabled: boolean;
  rights: string[];
  createdAt: Temporal.Instant;
  groups: string;
  groupsMode: 0 | 1;
  domains: number[];
  /** By parameter: `none`, `read`. */
  parameterRules: Readonly<Record<string, unknown>>;
  config: string;
  description: string;
};

const OPERATOR = `o.operator_id AS id, o.login, o.display_name AS name, o.email, o.enabled, o.rights, o.created_at AS "createdAt",
  coalesce(b.groups, 0)::text AS groups, coalesce(b.groups_mode, 0) AS "groupsMode", coalesce(b.domains, '{}') AS domains,
  coalesce(b.parameter_rules, '{}') AS "parameterRules", coalesce(b.config, '') AS config, coalesce(b.description, '') AS description`;
const FROM = 'FROM operator o LEFT JOIN billing_operator b USING (operator_id)';
/** $1: part of the login or the name in small letters, ''; $2: whether they may log in, or null for all. */
const CONDITION = `($1 = '' OR strpos(o.login, $1) > 0 OR strpos(lower(o.display_name), $1) > 0) AND ($2::boolean IS NULL OR o.enabled = $2)`;

export const operatorById = statement<OperatorRow>('billing.operatorById', `SELECT ${OPERATOR} ${FROM} WHERE o.operator_id = $1`);

export const operatorRows = statement<OperatorRow>(
  'billing.operators',
  `SELECT ${OPERATOR} ${FROM} WHERE ${CONDITION} ORDER BY o.login LIMIT $3 OFFSET $4`,
);

export const countOperatorRows = statement<{ count: number }>(
  'billing.countOperators',
  `SELECT count(*) FROM operator o WHERE ${CONDITION}`,
);

export const operatorIdByLogin = statement<{ id: number }>(
  'billing.operatorByLogin',
  'SELECT operator_id AS id FROM operator WHERE login = $1',
);

/** What is noted of an operator, beside the fence. */
export const storeDescription = statement(
  'billing.storeOperatorDescription',
  `INSERT INTO billing_operator AS b (operator_id, description) VALUES ($1, $2)
   ON CONFLICT (operator_id) DO UPDATE SET description = excluded.description, version = b.version + 1 WHERE b.description <> excluded.description`,
);
