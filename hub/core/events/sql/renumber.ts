import { run, type Transaction } from '../../database/statement.ts';
import { positionsAhead } from './events.ts';

/** The first ordinary transaction of every server; so positions in it are in the past of all. */
const FIRST_TXID = '3';

/**
 * Gives every stored event and cursor a position below the present transaction, keeping their order exactly: needed once after a dump was
 * loaded into a server whose transaction counter is lower. Runs under a table lock.
 * @returns false when another hub had done it before we got the lock.
 */
export async function renumberEvents(tx: Transaction): Promise<boolean> {
  await run(tx, 'LOCK TABLE event, event_cursor IN ACCESS EXCLUSIVE MODE');
  const [row] = await positionsAhead(tx);
  if (!row?.ahead) return false;
  await run(
    tx,
    `CREATE TEMPORARY TABLE event_copy ON COMMIT DROP AS
       SELECT row_number() OVER (ORDER BY txid, id) AS rank, * FROM event`,
  );
  await run(tx, 'CREATE INDEX ON pg_temp.event_copy (txid, id)');
  await run(
    tx,
    `UPDATE event_cursor c SET txid = '${FIRST_TXID}', id = COALESCE(
       (SELECT rank FROM pg_temp.event_copy r WHERE (r.txid, r.id) <= (c.txid, c.id) ORDER BY r.txid DESC, r.id DESC LIMIT 1), 0)`,
  );
  // Identity columns refuse an update of a GENERATED ALWAYS value: the rows are written again under their ranks.
  await run(tx, 'TRUNCATE event');
  await run(
    tx,
    `INSERT INTO event (txid, id, time, type, source, subject, data) OVERRIDING SYSTEM VALUE
       SELECT '${FIRST_TXID}', rank, time, type, source, subject, data FROM pg_temp.event_copy ORDER BY rank`,
  );
  await run(tx, `SELECT setval(pg_get_serial_sequence('event', 'id'), GREATEST((SELECT max(id) FROM event), 1))`);
  return true;
}
