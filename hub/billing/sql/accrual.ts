import { statement } from '../../core/database/statement.ts';
import type { FeeObject, FeeTariff, PriceUnit } from '../fee-rules.ts';
import type { StatusPeriod } from '../status-periods.ts';
import { CLOSED_DATES_LOCK } from './closed-dates.ts';
import { PAYER } from './payers.ts';

/** Locks contracts and those whose money is theirs, heads before members; the closed dates stay as they are meanwhile. */
export const lockWithPayers = statement<{ id: number }>(
  'billing.lockWithPayers',
  `SELECT contract_id AS id FROM contract
   WHERE contract_id = ANY ($1::int[] || ARRAY (SELECT ${PAYER} FROM contract c WHERE c.contract_id = ANY ($1)))
     AND pg_advisory_xact_lock_shared(${CLOSED_DATES_LOCK}) IS NOT NULL
   ORDER BY super_id > 0, contract_id FOR NO KEY UPDATE`,
);

export type FeeContractRow = { id: number; payerId: number; mode: 0 | 1; dateFrom: Temporal.PlainDate; dateTo: Temporal.PlainDate | null };

export const feeContracts = statement<FeeContractRow>(
  'billing.feeContracts',
  `SELECT c.contract_id AS id, p.contract_id AS "payerId", p.mode, c.date_from AS "dateFrom", c.date_to AS "dateTo"
   FROM contract c JOIN contract p ON p.contract_id = ${PAYER} WHERE c.contract_id = ANY ($1::int[]) ORDER BY c.contract_id`,
);

export const feeObjects = statement<FeeObject & { contractId: number }>(
  'billing.feeObjects',
  `SELECT contract_id AS "contractId", service_object_id AS id, service_id AS "serviceId", count, date_from AS "dateFrom", date_to AS "dateTo",
     entity_mid AS "entityMid", entity_id AS "entityId"
   FROM service_object WHERE contract_id = ANY ($1::int[]) ORDER BY service_object_id`,
);

/** In the order in which they are asked for a price. */
export const feeTariffs = statement<FeeTariff & { contractId: number }>(
  'billing.feeTariffs',
  `SELECT contract_id AS "contractId", plan_id AS "planId", date_from AS "dateFrom", date_to AS "dateTo", entity_mid AS "entityMid", entity_id AS "entityId"
   FROM contract_tariff WHERE contract_id = ANY ($1::int[]) ORDER BY position, contract_tariff_id`,
);

export const feePrices = statement<{
  planId: number;
  serviceId: number;
  unit: PriceUnit;
  price: string;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
}>(
  'billing.feePrices',
  `SELECT plan_id AS "planId", service_id AS "serviceId", unit, price, valid_from AS "dateFrom", valid_to AS "dateTo"
   FROM tariff_price WHERE plan_id = ANY ($1::int[]) ORDER BY valid_from NULLS FIRST, price_id`,
);

export const feeStatuses = statement<Pick<StatusPeriod, 'status' | 'dateFrom' | 'dateTo'> & { contractId: number }>(
  'billing.feeStatuses',
  `SELECT contract_id AS "contractId", status, date_from AS "dateFrom", date_to AS "dateTo" FROM contract_status
   WHERE contract_id = ANY ($1::int[]) UNION ALL
   SELECT c.contract_id, c.status, c.date_from, NULL FROM contract c
   WHERE c.contract_id = ANY ($1) AND NOT EXISTS (SELECT FROM contract_status s WHERE s.contract_id = c.contract_id)`,
);

export type AccountRow = { contractId: number; month: Temporal.PlainDate; serviceId: number; objectId: number; sum: string };

/** What was accrued for service objects in these months. */
export const accountsOfObjects = statement<AccountRow>(
  'billing.accountsOfObjects',
  `SELECT contract_id AS "contractId", month, service_id AS "serviceId", object_id AS "objectId", sum FROM contract_account
   WHERE contract_id = ANY ($1::int[]) AND month = ANY ($2::date[]) AND object_id <> 0`,
);

export const putAccounts = statement(
  'billing.putAccounts',
  `INSERT INTO contract_account (contract_id, month, service_id, object_id, sum, until)
   SELECT * FROM unnest($1::int[], $2::date[], $3::int[], $4::int[], $5::numeric[], $6::date[])
   ON CONFLICT (contract_id, month, service_id, object_id) DO UPDATE SET sum = excluded.sum, until = excluded.until`,
);

export const deleteAccounts = statement(
  'billing.deleteAccounts',
  `DELETE FROM contract_account a USING unnest($1::int[], $2::date[], $3::int[], $4::int[]) AS gone (contract_id, month, service_id, object_id)
   WHERE a.contract_id = gone.contract_id AND a.month = gone.month AND a.service_id = gone.service_id AND a.object_id = gone.object_id`,
);

