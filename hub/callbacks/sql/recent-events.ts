import { statement } from '../../core/database/statement.ts';
import { CALLBACK_EVENTS } from '../family.ts';

/** An event of travel or of the billing, as the core keeps it for some days. */
export type RecentEvent = {
  position: string;
  time: Temporal.Instant;
  type: string;
  subject: string | null;
  data: Record<string, unknown>;
};

const COLUMNS = `txid::text || '-' || id AS position, time, type, subject, data`;

/** The modules of which callbacks are made. */
const IS_OURS = `(${CALLBACK_EVENTS.map((prefix) => `type ^@ '${prefix}'`).join(' OR ')})`;

export const eventAt = statement<RecentEvent>(
  'callbacks.eventAt',
  `SELECT ${COLUMNS} FROM event WHERE txid = $1::text::xid8 AND id = $2 AND ${IS_OURS}`,
);

/** Events at many places, one array for each half of a position; in no order, and without those that are no longer kept. */
export const eventsAt = statement<RecentEvent>(
  'callbacks.eventsAt',
  `SELECT ${COLUMNS} FROM unnest($1::text[], $2::bigint[]) AS w (t, i)
   CROSS JOIN LATERAL (SELECT * FROM event WHERE txid = w.t::xid8 AND id = w.i AND ${IS_OURS} OFFSET 0) AS e`,
);

/**
 * The newest of a family among the last 10,000 events of all modules: a preview needs an example, not the history. `$2` owners (null: all), to
 * which an event must belong; `$3` rows.
 */
export const recentEvents = statement<RecentEvent>(
  'callbacks.recentEvents',
  `SELECT ${COLUMNS} FROM (SELECT * FROM event ORDER BY txid DESC, id DESC LIMIT 10000) AS late
   WHERE ${IS_OURS} AND CASE $1 WHEN 'billing' THEN type ^@ 'vestnik.billing.' ELSE data->>'family' = $1 END
     AND ($2::bigint[] IS NULL OR (data->>'organization_id')::bigint = ANY($2))
   ORDER BY late.txid DESC, late.id DESC LIMIT $3`,
);
