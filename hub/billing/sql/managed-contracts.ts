import { statement } from '../../core/database/statement.ts';
import { PAYER } from './payers.ts';

export type ManagedRow = {
  id: number;
  payerId: number;
  /** Of the payer. */
  limit: string;
  mode: 0 | 1;
  groups: string;
  status: number;
  moduleId: number;
  settings: unknown;
};

/** The text of `managedContracts`, its values as SQL; no column is one that JSON would change. */
export const managedOf = (contract: string, day: string): string => `WITH payer AS (
     SELECT p.contract_id, p.balance_limit, p.mode FROM contract c
     JOIN contract p ON p.contract_id = ${PAYER} WHERE c.contract_id = ${contract}),
   family AS (
     SELECT contract_id, true AS own FROM payer UNION SELECT ${contract}, true UNION
     SELECT m.contract_id, false FROM payer p JOIN contract m ON m.super_id = p.contract_id AND m.super_id > 0 AND m.sub_mode = 0
       AND m.contract_id <> ${contract})
   SELECT c.contract_id AS id, p.contract_id AS "payerId", p.balance_limit::text AS "limit", p.mode, c.groups::text,
     COALESCE((SELECT s.status FROM contract_status s
       WHERE s.contract_id = c.contract_id AND s.date_from <= ${day} AND (s.date_to IS NULL OR s.date_to >= ${day})), c.status) AS status,
     m.module_id AS "moduleId", m.settings
   FROM family f CROSS JOIN payer p JOIN contract c ON c.contract_id = f.contract_id JOIN contract_module cm ON cm.contract_id = c.contract_id
   JOIN billing_module m ON m.module_id = cm.module_id
   WHERE m.name = 'npay' AND m.settings -> 'manage' = 'true' AND (f.own OR m.settings -> 'processDependentSub' = 'true')
   ORDER BY c.contract_id <> p.contract_id, c.contract_id, m.module_id`;

/**
 * Contracts that an npay instance locks and unlocks when the money of `$1` moves, on the day `$2`: itself, the one whose money it is, and that one's
 * dependent members where their instance says so. The payer first. Contract by contract the instance with the lowest number.
 */
export const managedContracts = statement<ManagedRow>('billing.managedContracts', managedOf('$1::int', '$2::date'));

/** By what an instance may be confined to some contracts; on the day `$2`. `$3` the services of its set. */
export const restrictionFacts = statement<{ labels: number[]; tariffs: number[]; inSet: boolean }>(
  'billing.restrictionFacts',
  `SELECT ARRAY (SELECT label_id FROM contract_label WHERE contract_id = $1) AS labels,
     ARRAY (SELECT plan_id FROM contract_tariff WHERE contract_id = $1 AND date_from <= $2 AND (date_to IS NULL OR date_to >= $2)) AS tariffs,
     EXISTS (SELECT FROM service_object o JOIN service_set s ON s.set_id = $3 AND o.service_id = ANY (s.services)
       WHERE o.contract_id = $1 AND o.date_from <= $2 AND (o.date_to IS NULL OR o.date_to >= $2)) AS "inSet"`,
);
