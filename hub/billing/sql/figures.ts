import { statement } from '../../core/database/statement.ts';

/** The payer's contracts: itself and its dependent members. */
const FAMILY = `ARRAY (SELECT p.contract_id UNION ALL SELECT m.contract_id FROM contract m WHERE m.super_id = p.contract_id AND m.super_id > 0 AND m.sub_mode = 0)`;

/** Held on a day: the sum of the reserves of a family. */
const reserveOn = (
  day: string,
): string => `(SELECT COALESCE(sum(r.sum), 0)::text FROM contract_reserve r WHERE r.contract_id = ANY (${FAMILY})
  AND r.date_from <= ${day} AND (r.date_to IS NULL OR r.date_to >= ${day}) AND (r.closed_on IS NULL OR r.closed_on > ${day}))`;

export type FiguresRow = {
  limit: string;
  reserve: string;
  /** Null: nothing moved up to that month. */
  month: Temporal.PlainDate | null;
  incoming: string;
  payments: string;
  accounts: string;
  charges: string;
};

/** Of a payer `p`: its limit, what is reserved on `day`, and the last month with movement, which `LAST_MONTH` of the same names as `b`. */
export const figuresColumns = (day: string): string =>
  `p.balance_limit::text AS "limit", ${reserveOn(day)} AS reserve, b.month, b.incoming, b.payments, b.accounts, b.charges`;

/** Of a payer `p` the last month with movement up to that of a day. */
export const lastMonth = (day: string): string =>
  `LATERAL (SELECT * FROM contract_balance b WHERE b.contract_id = p.contract_id AND b.month <= ${day} ORDER BY b.month DESC LIMIT 1) b`;

/** Of the payers `$1`, up to the month `$2`, on the day `$3`. */
export const figuresRows = statement<FiguresRow & { contractId: number }>(
  'billing.figures',
  `SELECT p.contract_id AS "contractId", ${figuresColumns('$3::date')} FROM contract p LEFT JOIN ${lastMonth('$2::date')} ON true WHERE p.contract_id = ANY ($1::int[])`,
);

/** What the payer `$1` has reserved on each of these days, in their order. */
export const reservesOn = statement<{ reserve: string }>(
  'billing.reservesOn',
  `SELECT ${reserveOn('d.day')} AS reserve FROM contract p CROSS JOIN unnest($2::date[]) WITH ORDINALITY AS d (day, place) WHERE p.contract_id = $1 ORDER BY d.place`,
);

/** Removes the month `$2` of the payer `$1` when nothing is in it any more, as if nothing had ever been. What `$3` has does not count: it leaves; 0: nobody. */
export const dropEmptyMonth = statement(
  'billing.dropEmptyMonth',
  `WITH family AS (SELECT unnest(${FAMILY}) AS contract_id FROM contract p WHERE p.contract_id = $1 EXCEPT SELECT $3::int)
   DELETE FROM contract_balance b WHERE b.contract_id = $1 AND b.month = $2 AND b.payments = 0 AND b.accounts = 0 AND b.charges = 0
     AND NOT EXISTS (SELECT FROM family JOIN contract_payment m USING (contract_id) WHERE m.day >= $2 AND m.day < $2 + interval '1 month')
     AND NOT EXISTS (SELECT FROM family JOIN contract_charge m USING (contract_id) WHERE m.day >= $2 AND m.day < $2 + interval '1 month')
     AND NOT EXISTS (SELECT FROM family JOIN contract_account m USING (contract_id) WHERE m.month = $2)`,
);

