import { setTimeout as pause } from 'node:timers/promises';
import { type Batcher, createBatcher } from '../core/database/batcher.ts';
import type { Database } from '../core/database/database.ts';
import type { DiskGuard } from '../core/database/disk-guard.ts';
import { HubError, toHubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { measure, notesOf } from '../core/telemetry/channels.ts';
import { KINDS } from './control/codes.ts';
import { findStored } from './find-stored.ts';
import { type ParsedOperation, parseControl, prepareOperation } from './prepare-operation.ts';
import { type PreparedOperation, type RecordOutcome, recordOperations } from './record-operations.ts';
import type { RoutingTable } from './routing-table.ts';
import { insertRejections } from './sql/rejections.ts';
import type { XmlValidator } from './xml/validate.ts';

/**
 * From a control message to an answer that nothing can take back.
 *
 * An operation is parsed -> (completed from history) -> checked, built, routed -> waiting in the batcher -> stored with all its messages in one
 * transaction -> answered. Up to the commit nothing is written; after it everything is there.
 * start: by createIngest; stop(): no new operations, those waiting are stored, then it resolves.
 */
export interface Ingest {
  /**
   * Stores one operation.
   * @param patience milliseconds that it may wait for room in the batcher. Operations with the same tickets wait behind it, so their order
   *   stays. (Default: 0)
   * @throws HubError VALIDATION, OPERATION_CONFLICT, BUSY, STORE_UNAVAILABLE, SHUTTING_DOWN
   */
  submit(value: unknown, login: string, patience?: number): Promise<Submitted>;
  /** Remembers a refused message for the console; never fails. */
  rejected(error: HubError, value: unknown, login: string): void;
  stop(): Promise<void>;
}

/** The id as the sender gave it, and what was stored. */
export type Submitted = { readonly id: string } & Extract<RecordOutcome, { documents: unknown }>;

export interface IngestOptions {
  readonly database: Database;
  readonly routing: RoutingTable;
  readonly disk: DiskGuard | undefined;
  readonly queueDays: number;
  readonly batchOperations: number;
  readonly batchBytes: number;
  readonly queueBound: number;
  /** One of so many documents is validated against the XSD; 0: none. */
  readonly xsdSample: number;
  readonly validator: () => XmlValidator;
}

interface Rejection {
  readonly login: string;
  readonly source: string | null;
  readonly id: string | null;
  readonly code: string;
  /** JSON */
  readonly faults: string;
}

const notes = notesOf('tickets.ingest');
/** How often an operation is completed again because its history moved on meanwhile. */
const HISTORY_TRIES = 10;
/** How often an operation asks for room in the batcher. Milliseconds. */
const ASK_EVERY = 50;

const weightOf = (item: PreparedOperation): number =>
  item.documents.reduce((sum, { built }) => sum + built.xml.length, item.control.length);

/** Text that PostgreSQL takes, also within JSON: no NUL, no half of a surrogate pair. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** A fault of libxml2 without the value that it quotes, which may be a passenger's name. Names of elements stay. */
const withoutValue = (fault: string): string => fault.replace(/(: |The value )'.*'(?= (?:is not|has) )/s, "$1'...'");

export function createIngest(options: IngestOptions): Ingest {
  const { database, routing } = options;
  /** Operations under way by number: one that is completed from history waits for those before it that touch the same number. */
  const underWay = new Map<string, Promise<unknown>>();
  const validating = new Set<Promise<void>>();
  let built = 0;
  let validator: XmlValidator | undefined;

  const batcher = createBatcher<PreparedOperation, RecordOutcome>({
    maxItems: options.batchOperations,
    maxWeight: options.batchBytes,
    maxInFlight: 2,
    queueBound: options.queueBound,
    weightOf,
    async flush(items) {
      const begun = performance.now();
      const outcomes = await database.queueTransaction((tx) =>
        recordOperations(tx, items, { queueDays: options.queueDays, nameOf: routing.nameOf }),
      );
      measure('vestnik_tickets_batch_size', items.length);
      measure('vestnik_tickets_batch_seconds', (performance.now() - begun) / 1000);
      return outcomes;
    },
  });

  const rejections: Batcher<Rejection, void> = createBatcher({
    maxItems: 200,
    maxWeight: 1024 ** 2,
    maxInFlight: 1,
    queueBound: 1_000,
    queueWeight: 4 * 1024 ** 2,
    weightOf: ({ faults }) => faults.length + 200,
    async flush(items) {
      await insertRejections(
        database.work,
        items.map(({ login }) => login),
        items.map(({ source }) => source),
        items.map(({ id }) => id),
        items.map(({ code }) => code),
        items.map(({ faults }) => faults),
      );
      return items.map(() => undefined);
    },
  });

  const validate = async (document: PreparedOperation['documents'][number]['built']): Promise<void> => {
    validator ??= options.validator();
    const faults = validator.validate(document.xml, document.type);
    if (faults.length === 0) return;
    const { type, number } = document;
    const shown = faults.map(withoutValue);
    notes.error('a written document does not pass its XSD', { type, faults: shown });
    await database.transaction((tx) =>
      publish(tx, { type: 'vestnik.tickets.document.invalid', subject: number, data: { type, number, faults: shown } }),
    );
  };
  const sampleXsd = (item: PreparedOperation): void => {
    if (options.xsdSample === 0) return;
    for (const { built: document } of item.documents) {
      built += 1;
      if (built % options.xsdSample !== 0) continue;
      const done = validate(document)
        .catch((error) => notes.error('a document could not be validated', {}, error))
        .finally(() => validating.delete(done));
      validating.add(done);
    }
  };

  const findDuplicate = async (parsed: ParsedOperation): Promise<RecordOutcome | undefined> => {
    const [outcome] = await findStored(database.work, [parsed]);
    return outcome;
  };

  /** Waits for room as long as the patience lasts. */
  const enqueue = async (prepared: PreparedOperation, until: number): Promise<RecordOutcome> => {
    for (;;) {
      try {
        return await batcher.submit(prepared);
      } catch (error) {
        if (!(error instanceof HubError && error.code === 'BUSY') || performance.now() >= until) throw error;
        await pause(ASK_EVERY);
      }
    }
  };

  const prepare = (parsed: ParsedOperation, login: string): Promise<PreparedOperation> =>
    prepareOperation(database.work, parsed, { index: routing.index, receivedBy: login, now: Temporal.Now.instant() });

  const storeOnce = async (parsed: ParsedOperation, login: string, until: number): Promise<RecordOutcome> => {
    const prepared = await prepare(parsed, login);
    const outcome = await enqueue(prepared, until);
    if (outcome.status === 'created') sampleXsd(prepared);
    return outcome;
  };

  /**
   * A repeat of an operation that rests on history finds its tickets taken back by itself; so its key is looked up first, and once more when
   * it is refused, because another hub may have stored it in between.
   */
  const storeFromHistory = async (parsed: ParsedOperation, login: string, until: number): Promise<RecordOutcome> => {
    await Promise.allSettled([...parsed.history.keys()].map((number) => underWay.get(`${parsed.source} ${number}`)));
    for (let attempt = 0; attempt < HISTORY_TRIES; attempt += 1) {
      const known = await findDuplicate(parsed);
      if (known) return known;
      try {
        const outcome = await storeOnce(parsed, login, until);
        if (outcome.status !== 'stale') return outcome;
      } catch (error) {
        const stored = error instanceof HubError && error.code === 'VALIDATION' ? await findDuplicate(parsed) : undefined;
        if (!stored) throw error;
        return stored;
      }
    }
    throw new HubError('BUSY', 'other operations with the same tickets are being stored: repeat it', { retryAfter: 1 });
  };

  const count = (kind: string, result: string): void => measure('vestnik_tickets_operations_total', 1, { kind, result });

  return {
    async submit(value, login, patience = 0) {
      if (options.disk?.refusal) throw new HubError('STORE_UNAVAILABLE', options.disk.refusal, { retryAfter: 30 });
      const parsed = parseControl(value, login);
      const until = performance.now() + patience;
      const stored = parsed.history.size > 0 ? storeFromHistory(parsed, login, until) : storeOnce(parsed, login, until);
      const marks = parsed.operation.documents.map((document) => {
        const key = `${parsed.source} ${document.number}`;
        const before = underWay.get(key);
        const mark = before ? Promise.allSettled([before, stored]) : stored;
        underWay.set(key, mark);
        return { key, mark };
      });
      try {
        const outcome = await stored;
        if (!('documents' in outcome)) {
          throw new HubError('OPERATION_CONFLICT', `operation ${parsed.externalId} of ${parsed.source} is stored with other content`);
        }
        count(parsed.operation.kind, outcome.status);
        if (outcome.status === 'created') {
          for (const { type, clients } of outcome.documents) {
            measure('vestnik_tickets_documents_total', 1, { type });
            if (clients.length === 0) measure('vestnik_tickets_unrouted_total', 1);
          }
        }
        return { id: parsed.externalId, ...outcome };
      } catch (error) {
        throw toHubError(error);
      } finally {
        for (const { key, mark } of marks) if (underWay.get(key) === mark) underWay.delete(key);
      }
    },
    rejected(error, value, login) {
      const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
      const kind = KINDS.find((known) => known === fields['kind']) ?? 'unknown';
      count(kind, error.code === 'OPERATION_CONFLICT' ? 'conflict' : 'rejected');
      const short = (field: unknown): string | null => (typeof field === 'string' ? storable(field).slice(0, 100).toWellFormed() : null);
      const details = error.details.length > 0 ? error.details : [{ code: error.code, path: '', message: error.message }];
      const faults = JSON.stringify(details.map(({ code, path, message }) => ({ code, path: storable(path), message: storable(message) })));
      // A full waiting line drops it: the sender has its answer, and a flood must not fill the database.
      rejections
        .submit({ source: short(fields['source']), id: short(fields['id']), code: error.code, faults, login })
        .catch((failure) =>
          notes.debug('a refused message was not remembered', { why: failure instanceof Error ? failure.message : failure }),
        );
    },
    async stop() {
      await Promise.all([batcher.stop(), rejections.stop()]);
      await Promise.all(validating);
    },
  };
}
