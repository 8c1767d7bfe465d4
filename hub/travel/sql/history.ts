import { statement } from '../../core/database/statement.ts';

/** One transition as history tells it. */
export interface HistoryEntry {
  readonly at: Temporal.Instant;
  readonly id_Reserve: number | null;
  readonly login: string;
  readonly source: string;
  readonly action: string;
  readonly from: string | null;
  readonly to: string;
  readonly reason: string | null;
}

/** One row an element: order (null: the trip itself), login, source, action, states, reason. */
export const insertHistory = statement(
  'travel.history.insert',
  `INSERT INTO travel_history (trip_id, order_id, login, source, action, from_state, to_state, reason)
   SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])`,
);

const COLUMNS = `history_id AS id, at, order_id AS "id_Reserve", login, source, action, from_state AS "from", to_state AS "to", reason`;

export const historyOfTrip = statement<HistoryEntry & { readonly id: number }>(
  'travel.history.ofTrip',
  `SELECT ${COLUMNS} FROM travel_history WHERE trip_id = $1 AND history_id > $2 ORDER BY history_id LIMIT $3`,
);
export const historyOfOrder = statement<HistoryEntry & { readonly id: number }>(
  'travel.history.ofOrder',
  `SELECT ${COLUMNS} FROM travel_history WHERE order_id = $1 AND history_id > $2 ORDER BY history_id LIMIT $3`,
);