/** What the rows of one contract make, month by month. */
export const monthSums = statement<{ month: Temporal.PlainDate; payments: string; accounts: string; charges: string }>(
  'billing.monthSums',
  `SELECT month, sum(payments)::text AS payments, sum(accounts)::text AS accounts, sum(charges)::text AS charges FROM (
     SELECT date_trunc('month', day)::date AS month, sum AS payments, 0 AS accounts, 0 AS charges FROM contract_payment WHERE contract_id = $1
     UNION ALL SELECT date_trunc('month', day)::date, 0, 0, sum FROM contract_charge WHERE contract_id = $1
     UNION ALL SELECT month, 0, sum, 0 FROM contract_account WHERE contract_id = $1) AS rows GROUP BY month ORDER BY month`,
);

export type DetailRow = {
  /** 1 payment, 2 account, 3 charge, 4 reserve (catalogue 7). */
  kind: 1 | 2 | 3 | 4;
  day: Temporal.PlainDate;
  contractTitle: string;
  title: string;
  comment: string;
  /** What it does to the balance, with its sign; of a reserve to what is available. */
  sum: string;
};

/**
 * Everything that moved the balance of the payer `$1` from the day `$2` to `$3` (null: open), at most `$5`, in order of time. With `$4` also what was
 * reserved and what was released. An account counts on its last day.
 */
export const detailRows = statement<DetailRow>(
  'billing.detail',
  `WITH family AS (SELECT c.contract_id, c.title FROM contract p JOIN contract c ON c.contract_id = ANY (${FAMILY}) WHERE p.contract_id = $1),
   moved AS (
     SELECT 1 AS kind, m.day, m.payment_id AS place, f.title AS "contractTitle", t.title, m.comment, m.sum
     FROM family f JOIN contract_payment m USING (contract_id) JOIN payment_type t USING (type_id)
     UNION ALL
     SELECT 2, a.until, a.service_id, f.title, COALESCE(s.title, ''), '', -a.sum
     FROM family f JOIN contract_account a USING (contract_id) LEFT JOIN billing_service s USING (service_id)
     UNION ALL
     SELECT 3, m.day, m.charge_id, f.title, t.title, m.comment, -m.sum
     FROM family f JOIN contract_charge m USING (contract_id) JOIN charge_type t USING (type_id)
     UNION ALL
     SELECT 4, r.date_from, r.reserve_id, f.title, t.title, r.comment, -r.sum
     FROM family f JOIN contract_reserve r USING (contract_id) JOIN reserve_type t USING (type_id) WHERE $4::boolean AND (r.closed_on IS NULL OR r.closed_on > r.date_from)
     UNION ALL
     SELECT 4, LEAST(r.closed_on, r.date_to + 1), r.reserve_id, f.title, t.title, r.comment, r.sum
     FROM family f JOIN contract_reserve r USING (contract_id) JOIN reserve_type t USING (type_id)
     WHERE $4::boolean AND (r.closed_on IS NULL OR r.closed_on > r.date_from) AND (r.closed_on IS NOT NULL OR r.date_to IS NOT NULL))
   SELECT kind, day, "contractTitle", title, comment, sum::text FROM moved
   WHERE ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3) ORDER BY day, kind, place LIMIT $5`,
);

export type AccountSum = {
  contractId: number;
  contractTitle: string;
  month: Temporal.PlainDate;
  serviceId: number;
  serviceTitle: string;
  sum: string;
};

/** What was accrued for services of the contracts `$1` in the months from `$2` to `$3` (null: open), at most `$4`. */
export const accountSums = statement<AccountSum>(
  'billing.accountSums',
  `SELECT a.contract_id AS "contractId", c.title AS "contractTitle", a.month, a.service_id AS "serviceId", COALESCE(s.title, '') AS "serviceTitle", sum(a.sum)::text AS sum
   FROM contract_account a JOIN contract c USING (contract_id) LEFT JOIN billing_service s USING (service_id)
   WHERE a.contract_id = ANY ($1::int[]) AND ($2::date IS NULL OR a.month >= $2) AND ($3::date IS NULL OR a.month <= $3)
   GROUP BY a.contract_id, c.title, a.month, a.service_id, s.title ORDER BY a.month, a.contract_id, a.service_id LIMIT $4`,
);
