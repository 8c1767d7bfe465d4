import { statement } from '../../core/database/statement.ts';
import type { PriceUnit } from '../fee-rules.ts';

export type TariffPlanRow = {
  id: number;
  title: string;
  titleWeb: string;
  useTitleInWeb: boolean;
  used: boolean;
  /** -1: for everybody. */
  personType: number;
  groups: string;
  titleMask: string;
  config: string;
};

const PLAN = `p.plan_id AS id, p.title, p.title_web AS "titleWeb", p.use_title_in_web AS "useTitleInWeb", p.used, p.person_type AS "personType",
  p.groups::text, p.title_mask AS "titleMask", p.config`;

export const tariffPlanById = statement<TariffPlanRow & { version: number }>(
  'billing.tariffPlanById',
  `SELECT ${PLAN}, p.version FROM tariff_plan p WHERE p.plan_id = $1`,
);

/**
 * Plans: with a common group of the mask `$1` (0: any) or without groups, for persons of the type `$2` (null or -1: any), with `$3` in the title (null:
 * any; `%` and `_` are escaped by the caller), in use when `$4`.
 */
export const tariffPlanRows = statement<TariffPlanRow>(
  'billing.tariffPlans',
  `SELECT ${PLAN} FROM tariff_plan p
   WHERE ($1::bigint = 0 OR p.groups = 0 OR p.groups & $1 <> 0) AND ($2::int IS NULL OR $2 = -1 OR p.person_type IN (-1, $2))
     AND ($3::text IS NULL OR p.title ILIKE '%' || $3 || '%') AND (NOT $4::boolean OR p.used) ORDER BY p.title, p.plan_id`,
);

export type TariffPriceRow = {
  serviceId: number;
  unit: PriceUnit;
  price: string;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
};

export const tariffPrices = statement<TariffPriceRow>(
  'billing.tariffPrices',
  `SELECT service_id AS "serviceId", unit, price, valid_from AS "dateFrom", valid_to AS "dateTo" FROM tariff_price WHERE plan_id = $1
   ORDER BY service_id, unit, valid_from NULLS FIRST, price_id`,
);

/** What a plan costs has changed. */
export const raiseTariffPlan = statement('billing.raiseTariffPlan', 'UPDATE tariff_plan SET version = version + 1 WHERE plan_id = $1');

/** A row when a contract was on the plan `$1` on the day `$2` or before. */
export const planWasHeld = statement<{ held: true }>(
  'billing.planWasHeld',
  'SELECT true AS held FROM contract_tariff WHERE plan_id = $1 AND date_from <= $2 LIMIT 1',
);

/** Puts these prices in place of all that a plan has. */
export const replaceTariffPrices = statement(
  'billing.replaceTariffPrices',
  `WITH gone AS (DELETE FROM tariff_price WHERE plan_id = $1)
   INSERT INTO tariff_price (plan_id, service_id, unit, price, valid_from, valid_to)
   SELECT $1, * FROM unnest($2::int[], $3::text[], $4::numeric[], $5::date[], $6::date[])`,
);

export type TariffGroupRow = { id: number; title: string; transferMode: number; daysForward: number; position: number };

const GROUP = 'tariff_group_id AS id, title, transfer_mode AS "transferMode", days_forward AS "daysForward", position';

export const tariffGroupRows = statement<TariffGroupRow>(
  'billing.tariffGroups',
  `SELECT ${GROUP} FROM tariff_group WHERE $1::int IS NULL OR tariff_group_id = $1 ORDER BY position, title, tariff_group_id`,
);

/** Puts these plans in place of all that a group offers. */
export const replaceGroupPlans = statement(
  'billing.replaceGroupPlans',
  `WITH gone AS (DELETE FROM tariff_group_plan WHERE tariff_group_id = $1)
   INSERT INTO tariff_group_plan (tariff_group_id, plan_id, date_from, date_to) SELECT $1, * FROM unnest($2::int[], $3::date[], $4::date[])`,
);

/** Plans of the groups `$1`. */
export const tariffGroupPlans = statement<{
  groupId: number;
  id: number;
  title: string;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
}>(
  'billing.tariffGroupPlans',
  `SELECT m.tariff_group_id AS "groupId", p.plan_id AS id, p.title, m.date_from AS "dateFrom", m.date_to AS "dateTo"
   FROM tariff_group_plan m JOIN tariff_plan p USING (plan_id) WHERE m.tariff_group_id = ANY ($1::int[]) ORDER BY p.title, m.member_id`,
);
