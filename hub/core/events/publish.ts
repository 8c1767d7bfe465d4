import { run, type Transaction, type Value } from '../database/statement.ts';

/** An event before it is published; CloudEvents attributes `type`, `subject`, `data`. Id, source, time and txid are given by the store. */
export interface NewEvent {
  /** `vestnik.<module>.<noun>.<past participle>` */
  readonly type: string;
  /** What it is about within the source: the client's name, the operation's id. */
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Channel of PostgreSQL that wakes subscribers. */
export const EVENT_CHANNEL = 'vestnik_event';

/** `vestnik.tickets.operation.recorded` comes from `/vestnik/tickets`. */
const sourceOf = (type: string): string => `/${type.split('.').slice(0, 2).join('/')}`;

/** Rows of one INSERT; five parameters a row stay far below the protocol's 65,535. */
const ROWS = 1_000;

/**
 * Publishes events in the caller's transaction: they exist when it commits and never otherwise. Subscribers of all hubs are woken
 * by the commit, once a transaction.
 */
export async function publish(tx: Transaction, ...events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  for (let start = 0; start < events.length; start += ROWS) {
    const chunk = events.slice(start, start + ROWS);
    const values: Value[] = [];
    const rows = chunk.map(({ type, subject, data }, index) => {
      values.push(type, sourceOf(type), subject ?? null, JSON.stringify(data));
      const at = index * 4;
      return `($${at + 1},$${at + 2},$${at + 3},$${at + 4})`;
    });
    await run(tx, `INSERT INTO event (type, source, subject, data) VALUES ${rows.join(',')}`, values);
  }
  await run(tx, 'SELECT pg_notify($1, $2)', [EVENT_CHANNEL, '']);
}
