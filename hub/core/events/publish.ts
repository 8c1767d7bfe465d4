import { statement, type Transaction } from '../database/statement.ts';

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

/** One statement whatever the number of events, and one notification a transaction: equal notifications are folded by the server. */
const insertEvents = statement(
  'events.insert',
  `WITH written AS (
     INSERT INTO event (type, source, subject, data)
     SELECT type, '/' || replace(substring(type FROM '^[^.]+\\.[^.]+'), '.', '/'), subject, data::jsonb
     FROM unnest($1::text[], $2::text[], $3::text[]) AS fresh (type, subject, data))
   SELECT pg_notify('${EVENT_CHANNEL}', '')`,
);

/**
 * Publishes events in the caller's transaction: they exist when it commits and never otherwise. Subscribers of all hubs are woken
 * by the commit. The source of `vestnik.tickets.operation.recorded` is `/vestnik/tickets`.
 */
export async function publish(tx: Transaction, ...events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await insertEvents(
    tx,
    events.map((event) => event.type),
    events.map((event) => event.subject ?? null),
    events.map((event) => JSON.stringify(event.data)),
  );
}
