/**
 * How the views of the schema billing_read are walked through, a part at a time: by the columns of a key, whose first one an index leads, so that each
 * part costs the same wherever it begins. An empty key: a small directory, which is read at once. A test holds that no view is missing.
 */
export const EXPORT_KEYS: Readonly<Record<string, readonly string[]>> = {
  account: ['contract_id', 'year', 'month', 'service_id', 'object_id'],
  address_house: ['house_id'],
  change_log: ['change_number', 'contract_id'],
  charge: ['charge_id'],
  charge_type: [],
  closed_date: [],
  contract: ['contract_id'],
  contract_balance: ['contract_id', 'year', 'month'],
  contract_domain: ['contract_id'],
  contract_group: ['contract_id', 'group_id'],
  contract_label: ['contract_id', 'label_id'],
  contract_limit_log: ['log_id'],
  contract_limit_plan: ['plan_id'],
  contract_module: ['contract_id', 'module_id'],
  contract_parameter: ['contract_id', 'parameter_id'],
  contract_parameter_history: ['history_id'],
  contract_service: ['contract_service_id'],
  contract_status: ['status_id'],
  contract_status_log: ['log_id'],
  contract_tariff: ['contract_tariff_id'],
  list_item: ['item_id'],
  module: ['module_id'],
  operator: ['operator_id'],
  payment: ['payment_id'],
  payment_type: [],
  reserve: ['reserve_id'],
  service: ['service_id'],
  service_object: ['service_object_id'],
  tariff_group: [],
  tariff_plan: ['plan_id'],
  tariff_price: ['price_id'],
};

/** A column of a view, with its type as the database calls it. */
export interface ExportColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * A column as a line has it: amounts and masks of bits as text, because readers of JSON take numbers for floats; moments in UTC. Names are those of the
 * database's own catalogue.
 */
export function shownColumn({ name, type }: ExportColumn): string {
  if (type.startsWith('numeric') || (type === 'bigint' && name === 'groups')) return `v.${name}::text AS ${name}`;
  if (type === 'timestamp with time zone') return `to_char(v.${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ${name}`;
  return `v.${name}`;
}
