import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';

export type ReserveTypeRow = { id: number; title: string; used: boolean };

export const reserveTypes = statement<ReserveTypeRow>(
  'billing.reserveTypes',
  'SELECT type_id AS id, title, used FROM reserve_type ORDER BY title, type_id',
);
export const reserveTypeById = statement<ReserveTypeRow>(
  'billing.reserveTypeById',
  'SELECT type_id AS id, title, used FROM reserve_type WHERE type_id = $1',
);
export const insertReserveType = statement<{ id: number }>(
  'billing.insertReserveType',
  'INSERT INTO reserve_type (title, used) VALUES ($1, $2) RETURNING type_id AS id',
);
export const updateReserveType = statement('billing.updateReserveType', 'UPDATE reserve_type SET title = $2, used = $3 WHERE type_id = $1');

/** An amount that is held; `sum` is positive. */
export type ReserveRow = {
  id: number;
  contractId: number;
  contractTitle: string;
  typeId: number;
  typeTitle: string;
  sum: string;
  dateFrom: Temporal.PlainDate;
  /** The last day on which it is held; null: until it is closed. */
  dateTo: Temporal.PlainDate | null;
  /** The day from which it is released; null: it is not closed. */
  closedOn: Temporal.PlainDate | null;
  comment: string;
};

const SELECT = `SELECT r.reserve_id AS id, r.contract_id AS "contractId", c.title AS "contractTitle", r.type_id AS "typeId", t.title AS "typeTitle", r.sum::text,
    r.date_from AS "dateFrom", r.date_to AS "dateTo", r.closed_on AS "closedOn", r.comment
  FROM contract_reserve r JOIN reserve_type t USING (type_id) JOIN contract c USING (contract_id)`;

/** A reserve within the fence `$2` to `$4`. */
export const reserveById = statement<ReserveRow>('billing.reserveById', `${SELECT} WHERE r.reserve_id = $1 AND ${fenceCondition(2)}`);

/** The newest first: below the number `$1` (0: all), of the contract `$2` (null: everybody's), held on the day `$3` (null: all), at most `$4`; fence `$5` to `$7`. */
export const reservePage = statement<ReserveRow>(
  'billing.reservePage',
  `${SELECT} WHERE ($1::int = 0 OR r.reserve_id < $1) AND ($2::int IS NULL OR r.contract_id = $2)
     AND ($3::date IS NULL OR (r.date_from <= $3 AND (r.date_to IS NULL OR r.date_to >= $3) AND (r.closed_on IS NULL OR r.closed_on > $3)))
     AND ${fenceCondition(5)} ORDER BY r.reserve_id DESC LIMIT $4`,
);

/** `$1` contract, type, sum, first day, last day, `$6` comment. */
export const insertReserve = statement<{ id: number }>(
  'billing.insertReserve',
  `INSERT INTO contract_reserve (contract_id, type_id, sum, date_from, date_to, comment) VALUES ($1, $2, $3, $4, $5, $6) RETURNING reserve_id AS id`,
);

/** `$1` reserve; the rest as it is inserted, without the contract. */
export const updateReserve = statement(
  'billing.updateReserve',
  'UPDATE contract_reserve SET type_id = $2, sum = $3, date_from = $4, date_to = $5, comment = $6 WHERE reserve_id = $1',
);

export const closeReserveRow = statement('billing.closeReserve', 'UPDATE contract_reserve SET closed_on = $2 WHERE reserve_id = $1');