/** Adds to the accounts of many contracts in the month `$1` and carries it on, as `moveMonth` does for one. Their rows are locked by the caller. */
export const moveAccounts = statement(
  'billing.moveAccounts',
  `WITH moved AS (SELECT * FROM unnest($2::int[], $3::numeric[]) AS m (contract_id, amount)),
   present AS (
     INSERT INTO contract_balance AS b (contract_id, month, incoming, accounts)
     SELECT m.contract_id, $1, COALESCE(former.outgoing, 0), m.amount FROM moved m LEFT JOIN LATERAL (
       SELECT incoming + payments - accounts - charges AS outgoing FROM contract_balance f WHERE f.contract_id = m.contract_id AND f.month < $1
       ORDER BY f.month DESC LIMIT 1) former ON true
     ON CONFLICT (contract_id, month) DO UPDATE SET accounts = b.accounts + excluded.accounts)
   UPDATE contract_balance b SET incoming = b.incoming - m.amount FROM moved m WHERE b.contract_id = m.contract_id AND b.month > $1`,
);

/** Of the payer `p` its last month with movement up to `$2`. */
const LAST_MONTH = `LATERAL (SELECT incoming + payments - accounts - charges AS outgoing FROM contract_balance b
     WHERE b.contract_id = p.contract_id AND b.month <= $2 ORDER BY b.month DESC LIMIT 1) last`;

/** Whose money moves, and what they had at the end of the month `$2`. */
export const payersMoney = statement<{
  id: number;
  title: string;
  groups: string;
  domainId: number;
  balanceLimit: string;
  mode: 0 | 1;
  outgoing: string;
}>(
  'billing.payersMoney',
  `SELECT p.contract_id AS id, p.title, p.groups::text, p.domain_id AS "domainId", p.balance_limit AS "balanceLimit", p.mode,
     COALESCE(last.outgoing, 0)::text AS outgoing FROM contract p
   LEFT JOIN ${LAST_MONTH} ON true
   WHERE p.contract_id = ANY ($1::int[]) ORDER BY p.contract_id`,
);

/** The day from which a contract can have fees: of its objects, and of what was accrued for them; null: none at all. */
export const firstFeeDay = statement<{ day: Temporal.PlainDate | null }>(
  'billing.firstFeeDay',
  `SELECT LEAST((SELECT min(date_from) FROM service_object WHERE contract_id = $1),
     (SELECT min(month) FROM contract_account WHERE contract_id = $1 AND object_id <> 0)) AS day`,
);

export const readAccrualMark = statement<{ day: Temporal.PlainDate }>('billing.accrualMark', 'SELECT day FROM accrual_mark');

export const setAccrualMark = statement(
  'billing.setAccrualMark',
  'INSERT INTO accrual_mark (day) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET day = excluded.day',
);

/** Contracts with an object in the months from `$1` to the day `$2`, after `$3`, at most `$4`. */
export const contractsWithObjects = statement<{ id: number }>(
  'billing.contractsWithObjects',
  `SELECT DISTINCT contract_id AS id FROM service_object WHERE (date_to IS NULL OR date_to >= $1) AND date_from <= $2 AND contract_id > $3
   ORDER BY contract_id LIMIT $4`,
);

/** Contracts with an object that were on the plan `$1` on the day `$2` or later, after `$3`, at most `$4`. */
export const contractsOnPlan = statement<{ id: number }>(
  'billing.contractsOnPlan',
  `SELECT DISTINCT t.contract_id AS id FROM contract_tariff t WHERE t.plan_id = $1 AND (t.date_to IS NULL OR t.date_to >= $2) AND t.contract_id > $3
     AND EXISTS (SELECT FROM service_object o WHERE o.contract_id = t.contract_id) ORDER BY 1 LIMIT $4`,
);

/** Whether an npay instance may lock a contract for a debt of its payer `p`. */
const isManaged = (contract: string): string =>
  `EXISTS (SELECT FROM contract_module cm JOIN billing_module m USING (module_id) WHERE cm.contract_id = ${contract} AND m.name = 'npay'
     AND m.settings -> 'manage' = 'true' AND (p.mode = 1 OR m.settings -> 'modes' ? 'credit'))`;

/**
 * Of these contracts those whose money is below the limit in the month `$2`, and which an npay instance may lock for it: themselves, or another
 * contract of their family. Most contracts are not asked about further.
 */
export const contractsToLock = statement<{ id: number }>(
  'billing.contractsToLock',
  `SELECT c.contract_id AS id FROM contract c JOIN contract p ON p.contract_id = ${PAYER}
   LEFT JOIN ${LAST_MONTH} ON true
   WHERE c.contract_id = ANY ($1::int[]) AND COALESCE(last.outgoing, 0) < p.balance_limit AND (
     ${isManaged('c.contract_id')} OR (p.contract_id <> c.contract_id AND ${isManaged('p.contract_id')})
     OR (p.super_id = -1 AND EXISTS (SELECT FROM contract f WHERE f.super_id = p.contract_id AND f.super_id > 0 AND ${isManaged('f.contract_id')})))
   ORDER BY c.contract_id`,
);
