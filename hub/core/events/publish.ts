import { statement, type Transaction } from '../database/statement.ts';
import { TOLD_EVENTS, WRITTEN_EVENTS } from './sql/written-events.ts';

/** An event before it is published; CloudEvents attributes `type`, `subject`, `data`. Id, source, time and txid are given by the store. */
export interface NewEvent {
  /** `vestnik.<module>.<noun>.<past participle>` */
  readonly type: string;
  /** What it is about within the source: the client's name, the operation's id. */
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

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
