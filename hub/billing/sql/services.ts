import { statement } from '../../core/database/statement.ts';

export type ServiceRow = { id: number; moduleId: number; title: string; unit: number; used: boolean };

const SERVICE = 's.service_id AS id, s.module_id AS "moduleId", s.title, s.unit, s.used';

export const servicesOfModule = statement<ServiceRow>(
  'billing.servicesOfModule',
  `SELECT ${SERVICE} FROM billing_service s WHERE s.module_id = $1 ORDER BY s.title, s.service_id`,
);

export const serviceById = statement<ServiceRow>('billing.serviceById', `SELECT ${SERVICE} FROM billing_service s WHERE s.service_id = $1`);

/** Services of another instance than `$2` among `$1`, the lowest first. */
export const servicesOfOthers = statement<{ id: number }>(
  'billing.servicesOfOthers',
  'SELECT service_id AS id FROM billing_service WHERE service_id = ANY ($1::int[]) AND module_id <> $2 ORDER BY 1 LIMIT 1',
);

/** Sets of services of an instance; the complete one is not stored. */
export const serviceSets = statement<{ id: number; title: string }>(
  'billing.serviceSets',
  'SELECT set_id AS id, title FROM service_set WHERE module_id = $1 ORDER BY title, set_id',
);

export type ContractServiceRow = {
  id: number;
  contractId: number;
  serviceId: number;
  title: string;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
  comment: string;
};

const CONTRACT_SERVICE = `cs.contract_service_id AS id, cs.contract_id AS "contractId", cs.service_id AS "serviceId", s.title, cs.date_from AS "dateFrom",
  cs.date_to AS "dateTo", cs.comment`;
const CONTRACT_SERVICE_FROM = 'FROM contract_service cs JOIN billing_service s USING (service_id)';

export const servicesOfContract = statement<ContractServiceRow>(
  'billing.servicesOfContract',
  `SELECT ${CONTRACT_SERVICE} ${CONTRACT_SERVICE_FROM}
   WHERE cs.contract_id = $1 AND s.module_id = $2 ORDER BY cs.date_from NULLS FIRST, s.title, cs.contract_service_id`,
);

export const contractServiceById = statement<ContractServiceRow>(
  'billing.contractServiceById',
  `SELECT ${CONTRACT_SERVICE} ${CONTRACT_SERVICE_FROM} WHERE cs.contract_service_id = $1`,
);

export const insertContractService = statement<{ id: number }>(
  'billing.insertContractService',
  `INSERT INTO contract_service (contract_id, service_id, date_from, date_to, comment) VALUES ($1, $2, $3, $4, $5)
   RETURNING contract_service_id AS id`,
);

export const updateContractService = statement(
  'billing.updateContractService',
  'UPDATE contract_service SET service_id = $2, date_from = $3, date_to = $4, comment = $5 WHERE contract_service_id = $1',
);

export const deleteContractServiceRow = statement(
  'billing.deleteContractService',
  'DELETE FROM contract_service WHERE contract_service_id = $1',
);
