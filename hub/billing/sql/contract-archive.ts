import { statement } from '../../core/database/statement.ts';

/** Every table with rows of contracts, with the order in which a reader expects them; a test holds that none is missing. */
export const TABLES_OF_CONTRACT: Readonly<Record<string, string>> = {
  contract_parameter: 'parameter_id',
  contract_parameter_history: 'history_id',
  contract_note: 'note_id',
  contract_label: 'label_id',
  contract_field_log: 'log_id',
  contract_balance: 'month',
  contract_payment: 'payment_id',
  contract_charge: 'charge_id',
  contract_account: 'month, service_id, object_id',
  contract_reserve: 'reserve_id',
  contract_status: 'status_id',
  contract_status_log: 'log_id',
  contract_limit_log: 'log_id',
  contract_limit_plan: 'plan_id',
  contract_module: 'module_id',
  contract_service: 'contract_service_id',
  service_object: 'service_object_id',
  inet_service: 'inet_service_id',
  contract_tariff: 'contract_tariff_id',
  contract_tariff_group: 'contract_tariff_group_id',
  contract_tariff_option: 'contract_option_id',
};

/** Their rows go by themselves when the contract goes; these refer to it by nothing but its number. */
const LOGS = ['contract_parameter_history', 'contract_field_log', 'contract_status_log', 'contract_limit_log'];

const rowsOf = ([table, order]: readonly [string, string]): string =>
  `'${table}', (SELECT COALESCE(json_agg(to_jsonb(t) - 'password' ORDER BY ${order}), '[]') FROM ${table} t WHERE contract_id = $1)`;

/** Keeps the contract with all its rows, as they are; without passwords. `$2` folder, `$3` login. */
export const archiveContract = statement(
  'billing.archiveContract',
  `INSERT INTO contract_archive (contract_id, title, record, folder, login)
   SELECT $1, c.title, json_build_object('contract', to_jsonb(c) - 'password', ${Object.entries(TABLES_OF_CONTRACT).map(rowsOf).join(', ')}), $2, $3
   FROM contract c WHERE c.contract_id = $1`,
);

export const deleteContractRows = statement(
  'billing.deleteContract',
  `WITH ${LOGS.map((table) => `of_${table} AS (DELETE FROM ${table} WHERE contract_id = $1)`).join(', ')}
   DELETE FROM contract WHERE contract_id = $1`,
);

/** The first days with money of a contract, by what may be closed. */
export const firstMoneyDays = statement<Record<'payments' | 'charges' | 'accounts', Temporal.PlainDate | null>>(
  'billing.firstMoneyDays',
  `SELECT (SELECT min(day) FROM contract_payment WHERE contract_id = $1) AS payments,
     (SELECT min(day) FROM contract_charge WHERE contract_id = $1) AS charges,
     (SELECT min(month) FROM contract_account WHERE contract_id = $1) AS accounts`,
);
