import { type Queryable, statement } from '../../core/database/statement.ts';

const clock = statement<{ now: Temporal.Instant }>('alerts.clock', 'SELECT now() AS now');

/** The database's clock, the same for every hub: starts and deadlines are decided by it. In a transaction, when that began. */
export async function databaseNow(db: Queryable): Promise<Temporal.Instant> {
  const [row] = await clock(db);
  if (!row) throw new Error('the database does not tell the time');
  return row.now;
}
