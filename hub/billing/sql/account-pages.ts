import { type Queryable, run, type Value } from '../../core/database/statement.ts';

/** What was accrued for one object of a service in one month. */
export type AccountRow = {
  contractId: number;
  contractTitle: string;
  /** Its first day. */
  month: Temporal.PlainDate;
  serviceId: number;
  serviceTitle: string;
  /** 0: not of an object. */
  objectId: number;
  sum: string;
  /** The last day that is in it. */
  until: Temporal.PlainDate;
};

/** Behind which row of the same order a page goes on. */
export type AccountPlace = readonly [month: Temporal.PlainDate, contractId: number, serviceId: number, objectId: number];

const ORDER = 'a.month DESC, a.contract_id DESC, a.service_id DESC, a.object_id DESC';

/** Rows of the contracts in the months from `from` to `to` (null: open), the newest first. */
export async function accountPage(
  db: Queryable,
  wanted: {
    readonly contracts: readonly number[];
    readonly from: Temporal.PlainDate | null;
    readonly to: Temporal.PlainDate | null;
    readonly serviceId: number | null;
    readonly before: AccountPlace | undefined;
    readonly limit: number;
  },
): Promise<AccountRow[]> {
  const { contracts, from, to, serviceId, before, limit } = wanted;
  const values: Value[] = [contracts, from, to, serviceId, limit, ...(before ?? [])];
  const behind = before ? 'AND (a.month, a.contract_id, a.service_id, a.object_id) < ($6::date, $7::int, $8::int, $9::int)' : '';
  const text = `SELECT a.contract_id AS "contractId", c.title AS "contractTitle", a.month, a.service_id AS "serviceId", COALESCE(s.title, '') AS "serviceTitle",
      a.object_id AS "objectId", a.sum::text, a.until
    FROM contract_account a JOIN contract c USING (contract_id) LEFT JOIN billing_service s USING (service_id)
    WHERE a.contract_id = ANY ($1::int[]) AND ($2::date IS NULL OR a.month >= $2) AND ($3::date IS NULL OR a.month <= $3)
      AND ($4::int IS NULL OR a.service_id = $4) ${behind} ORDER BY ${ORDER} LIMIT $5`;
  return (await run<AccountRow>(db, text, values)).rows;
}
