import { statement } from '../../core/database/statement.ts';

export type TariffOptionRow = {
  id: number;
  title: string;
  comment: string;
  description: string;
  enabled: boolean;
  groups: string;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
  depends: number[];
  incompatible: number[];
  tariffs: number[];
  hideGroups: string;
  hideMode: number;
  hideWeb: boolean;
};

/** One option, or with null all of them. */
export const tariffOptionRows = statement<TariffOptionRow>(
  'billing.tariffOptions',
  `SELECT option_id AS id, title, comment, description, enabled, groups::text, date_from AS "dateFrom", date_to AS "dateTo", depends, incompatible, tariffs,
     hide_groups::text AS "hideGroups", hide_mode AS "hideMode", hide_web AS "hideWeb"
   FROM tariff_option WHERE $1::int IS NULL OR option_id = $1 ORDER BY title, option_id`,
);

export type OptionModeRow = {
  id: number;
  optionId: number;
  title: string;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
  chargeSum: string;
  chargeTypeId: number | null;
  chargeTypeTitle: string | null;
  chargeProportional: boolean;
  periodMode: number;
  periodCount: number;
  deactivationMode: number;
  deleteMode: number;
  deleteChargeMode: number;
  reactivationMode: number;
};

/** Of the options `$1`. */
export const optionModeRows = statement<OptionModeRow>(
  'billing.optionModes',
  `SELECT m.mode_id AS id, m.option_id AS "optionId", m.title, m.date_from AS "dateFrom", m.date_to AS "dateTo", m.charge_sum AS "chargeSum",
     m.charge_type_id AS "chargeTypeId", t.title AS "chargeTypeTitle", m.charge_proportional AS "chargeProportional", m.period_mode AS "periodMode",
     m.period_count AS "periodCount", m.deactivation_mode AS "deactivationMode", m.delete_mode AS "deleteMode",
     m.delete_charge_mode AS "deleteChargeMode", m.reactivation_mode AS "reactivationMode"
   FROM tariff_option_mode m LEFT JOIN charge_type t ON t.type_id = m.charge_type_id WHERE m.option_id = ANY ($1::int[]) ORDER BY m.title, m.mode_id`,
);

const MODE = 'title, date_from, date_to, charge_sum, charge_type_id, charge_proportional, period_mode, period_count, deactivation_mode';

export const insertOptionMode = statement(
  'billing.insertOptionMode',
  `INSERT INTO tariff_option_mode (option_id, ${MODE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

export const updateOptionMode = statement(
  'billing.updateOptionMode',
  `UPDATE tariff_option_mode SET (${MODE}) = ($2, $3, $4, $5, $6, $7, $8, $9, $10) WHERE mode_id = $1`,
);

/** Of the modes `$1` those that a contract has been activated by. */
export const activatedModes = statement<{ title: string }>(
  'billing.activatedModes',
  `SELECT title FROM tariff_option_mode m WHERE mode_id = ANY ($1::int[])
     AND EXISTS (SELECT FROM contract_tariff_option c WHERE c.mode_id = m.mode_id) ORDER BY title LIMIT 5`,
);

export const deleteOptionModes = statement('billing.deleteOptionModes', 'DELETE FROM tariff_option_mode WHERE mode_id = ANY ($1::int[])');

export type ContractOptionRow = {
  id: number;
  contractId: number;
  optionId: number;
  title: string;
  modeId: number;
  chargeId: number | null;
  sum: string;
  timeFrom: Temporal.Instant;
  timeTo: Temporal.Instant | null;
  activatedAt: Temporal.Instant;
  deactivatedAt: Temporal.Instant | null;
  operatorId: number | null;
  login: string;
  deactivationMode: number;
};

const COLUMNS = `c.contract_option_id AS id, c.contract_id AS "contractId", c.option_id AS "optionId", o.title, c.mode_id AS "modeId", c.charge_id AS "chargeId",
  c.sum, c.time_from AS "timeFrom", c.time_to AS "timeTo", c.activated_at AS "activatedAt", c.deactivated_at AS "deactivatedAt",
  c.operator_id AS "operatorId", c.login, m.deactivation_mode AS "deactivationMode"`;
const FROM = 'FROM contract_tariff_option c JOIN tariff_option o USING (option_id) JOIN tariff_option_mode m USING (mode_id)';

/** Options of a contract that are in force at some time from `$2` until before `$3`; null: ever. Newest first. */
export const contractOptions = statement<ContractOptionRow>(
  'billing.contractOptions',
  `SELECT ${COLUMNS} ${FROM} WHERE c.contract_id = $1 AND ($2::timestamptz IS NULL OR c.time_to IS NULL OR c.time_to > $2)
     AND ($3::timestamptz IS NULL OR c.time_from < $3) ORDER BY c.time_from DESC, c.contract_option_id DESC`,
);

export const contractOptionById = statement<ContractOptionRow>(
  'billing.contractOptionById',
  `SELECT ${COLUMNS} ${FROM} WHERE c.contract_option_id = $1`,
);

export const insertContractOption = statement<{ id: number }>(
  'billing.insertContractOption',
  `INSERT INTO contract_tariff_option (contract_id, option_id, mode_id, charge_id, sum, time_from, time_to, activated_at, operator_id, login)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $8, $9) RETURNING contract_option_id AS id`,
);

export const endContractOption = statement(
  'billing.endContractOption',
  'UPDATE contract_tariff_option SET time_to = $2, deactivated_at = $3 WHERE contract_option_id = $1',
);
