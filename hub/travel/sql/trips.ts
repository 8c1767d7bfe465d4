import { statement } from '../../core/database/statement.ts';
import type { Trip } from '../trip.ts';

/** What a trip needs to know of its organization. */
export interface TripOrganization {
  readonly id_Organization: number;
  readonly organizationName: string;
  readonly active: boolean;
  readonly authorization: 'none' | 'required';
  readonly on_time_limit: 'cancel' | 'queue' | 'none';
}

export type TripRow = Trip & TripOrganization & { readonly changed_at: Temporal.Instant; readonly now: Temporal.Instant };

const COLUMNS = `t.trip_id AS "id_ComplexReserve", t.outer_id AS "OuterId", t.organization_id AS "id_Organization", t.name AS "Name",
  t.state AS "ComplexState", t.persons, t.codes, t.submitted_by AS "submittedBy", t.version, t.created_at, t.changed_at`;
const ORGANIZATION = `o.name AS "organizationName", o.active, o.authorization_rule AS "authorization", o.on_time_limit, clock_timestamp() AS now`;
const FROM = 'FROM travel_trip t JOIN travel_organization o ON o.organization_id = t.organization_id';

export const tripById = statement<TripRow>('travel.trip.byId', `SELECT ${COLUMNS}, ${ORGANIZATION} ${FROM} WHERE t.trip_id = $1`);

export const tripsById = statement<TripRow>(
  'travel.trip.byIds',
  `SELECT ${COLUMNS}, ${ORGANIZATION} ${FROM} WHERE t.trip_id = ANY($1::bigint[])`,
);

/** The trip, locked until the commit: changes of it and of its orders follow one another. */
export const lockTrip = statement<TripRow>(
  'travel.trip.lock',
  `SELECT ${COLUMNS}, ${ORGANIZATION} ${FROM} WHERE t.trip_id = $1 FOR NO KEY UPDATE OF t`,
);

/** The trip of an order, `$1`; the second also locks it. */
const OF_ORDER = 't.trip_id = (SELECT trip_id FROM travel_order WHERE order_id = $1)';
export const tripOfOrder = statement<TripRow>('travel.trip.ofOrder', `SELECT ${COLUMNS}, ${ORGANIZATION} ${FROM} WHERE ${OF_ORDER}`);
export const lockTripOfOrder = statement<TripRow>(
  'travel.trip.lockOfOrder',
  `SELECT ${COLUMNS}, ${ORGANIZATION} ${FROM} WHERE ${OF_ORDER} FOR NO KEY UPDATE OF t`,
);

/** A broken unique rule of OuterId is an error 23505 of the driver. */
export const insertTrip = statement<{ id: number }>(
  'travel.trip.insert',
  `INSERT INTO travel_trip (organization_id, name, outer_id, persons, codes, state) VALUES ($1, $2, $3, $4, $5::json, 'draft') RETURNING trip_id AS id`,
);

export const updateTrip = statement(
  'travel.trip.update',
  `UPDATE travel_trip SET outer_id = $2, name = $3, state = $4, persons = $5, codes = $6::json, submitted_by = $7, version = version + 1,
     changed_at = clock_timestamp() WHERE trip_id = $1`,
);

/** A page by id. `$1` scope (null: all), `$2` organization, `$3` state, `$4` OuterId, `$5` person on it or on one of its orders, `$6` changed since, `$7` after this id, `$8` rows. */
export const listTrips = statement<TripRow>(
  'travel.trip.list',
  `SELECT ${COLUMNS}, ${ORGANIZATION} ${FROM}
   WHERE ($1::bigint[] IS NULL OR t.organization_id = ANY($1)) AND ($2::bigint IS NULL OR t.organization_id = $2)
     AND ($3::text IS NULL OR t.state = $3) AND ($4::text IS NULL OR t.outer_id = $4)
     AND ($5::bigint IS NULL OR t.persons @> ARRAY[$5::bigint]
       OR EXISTS (SELECT FROM travel_order r WHERE r.trip_id = t.trip_id AND r.persons @> ARRAY[$5::bigint]))
     AND ($6::timestamptz IS NULL OR t.changed_at >= $6) AND t.trip_id > $7 ORDER BY t.trip_id LIMIT $8`,
);

/** Which of these persons are there and belong to the organization. */
export const personsOf = statement<{ id: number }>(
  'travel.trip.persons',
  'SELECT person_id AS id FROM travel_person WHERE person_id = ANY($1::bigint[]) AND organization_id = $2',
);

/** The organization that a new trip belongs to; it cannot be deleted before the commit. */
export const organizationForTrip = statement<TripOrganization>(
  'travel.trip.organization',
  `SELECT organization_id AS "id_Organization", name AS "organizationName", active, authorization_rule AS "authorization", on_time_limit
   FROM travel_organization WHERE organization_id = $1 FOR KEY SHARE`,
);
