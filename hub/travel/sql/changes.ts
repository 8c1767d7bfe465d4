import { statement } from '../../core/database/statement.ts';

/** One row of the feed (spec 2.8). */
export interface ChangeRow {
  readonly seq: number;
  readonly at: Temporal.Instant;
  readonly EventType: string;
  readonly facets: readonly string[];
  readonly id_Reserve: number | null;
  readonly id_ComplexReserve: number;
  readonly OuterId: string | null;
  readonly ReserveState: string | null;
  readonly PreviousReserveState: string | null;
  readonly ComplexState: string;
  readonly PreviousComplexState: string | null;
  readonly ru: string;
  readonly en: string;
}

/** Heard by those who wait at the feed. No payload. */
export const CHANGE_CHANNEL = 'vestnik_travel_change';

/** Rows of the feed, still without a seq, and the notification of those who wait; one JSON array of event data. */
export const insertChanges = statement(
  'travel.change.insert',
  `WITH written AS (
     INSERT INTO travel_change (organization_id, trip_id, order_id, type, facets, outer_id, order_state, order_state_before, trip_state,
       trip_state_before, description_ru, description_en)
     SELECT (c->>'organization_id')::bigint, (c->>'id_ComplexReserve')::bigint, (c->>'id_Reserve')::bigint, c->'facets'->>0,
       ARRAY(SELECT jsonb_array_elements_text(c->'facets')), c->>'OuterId', c->>'ReserveState', c->>'PreviousReserveState', c->>'ComplexState',
       c->>'PreviousComplexState', c->'description'->>'ru', c->'description'->>'en'
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS list (c, place) ORDER BY place)
   SELECT pg_notify('${CHANGE_CHANNEL}', '')`,
);

/** Whether committed rows wait for their numbers. */
export const changesUnnumbered = statement<{ waiting: boolean }>(
  'travel.change.unnumbered',
  'SELECT EXISTS (SELECT FROM travel_change WHERE seq IS NULL) AS waiting',
);

/** Until the commit: numbers are given by one transaction at a time, so every lower one is visible before a higher one is. */
export const lockNumbering = statement('travel.change.lock', "SELECT pg_advisory_xact_lock(hashtext('travel.change-numbers'))");

/** Numbers up to `$1` committed rows in the order in which they were written. */
export const numberRows = statement<{ numbered: number }>(
  'travel.change.number',
  `WITH fresh AS (SELECT change_id FROM travel_change WHERE seq IS NULL ORDER BY change_id LIMIT $1),
        placed AS (SELECT change_id, nextval('travel_change_seq') AS seq FROM (SELECT change_id FROM fresh ORDER BY change_id) AS sorted),
        done AS (UPDATE travel_change c SET seq = p.seq FROM placed p WHERE c.change_id = p.change_id RETURNING 1)
   SELECT count(*) AS numbered FROM done`,
);

const COLUMNS = `seq, at, type AS "EventType", facets, order_id AS "id_Reserve", trip_id AS "id_ComplexReserve", outer_id AS "OuterId",
  order_state AS "ReserveState", order_state_before AS "PreviousReserveState", trip_state AS "ComplexState",
  trip_state_before AS "PreviousComplexState", description_ru AS ru, description_en AS en`;

/**
 * A page in the order of seq. `$1` after this seq, `$2` scope (null: all), `$3` organization, `$4` order, `$5` trip, `$6` at or after, `$7` before,
 * `$8` rows.
 */
export const changesAfter = statement<ChangeRow>(
  'travel.change.after',
  `SELECT ${COLUMNS} FROM travel_change
   WHERE seq > $1 AND ($2::bigint[] IS NULL OR organization_id = ANY($2)) AND ($3::bigint IS NULL OR organization_id = $3)
     AND ($4::bigint IS NULL OR order_id = $4) AND ($5::bigint IS NULL OR trip_id = $5)
     AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
   ORDER BY seq LIMIT $8`,
);

/** The highest number; 0 when there is none. */
export const highestChange = statement<{ seq: number }>(
  'travel.change.highest',
  'SELECT COALESCE(max(seq), 0)::bigint AS seq FROM travel_change',
);

export const deleteOldChanges = statement<{ deleted: number }>(
  'travel.change.deleteOld',
  `WITH gone AS (DELETE FROM travel_change WHERE change_id IN (
     SELECT change_id FROM travel_change WHERE at < $1 AND seq IS NOT NULL ORDER BY at LIMIT $2) RETURNING 1)
   SELECT count(*) AS deleted FROM gone`,
);
