import { statement } from '../../core/database/statement.ts';

const missing = (table: string, key: string, condition = 'true') =>
  statement<{ id: number }>(
    `billing.missing.${table}`,
    `WITH held AS MATERIALIZED (SELECT r.${key} AS id FROM ${table} r WHERE r.${key} = ANY ($1::int[]) AND ${condition} ORDER BY 1 FOR KEY SHARE)
     SELECT w.id FROM unnest($1::int[]) AS w (id) WHERE w.id NOT IN (SELECT id FROM held) ORDER BY w.id LIMIT 1`,
  );

/** Of the numbers `$1` the lowest that nothing of the kind has. The others cannot be deleted before the commit: whoever deletes them waits for it. */
export const MISSING = {
  module: missing('billing_module', 'module_id'),
  service: missing('billing_service', 'service_id'),
  serviceSet: missing('service_set', 'set_id'),
  tariffPlan: missing('tariff_plan', 'plan_id'),
  tariffOption: missing('tariff_option', 'option_id'),
  group: missing('billing_group', 'group_id'),
  label: missing('billing_label', 'label_id'),
  status: missing('billing_status', 'status'),
  domain: missing('billing_domain', 'domain_id'),
  parameterGroup: missing('billing_parameter_group', 'parameter_group_id'),
  chargeType: missing('charge_type', 'type_id', 'NOT r.is_class'),
};
