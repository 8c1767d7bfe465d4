import { statement } from '../../core/database/statement.ts';

/** When an endpoint was last changed; null: there is none. */
export const endpointsChanged = statement<{ at: string | null }>(
  'callbacks.endpointsChanged',
  'SELECT max(changed_at)::text AS at FROM callback_endpoint',
);

/** The latest states of orders and trips, as events tell them: one array a column; `$3` null for events of a trip alone. */
export const storeStates = statement(
  'callbacks.storeStates',
  `WITH trips AS (
     INSERT INTO callback_trip (trip_id, state)
     SELECT DISTINCT ON (trip) trip, state FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS t (trip, state, place) ORDER BY trip, place DESC
     ON CONFLICT (trip_id) DO UPDATE SET state = excluded.state)
   INSERT INTO callback_order (order_id, trip_id, state)
   SELECT DISTINCT ON (ord) ord, trip, state FROM unnest($3::bigint[], $1::bigint[], $4::text[]) WITH ORDINALITY AS o (ord, trip, state, place)
   WHERE ord IS NOT NULL ORDER BY ord, place DESC
   ON CONFLICT (order_id) DO UPDATE SET state = excluded.state`,
);

export const latestStates = statement<{ orderState: string | null; tripState: string | null }>(
  'callbacks.latestStates',
  `SELECT (SELECT state FROM callback_order WHERE order_id = $1) AS "orderState", (SELECT state FROM callback_trip WHERE trip_id = $2) AS "tripState"`,
);

export const insertBodies = statement(
  'callbacks.insertBodies',
  `INSERT INTO callback_body (block, kept_until, sealed)
   SELECT block, now() + make_interval(days => days), sealed FROM unnest($1::uuid[], $2::int[], $3::bytea[]) AS b (block, days, sealed)`,
);

export const bodiesOf = statement<{ block: string; sealed: Buffer }>(
  'callbacks.bodiesOf',
  'SELECT block, sealed FROM callback_body WHERE block = ANY ($1::uuid[])',
);

/** Which of these blocks are still kept. */
export const blocksThere = statement<{ block: string }>(
  'callbacks.blocksThere',
  'SELECT block FROM callback_body WHERE block = ANY ($1::uuid[])',
);

/** Takes a slot that no living process has; the mark up to which its numbers are used. */
export const takeTickSlot = statement<{ slot: number; mark: string }>(
  'callbacks.takeTickSlot',
  `UPDATE callback_tick_slot s SET hub = $1, alive_until = now() + make_interval(secs => $2)
   FROM (SELECT slot FROM callback_tick_slot WHERE hub IS NULL OR alive_until < now() ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED) f
   WHERE s.slot = f.slot RETURNING s.slot, s.mark`,
);

/** Raises the mark, or with null keeps it, and renews the lease. No row: somebody else has the slot. */
export const keepTickSlot = statement<{ slot: number }>(
  'callbacks.keepTickSlot',
  `UPDATE callback_tick_slot SET mark = GREATEST(mark, COALESCE($3::numeric, 0)), alive_until = now() + make_interval(secs => $4)
   WHERE slot = $1 AND hub = $2 AND alive_until > now() RETURNING slot`,
);

export const leaveTickSlot = statement('callbacks.leaveTickSlot', 'UPDATE callback_tick_slot SET hub = NULL WHERE slot = $1 AND hub = $2');

/** Facts of one attempt of a callback. */
export const attemptFacts = statement<{ facts: { block?: string; place?: number } | null }>(
  'callbacks.attemptFacts',
  'SELECT facts FROM delivery_attempt WHERE engine = 1 AND delivery = $1 AND number = $2',
);
