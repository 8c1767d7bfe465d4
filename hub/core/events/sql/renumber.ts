import { run, type Transaction } from '../../database/statement.ts';

/**
 * Gives every stored event and cursor a position below the present transaction, keeping their order exactly: needed once after a dump was
 * loaded into a server whose transaction counter is lower. Runs under a table lock.
 */
export async function renumberEvents(tx: Transaction): Promise<void> {
  await run(tx, 'LOCK TABLE event, event_cursor IN ACCESS EXCLUSIVE MODE');
  await run(
    tx,
    `CREATE TEMPORARY TABLE event_rank ON COMMIT DROP AS
       SELECT txid, id, row_number() OVER (ORDER BY txid, id) AS rank FROM event`,
  );
  await run(
    tx,
    `UPDATE event_cursor c SET txid = '3', id = COALESCE(
       (SELECT max(rank) FROM event_rank r WHERE (r.txid, r.id) <= (c.txid, c.id)), 0)`,
  );
  // Identity columns refuse an update of a GENERATED ALWAYS value: the rows are written again under their ranks.
  await run(
    tx,
    `CREATE TEMPORARY TABLE event_copy ON COMMIT DROP AS
       SELECT r.rank, e.time, e.type, e.source, e.subject, e.data FROM event e JOIN event_rank r USING (txid, id)`,
  );
  await run(tx, 'DELETE FROM event');
  await run(
    tx,
    `INSERT INTO event (txid, id, time, type, source, subject, data) OVERRIDING SYSTEM VALUE
       SELECT '3', rank, time, type, source, subject, data FROM event_copy`,
  );
  await run(tx, `SELECT setval(pg_get_serial_sequence('event', 'id'), GREATEST((SELECT max(id) FROM event), 1))`);
}
