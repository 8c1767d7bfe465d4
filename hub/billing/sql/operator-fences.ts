import { statement } from '../../core/database/statement.ts';
import type { OperatorFenceRow } from '../operator-fence.ts';

export type FenceRow = {
  groups: string;
  groupsMode: 0 | 1;
  domains: number[];
  parameterRules: Readonly<Record<string, unknown>>;
};

export const fenceOfOperator = statement<FenceRow>(
  'billing.fenceOfOperator',
  `SELECT groups::text, groups_mode AS "groupsMode", domains, parameter_rules AS "parameterRules" FROM billing_operator WHERE operator_id = $1`,
);

const SELECT = `SELECT o.operator_id AS "operatorId", o.login, o.display_name AS name, coalesce(b.groups, 0)::text AS groups,
    coalesce(b.groups_mode, 0) AS "groupsMode", coalesce(b.domains, '{}') AS domains, coalesce(b.parameter_rules, '{}') AS "parameterRules",
    coalesce(b.config, '') AS config, coalesce(b.description, '') AS description, coalesce(b.version, 0) AS version
  FROM operator o LEFT JOIN billing_operator b USING (operator_id)`;

export const operatorFence = statement<OperatorFenceRow>('billing.operatorFence', `${SELECT} WHERE o.login = $1`);

/** Operators who have a fence, by their number, behind `$1`; at most `$2`. */
export const operatorFences = statement<OperatorFenceRow>(
  'billing.operatorFences',
  `${SELECT} WHERE b.operator_id IS NOT NULL AND o.operator_id > $1 ORDER BY o.operator_id LIMIT $2`,
);

/** Hubs hear of it through the trigger of billing_operator, and forget what they knew of the operator. */
export const storeFence = statement(
  'billing.storeFence',
  `INSERT INTO billing_operator (operator_id, groups, groups_mode, domains, parameter_rules, config, description) VALUES ($1, $2::bigint, $3, $4, $5::jsonb, $6, $7)
   ON CONFLICT (operator_id) DO UPDATE SET groups = excluded.groups, groups_mode = excluded.groups_mode, domains = excluded.domains,
     parameter_rules = excluded.parameter_rules, config = excluded.config, description = excluded.description, version = billing_operator.version + 1`,
);

export const dropFence = statement('billing.dropFence', 'DELETE FROM billing_operator WHERE operator_id = $1');

/** Those of the entries `$1` that are there; they stay until the commit. */
export const knownGroups = statement<{ id: number }>(
  'billing.knownGroups',
  'SELECT group_id AS id FROM billing_group WHERE group_id = ANY ($1::int[]) ORDER BY group_id FOR KEY SHARE',
);
export const knownDomains = statement<{ id: number }>(
  'billing.knownDomains',
  'SELECT domain_id AS id FROM billing_domain WHERE domain_id = ANY ($1::int[]) ORDER BY domain_id FOR KEY SHARE',
);
