import { statement } from '../../core/database/statement.ts';

/** What is committed at this moment, as PostgreSQL writes a snapshot. */
export const presentSnapshot = statement<{ snapshot: string }>('alerts.presentSnapshot', 'SELECT pg_current_snapshot()::text AS snapshot');

/** Whether somebody has written people whose change was not committed in the snapshot $1; and the present snapshot, of which the answer is true. */
export const peopleWrittenSince = statement<{ snapshot: string; written: boolean }>(
  'alerts.peopleWrittenSince',
  `SELECT pg_current_snapshot()::text AS snapshot, EXISTS (
     SELECT FROM alerts_person_write
     WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)) AS written`,
);
