import { statement } from '../../core/database/statement.ts';
import type { ContractServiceRow } from './services.ts';

/** Services of a contract in all of its modules, by their first day. */
export const allServicesOfContract = statement<ContractServiceRow & { moduleId: number }>(
  'billing.allServicesOfContract',
  `SELECT cs.contract_service_id AS id, cs.contract_id AS "contractId", cs.service_id AS "serviceId", s.module_id AS "moduleId", s.title,
     cs.date_from AS "dateFrom", cs.date_to AS "dateTo", cs.comment
   FROM contract_service cs JOIN billing_service s USING (service_id) WHERE cs.contract_id = $1
   ORDER BY cs.date_from NULLS FIRST, cs.contract_service_id`,
);
