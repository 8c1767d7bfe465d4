import { statement, type Transaction } from '../database/statement.ts';

/** An event before it is published; CloudEvents attributes `type`, `subject`, `data`. Id, source, time and txid are given by the store. */
export interface NewEvent {
  /** `vestnik.<module>.<noun>.<past participle>` */
  readonly type: string;
  /** What it is about within the source: the client's name, the operation's id. */
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Channel of PostgreSQL that wakes subscribers; it carries the type, so that whom it does not concern need not look at once. */
export const EVENT_CHANNEL = 'vestnik_event';

/**
 * One statement whatever the number of events, and one notification a transaction for each type: equal notifications are folded by the server.
 * Their place is our transaction's, but never before a transaction that was complete when we published: so who publishes after having
 * seen another's change comes after it, also when his transaction began earlier. Readers wait until all transactions up to a place are over
 * (sql/events.ts); a place is never below our own transaction, so none is passed by.
 *
 * A statement of another author that publishes, too, begins `WITH ${WRITTEN_EVENTS}` and ends with `TOLD_EVENTS`; its `$1` to `$3` are `valuesOfEvents`.
 */
export const WRITTEN_EVENTS = `written AS (
     INSERT INTO event (txid, type, source, subject, data)
     SELECT GREATEST(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8),
       type, '/' || replace(substring(type FROM '^[^.]+\\.[^.]+'), '.', '/'), subject, data::json
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS fresh (type, subject, data, place) ORDER BY place)`;
export const TOLD_EVENTS = `SELECT pg_notify('${EVENT_CHANNEL}', type) FROM (SELECT DISTINCT type FROM unnest($1::text[]) AS fresh (type)) AS told`;

const insertEvents = statement('events.insert', `WITH ${WRITTEN_EVENTS} ${TOLD_EVENTS}`);

/** What PostgreSQL refuses in texts: the character NUL and halves of surrogate pairs. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** As JSON.stringify writes them. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/** A foreign text must not make the change fail that the event tells of. */
function jsonOf(data: NewEvent['data']): string {
  const json = JSON.stringify(data);
  if (!UNSTORABLE.test(json)) return json;
  return JSON.stringify(data, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value));
}

/** Types, subjects and data as texts. */
export const valuesOfEvents = (events: readonly NewEvent[]): [string[], (string | null)[], string[]] => [
  events.map(({ type }) => type),
  events.map(({ subject }) => (subject === undefined ? null : storable(subject))),
  events.map(({ data }) => jsonOf(data)),
];

/**
 * Publishes events in the caller's transaction: they exist when it commits and never otherwise. Subscribers of all hubs are woken
 * by the commit. The source of `vestnik.tickets.operation.recorded` is `/vestnik/tickets`.
 */
export async function publish(tx: Transaction, ...events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await insertEvents(tx, ...valuesOfEvents(events));
}
