import { statement } from '../../core/database/statement.ts';

/** A service object as it is stored: what a recurring fee is taken for. */
export type ServiceObjectRow = {
  id: number;
  contractId: number;
  moduleId: number;
  serviceId: number;
  serviceTitle: string;
  objectId: number;
  count: number;
  dateFrom: Temporal.PlainDate;
  dateTo: Temporal.PlainDate | null;
  comment: string;
  entityMid: number;
  entityId: number;
  version: number;
};

const COLUMNS = `o.service_object_id AS id, o.contract_id AS "contractId", s.module_id AS "moduleId", o.service_id AS "serviceId", s.title AS "serviceTitle",
  o.object_id AS "objectId", o.count, o.date_from AS "dateFrom", o.date_to AS "dateTo", o.comment, o.entity_mid AS "entityMid", o.entity_id AS "entityId",
  o.version`;
const FROM = 'FROM service_object o JOIN billing_service s USING (service_id)';

export const serviceObjectById = statement<ServiceObjectRow>(
  'billing.serviceObjectById',
  `SELECT ${COLUMNS} ${FROM} WHERE o.service_object_id = $1`,
);

/**
 * Objects of the contract `$1` in the module `$2` (null: any), with the object `$3` (0: any), of the entity `$4`, `$5` (-1: any), that include the
 * day `$6` (null: any day).
 */
export const serviceObjectsOf = statement<ServiceObjectRow>(
  'billing.serviceObjectsOf',
  `SELECT ${COLUMNS} ${FROM}
   WHERE o.contract_id = $1 AND ($2::int IS NULL OR s.module_id = $2) AND ($3::int = 0 OR o.object_id = $3)
     AND ($4::int = -1 OR o.entity_mid = $4) AND ($5::int = -1 OR o.entity_id = $5)
     AND ($6::date IS NULL OR (o.date_from <= $6 AND (o.date_to IS NULL OR o.date_to >= $6)))
   ORDER BY o.date_from, o.service_object_id`,
);

export const insertServiceObject = statement<{ id: number }>(
  'billing.insertServiceObject',
  `INSERT INTO service_object (contract_id, service_id, object_id, count, date_from, date_to, comment, entity_mid, entity_id)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING service_object_id AS id`,
);

export const updateServiceObject = statement(
  'billing.updateServiceObject',
  `UPDATE service_object SET service_id = $2, object_id = $3, count = $4, date_from = $5, date_to = $6, comment = $7, entity_mid = $8, entity_id = $9,
     version = version + 1 WHERE service_object_id = $1`,
);

export const deleteServiceObjectRow = statement('billing.deleteServiceObject', 'DELETE FROM service_object WHERE service_object_id = $1');
