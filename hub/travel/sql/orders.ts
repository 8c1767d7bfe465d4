import { statement } from '../../core/database/statement.ts';
import type { Order } from '../order.ts';

export type OrderRow = Order & { readonly changed_at: Temporal.Instant };

const COLUMNS = `r.order_id AS "id_Reserve", r.trip_id AS "id_ComplexReserve", r.reserve_type AS "ReserveType", r.automated,
  r.state AS "ReserveState", r.phase, r.failed_from AS "failedFrom", r.supplier, r.locator, r.persons, r.service, r.prices, r.total, r.currency,
  r.time_limit, r.limit_handled AS "limitHandled", r.busy_until AS "busyUntil", r.documents, r.codes, r.version, r.created_at, r.changed_at`;

export const ordersOfTrips = statement<OrderRow>(
  'travel.order.ofTrips',
  `SELECT ${COLUMNS} FROM travel_order r WHERE r.trip_id = ANY($1::bigint[]) ORDER BY r.order_id`,
);

export const insertOrder = statement<OrderRow>(
  'travel.order.insert',
  `INSERT INTO travel_order AS r (trip_id, reserve_type, automated, state, phase, supplier, locator, persons, service, prices, total, currency, time_limit)
   VALUES ($1, $2, $3, $4, 'none', $5, $6, $7, $8::json, $9::json, $10::numeric, $11, $12) RETURNING ${COLUMNS}`,
);

export const updateOrder = statement<OrderRow>(
  'travel.order.update',
  `UPDATE travel_order r SET automated = $2, state = $3, phase = $4, failed_from = $5, supplier = $6, locator = $7, persons = $8, service = $9::json,
     prices = $10::json, total = $11::numeric, currency = $12, time_limit = $13, limit_handled = $14, busy_until = $15, documents = $16::json,
     codes = $17::json, version = version + 1, changed_at = clock_timestamp() WHERE r.order_id = $1 RETURNING ${COLUMNS}`,
);

/** A page by id. `$1` scope (null: all), `$2` organization, `$3` state, `$4` type, `$5` trip, `$6` person, `$7` changed since, `$8` after this id, `$9` rows. */
export const listOrders = statement<OrderRow>(
  'travel.order.list',
  `SELECT ${COLUMNS} FROM travel_order r JOIN travel_trip t ON t.trip_id = r.trip_id
   WHERE ($1::bigint[] IS NULL OR t.organization_id = ANY($1)) AND ($2::bigint IS NULL OR t.organization_id = $2)
     AND ($3::text IS NULL OR r.state = $3) AND ($4::text IS NULL OR r.reserve_type = $4) AND ($5::bigint IS NULL OR r.trip_id = $5)
     AND ($6::bigint IS NULL OR r.persons @> ARRAY[$6::bigint]) AND ($7::timestamptz IS NULL OR r.changed_at >= $7)
     AND r.order_id > $8 ORDER BY r.order_id LIMIT $9`,
);

/**
 * Orders whose time limit has passed and for whose organization something is to be done, the longest overdue first. States: `$1` that expire, `$2` that
 * expire while they are booked, `$3` that are queued. `$4` orders to leave out, `$5` rows.
 */
export const ordersDue = statement<{ id: number }>(
  'travel.order.due',
  `SELECT r.order_id AS id
   FROM travel_order r JOIN travel_trip t ON t.trip_id = r.trip_id JOIN travel_organization o ON o.organization_id = t.organization_id
   WHERE NOT r.limit_handled AND r.state IN ('inprocess', 'onconfirmation', 'readyforissuance', 'queued', 'needswork', 'error')
     AND r.time_limit <= clock_timestamp() AND (r.busy_until IS NULL OR r.busy_until <= clock_timestamp())
     AND (o.on_time_limit = 'cancel' AND (r.state = ANY($1::text[]) OR r.state = ANY($2::text[]) AND r.phase = 'book')
       OR o.on_time_limit = 'queue' AND r.state = ANY($3::text[]))
     AND NOT r.order_id = ANY($4::bigint[])
   ORDER BY r.time_limit LIMIT $5`,
);
