import { statement } from '../../core/database/statement.ts';

const SAME = 'group_id = $1 AND sender = $2 AND recipient = $3 AND reference = $4 AND total = $5';

/** Parts of one message take turns: of two that come at once, the second sees the first. */
export const lockMessage = statement(
  'alerts.lockIncomingMessage',
  `SELECT pg_advisory_xact_lock(7307, hashtext(concat_ws(' ', $1::int, $2::text, $3::text, $4::int, $5::int)))`,
);

export type KeptPart = { place: number; units: Buffer; taken: boolean; overdue: boolean };
/** What is kept of a message: group, sender, recipient, reference, total; `$6` seconds in which its parts belong together. */
export const keptParts = statement<KeptPart>(
  'alerts.keptIncomingParts',
  `SELECT place, units, taken, since <= now() - make_interval(secs => $6) AS overdue FROM alerts_incoming_part WHERE ${SAME} ORDER BY place`,
);

/** Adds a part (`$6` place, `$7` units) with the time of the first, unless there are `$8` parts of all messages. @returns nothing then */
export const keepPart = statement<{ place: number }>(
  'alerts.keepIncomingPart',
  `INSERT INTO alerts_incoming_part (group_id, sender, recipient, reference, total, place, units, since)
   SELECT $1, $2, $3, $4, $5, $6, $7, COALESCE((SELECT min(since) FROM alerts_incoming_part WHERE ${SAME}), now())
   WHERE (SELECT count(*) FROM alerts_incoming_part) < $8 RETURNING place`,
);
export const markTaken = statement('alerts.markIncomingTaken', `UPDATE alerts_incoming_part SET taken = true WHERE ${SAME}`);
export const dropMessage = statement('alerts.dropIncomingMessage', `DELETE FROM alerts_incoming_part WHERE ${SAME}`);

/** Takes out what nothing more comes for, after `$1` seconds, and forgets what was taken, after `$2`. @returns parts of the former */
export const dropOverdueParts = statement<{
  groupId: number;
  sender: string;
  recipient: string;
  reference: number;
  total: number;
  place: number;
  units: Buffer;
}>(
  'alerts.dropOverdueIncomingParts',
  `WITH gone AS (
     DELETE FROM alerts_incoming_part WHERE since <= now() - make_interval(secs => CASE WHEN taken THEN $2::int ELSE $1::int END)
     RETURNING group_id, sender, recipient, reference, total, place, units, taken)
   SELECT group_id AS "groupId", sender, recipient, reference, total, place, units FROM gone WHERE NOT taken
   ORDER BY group_id, sender, recipient, reference, total, place`,
);
