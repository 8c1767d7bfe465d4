import { type Batcher, createBatcher } from '../core/database/batcher.ts';
import type { Database } from '../core/database/database.ts';
import type { DiskGuard } from '../core/database/disk-guard.ts';
import { HubError, toHubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { measure, notesOf } from '../core/telemetry/channels.ts';
import { type ParsedOperation, parseControl, prepareOperation } from './prepare-operation.ts';
import { type PreparedOperation, type RecordOutcome, recordOperations } from './record-operations.ts';
import type { RoutingTable } from './routing-table.ts';
import { documentsOfOperations, operationsByKey } from './sql/record.ts';
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
   * @throws HubError VALIDATION, OPERATION_CONFLICT, BUSY, STORE_UNAVAILABLE, SHUTTING_DOWN
   */
  submit(value: unknown, login: string): Promise<Submitted>;
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

const notes = notesOf('tickets.ingest');
/** How often an operation is completed again because its history moved on meanwhile. */
const HISTORY_TRIES = 10;

const weightOf = (item: PreparedOperation): number =>
  item.documents.reduce((sum, { built }) => sum + built.xml.length, item.control.length);

export function createIngest(options: IngestOptions): Ingest {
  const { database, routing } = options;
  /** Operations under way by number: one that is completed from history waits for those before it that touch the same number. */
  const underWay = new Map<string, Promise<unknown>>();
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

  const rejections: Batcher<{ error: HubError; source: string | null; id: string | null; login: string }, void> = createBatcher({
    maxItems: 200,
    maxWeight: 1024 ** 2,
    maxInFlight: 1,
    queueBound: 1_000,
    weightOf: () => 1_000,
    async flush(items) {
      await insertRejections(
        database.work,
        items.map(({ login }) => login),
        items.map(({ source }) => source),
        items.map(({ id }) => id),
        items.map(({ error }) => error.code),
        items.map(({ error }) =>
          JSON.stringify(error.details.length > 0 ? error.details : [{ code: error.code, path: '', message: error.message }]),
        ),
      );
      return items.map(() => undefined);
    },
  });

  const sampleXsd = (item: PreparedOperation): void => {
    if (options.xsdSample === 0) return;
    for (const { built: document } of item.documents) {
      built += 1;
      if (built % options.xsdSample !== 0) continue;
      void (async () => {
        validator ??= options.validator();
        const faults = validator.validate(document.xml, document.type);
        if (faults.length === 0) return;
        notes.error('a written document does not pass its XSD', { type: document.type, number: document.number, faults });
        await database.transaction((tx) =>
          publish(tx, {
            type: 'vestnik.tickets.document.invalid',
            subject: document.number,
            data: { type: document.type, number: document.number, faults },
          }),
        );
      })().catch((error) => notes.error('a document could not be validated', {}, error));
    }
  };

  const findDuplicate = async (parsed: ParsedOperation): Promise<RecordOutcome | undefined> => {
    const [row] = await operationsByKey(database.work, [parsed.source], [parsed.externalId]);
    if (!row) return undefined;
    if (!row.body_sha256.equals(parsed.digest)) return { status: 'conflict' };
    const documents = await documentsOfOperations(database.work, [row.operation_id]);
    return {
      status: 'duplicate',
      operationId: row.operation_id,
      warnings: (row.warnings ?? []) as Extract<RecordOutcome, { warnings: unknown }>['warnings'],
      documents: documents.map(({ document_id, position, type, number, clients }) => ({
        documentId: document_id,
        position,
        type,
        number,
        clients,
      })),
    };
  };

  const store = async (parsed: ParsedOperation, login: string): Promise<RecordOutcome> => {
    const before = [...parsed.history.keys()].map((number) => underWay.get(`${parsed.source} ${number}`));
    if (before.length > 0) await Promise.allSettled(before);
    for (let attempt = 0; attempt < HISTORY_TRIES; attempt += 1) {
      if (parsed.history.size > 0) {
        // A repeat of an operation would find the tickets taken back by itself; so its key is looked up first.
        const known = await findDuplicate(parsed);
        if (known) return known;
      }
      const prepared = await prepareOperation(database.work, parsed, {
        index: routing.index,
        receivedBy: login,
        now: Temporal.Now.instant(),
      });
      const outcome = await batcher.submit(prepared);
      if (outcome.status === 'created') sampleXsd(prepared);
      if (outcome.status !== 'stale') return outcome;
    }
    throw new HubError('BUSY', 'other operations with the same tickets are being stored: repeat it', { retryAfter: 1 });
  };

  return {
    async submit(value, login) {
      if (options.disk?.refusal) throw new HubError('STORE_UNAVAILABLE', options.disk.refusal, { retryAfter: 30 });
      const parsed = parseControl(value, login);
      const keys = parsed.operation.documents.map((document) => `${parsed.source} ${document.number}`);
      const stored = store(parsed, login);
      const marks = keys.map((key) => {
        const before = underWay.get(key);
        const mark = before ? Promise.allSettled([before, stored]) : stored;
        underWay.set(key, mark);
        return { key, mark };
      });
      try {
        const outcome = await stored;
        measure('vestnik_tickets_operations_total', 1, { kind: parsed.operation.kind, result: outcome.status });
        if (!('documents' in outcome)) {
          throw new HubError('OPERATION_CONFLICT', `operation ${parsed.externalId} of ${parsed.source} is stored with other content`);
        }
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
      measure('vestnik_tickets_operations_total', 1, { kind: 'unknown', result: 'rejected' });
      const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
      const short = (field: unknown): string | null =>
        typeof field === 'string' ? field.toWellFormed().replaceAll('\0', '').slice(0, 100) : null;
      // A full waiting line drops it: the sender has its answer, and a flood must not fill the database.
      rejections
        .submit({ error, source: short(fields['source']), id: short(fields['id']), login })
        .catch((failure) =>
          notes.debug('a refused message was not remembered', { why: failure instanceof Error ? failure.message : failure }),
        );
    },
    async stop() {
      await Promise.all([batcher.stop(), rejections.stop()]);
    },
  };
}
