import { statement } from '../../core/database/statement.ts';

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
