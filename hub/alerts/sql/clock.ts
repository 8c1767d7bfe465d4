import { type Queryable, statement } from '../../core/database/statement.ts';

const clock = statement<{ now: Temporal.Instant }>('alerts.clock', 'SELECT now() AS now');
const present = statement<{ now: Temporal.Instant }>('alerts.present', 'SELECT clock_timestamp() AS now');
/** A difference of clocks that the way to the database may make. Milliseconds. */
const SMALL = 5_000;

/** The database's clock, the same for every hub: starts and deadlines are decided by it. In a transaction, when that began. */
export async function databaseNow(db: Queryable): Promise<Temporal.Instant> {
  const [row] = await clock(db);
  if (!row) throw new Error('the database does not tell the time');
  return row.now;
}

/** An instant that this hub's clock gave, as the database's would have given it: when a task starts next must not depend on a clock that has stepped. */
export async function byDatabase(db: Queryable, instant: Temporal.Instant): Promise<Temporal.Instant> {
  const [row] = await present(db);
  const ahead = row ? Temporal.Now.instant().since(row.now).total('milliseconds') : 0;
  return Math.abs(ahead) < SMALL ? instant : instant.subtract({ milliseconds: Math.round(ahead) });
}
