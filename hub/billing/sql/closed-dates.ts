import { statement } from '../../core/database/statement.ts';

/** An advisory lock: shared by those who change what may be closed, exclusive to those who close. Two numbers, as the function takes them. */
export const CLOSED_DATES_LOCK = '7403917, 1';

/** Waits until every change under way has ended, and holds up new ones until the end of the transaction. */
export const lockClosedDates = statement('billing.lockClosedDates', `SELECT pg_advisory_xact_lock(${CLOSED_DATES_LOCK})`);

/** No period is closed until the end of the transaction; for changes that lock no contract. */
export const holdClosedDates = statement('billing.holdClosedDates', `SELECT pg_advisory_xact_lock_shared(${CLOSED_DATES_LOCK})`);

export type ClosedDateRow = { typeId: number; day: Temporal.PlainDate };

export const closedDateRows = statement<ClosedDateRow>(
  'billing.closedDates',
  'SELECT type_id AS "typeId", day FROM closed_date ORDER BY type_id',
);

/** The last closed day of the kinds `$1`; null: none is. */
export const lastClosedDay = statement<{ day: Temporal.PlainDate | null }>(
  'billing.lastClosedDay',
  'SELECT max(day) AS day FROM closed_date WHERE type_id = ANY ($1::int[])',
);

export const putClosedDate = statement(
  'billing.putClosedDate',
  'INSERT INTO closed_date (type_id, day) VALUES ($1, $2) ON CONFLICT (type_id) DO UPDATE SET day = excluded.day',
);

export const dropClosedDate = statement('billing.dropClosedDate', 'DELETE FROM closed_date WHERE type_id = $1');
