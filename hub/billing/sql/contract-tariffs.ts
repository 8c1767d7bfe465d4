import { statement } from '../../core/database/statement.ts';

/** A plan on a contract. */
export type ContractTariffRow = {
  id: number;
  contractId: number;
  planId: number;
  title: string;
  dateFrom: Temporal.PlainDate;
  dateTo: Temporal.PlainDate | null;
  position: number;
  comment: string;
  entityMid: number;
  entityId: number;
  replacedFrom: number;
  /** The plan of the tariff that it took the place of; 0: of none. */
  replacedPlan: number;
  version: number;
};

const COLUMNS = `t.contract_tariff_id AS id, t.contract_id AS "contractId", t.plan_id AS "planId", p.title, t.date_from AS "dateFrom", t.date_to AS "dateTo",
  t.position, t.comment, t.entity_mid AS "entityMid", t.entity_id AS "entityId", t.replaced_from AS "replacedFrom",
  COALESCE((SELECT r.plan_id FROM contract_tariff r WHERE r.contract_tariff_id = t.replaced_from), 0) AS "replacedPlan", t.version`;
const FROM = 'FROM contract_tariff t JOIN tariff_plan p USING (plan_id)';

export const contractTariffById = statement<ContractTariffRow>(
  'billing.contractTariffById',
  `SELECT ${COLUMNS} ${FROM} WHERE t.contract_tariff_id = $1`,
);

/**
 * Of a contract, those that include the day `$2` (null: all), of the entity `$3`, `$4` (-1: any). By start, then position: so the one that began
 * last, the current one, stands last.
 */
export const contractTariffs = statement<ContractTariffRow>(
  'billing.contractTariffs',
  `SELECT ${COLUMNS} ${FROM}
   WHERE t.contract_id = $1 AND ($2::date IS NULL OR (t.date_from <= $2 AND (t.date_to IS NULL OR t.date_to >= $2)))
     AND ($3::int = -1 OR t.entity_mid = $3) AND ($4::int = -1 OR t.entity_id = $4)
   ORDER BY t.date_from, t.position, t.contract_tariff_id`,
);

export const insertContractTariff = statement<{ id: number }>(
  'billing.insertContractTariff',
  `INSERT INTO contract_tariff (contract_id, plan_id, date_from, date_to, position, comment, entity_mid, entity_id, replaced_from)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING contract_tariff_id AS id`,
);

export const updateContractTariff = statement(
  'billing.updateContractTariff',
  `UPDATE contract_tariff SET plan_id = $2, date_from = $3, date_to = $4, position = $5, comment = $6, entity_mid = $7, entity_id = $8, replaced_from = $9,
     version = version + 1 WHERE contract_tariff_id = $1`,
);

export const deleteContractTariffRow = statement(
  'billing.deleteContractTariff',
  'DELETE FROM contract_tariff WHERE contract_tariff_id = $1',
);

export type ContractTariffGroupRow = {
  id: number;
  contractId: number;
  groupId: number;
  title: string;
  dateFrom: Temporal.PlainDate;
  dateTo: Temporal.PlainDate | null;
  comment: string;
};

const GROUP = `c.contract_tariff_group_id AS id, c.contract_id AS "contractId", c.tariff_group_id AS "groupId", g.title, c.date_from AS "dateFrom",
  c.date_to AS "dateTo", c.comment`;
const GROUP_FROM = 'FROM contract_tariff_group c JOIN tariff_group g USING (tariff_group_id)';

export const contractTariffGroupById = statement<ContractTariffGroupRow>(
  'billing.contractTariffGroupById',
  `SELECT ${GROUP} ${GROUP_FROM} WHERE c.contract_tariff_group_id = $1`,
);

/** Of a contract, those that include the day `$2`; null: all. */
export const contractTariffGroups = statement<ContractTariffGroupRow>(
  'billing.contractTariffGroups',
  `SELECT ${GROUP} ${GROUP_FROM}
   WHERE c.contract_id = $1 AND ($2::date IS NULL OR (c.date_from <= $2 AND (c.date_to IS NULL OR c.date_to >= $2)))
   ORDER BY c.date_from, c.contract_tariff_group_id`,
);

export const insertContractTariffGroup = statement<{ id: number }>(
  'billing.insertContractTariffGroup',
  `INSERT INTO contract_tariff_group (contract_id, tariff_group_id, date_from, date_to, comment) VALUES ($1, $2, $3, $4, $5)
   RETURNING contract_tariff_group_id AS id`,
);

export const updateContractTariffGroup = statement(
  'billing.updateContractTariffGroup',
  `UPDATE contract_tariff_group SET tariff_group_id = $2, date_from = $3, date_to = $4, comment = $5 WHERE contract_tariff_group_id = $1`,
);

export const deleteContractTariffGroupRow = statement(
  'billing.deleteContractTariffGroup',
  'DELETE FROM contract_tariff_group WHERE contract_tariff_group_id = $1',
);
