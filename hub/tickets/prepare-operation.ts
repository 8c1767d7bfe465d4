import { hash } from 'node:crypto';
import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { canonical } from './control/canonical.ts';
import type { Fault, Warning } from './control/faults.ts';
import { completeFromHistory, type StoredSale, saleToCopy, wantedFromHistory } from './control/history.ts';
import { parseOperation } from './control/parse.ts';
import type { CompleteOperation, Operation } from './control/schema.ts';
import { validateOperation } from './control/validate.ts';
import type { HistoryBasis, PreparedOperation } from './record-operations.ts';
import { type RoutingIndex, route } from './routing.ts';
import { actsOnNumber } from './sql/record.ts';
import { type BuiltDocument, buildDocuments, DocumentTooLarge } from './xml/writer.ts';

/** A parsed operation with its key; not yet completed from history. */
export interface ParsedOperation {
  readonly operation: Operation;
  readonly source: string;
  readonly externalId: string;
  /** The canonical form: what is stored when nothing comes from history, and what the digest is over. */
  readonly canonical: string;
  /** SHA-256 of the canonical form. */
  readonly digest: Buffer;
  /** Numbers whose stored sale is needed. */
  readonly history: ReturnType<typeof wantedFromHistory>;
}

/** Every fault of the operation as one VALIDATION error. */
export function refuse(faults: readonly Fault[]): HubError {
  const [first] = faults;
  const rest = faults.length > 1 ? ` and ${faults.length - 1} more` : '';
  return new HubError('VALIDATION', first ? `${first.path || '/'}: ${first.message}${rest}` : undefined, { details: faults });
}

/** Reads the form of a control message. @throws HubError VALIDATION with every fault. */
export function parseControl(value: unknown, login: string): ParsedOperation {
  const parsed = parseOperation(value, { source: login });
  if (!parsed.ok) throw refuse(parsed.faults);
  const { operation } = parsed;
  const text = canonical(operation);
  return {
    operation,
    source: operation.source ?? login,
    externalId: operation.id,
    canonical: text,
    digest: hash('sha256', text, 'buffer'),
    history: wantedFromHistory(operation),
  };
}

async function complete(db: Queryable, parsed: ParsedOperation): Promise<{ operation: CompleteOperation; basis: HistoryBasis[] }> {
  const found = new Map<string, StoredSale | 'taken-back'>();
  const basis: HistoryBasis[] = [];
  for (const [number, wanted] of parsed.history) {
    const rows = await actsOnNumber(db, parsed.source, number);
    basis.push({ number, newest: rows[0]?.document_id });
    const act = saleToCopy(
      rows.map((row) => ({
        role: row.role as CompleteOperation['documents'][number]['role'],
        ...(row.cancels !== null && { cancels: row.cancels as 'sale' | 'refund' }),
        row,
      })),
      wanted,
    );
    if (act === 'taken-back') found.set(number, act);
    else if (act) found.set(number, { control: act.row.control as CompleteOperation, documentIndex: act.row.position });
  }
  const completed = completeFromHistory(parsed.operation, found);
  if (!completed.ok) throw refuse(completed.faults);
  return { operation: completed.operation, basis };
}

function build(operation: CompleteOperation): BuiltDocument[] {
  try {
    return buildDocuments(operation);
  } catch (error) {
    if (error instanceof DocumentTooLarge) throw refuse([error.fault]);
    throw error;
  }
}

function receivers(index: RoutingIndex<number>, operation: CompleteOperation, built: BuiltDocument): number[] {
  const { deal, kind } = operation;
  return route(
    index,
    { agency: deal.agency, validator: deal.validator, terminal: deal.terminal, kind },
    { carrier: built.carrier, segmentCarriers: built.segmentCarriers, type: built.type },
  );
}

/**
 * Completes an operation from history, checks it, builds its files and finds their receivers. Writes nothing.
 * @throws HubError VALIDATION with every fault; STORE_UNAVAILABLE when history cannot be read.
 */
export async function prepareOperation(
  db: Queryable,
  parsed: ParsedOperation,
  options: { index: RoutingIndex<number>; receivedBy: string; now: Temporal.Instant },
): Promise<PreparedOperation> {
  const { operation, basis } =
    parsed.history.size === 0 ? { operation: parsed.operation as CompleteOperation, basis: [] } : await complete(db, parsed);
  const { faults, warnings } = validateOperation(operation, options.now);
  if (faults.length > 0) throw refuse(faults);
  const documents = build(operation).map((built) => ({ built, clients: receivers(options.index, operation, built) }));
  const unrouted = documents
    .filter(({ clients }) => clients.length === 0)
    .map(
      ({ built }): Warning => ({
        code: 'UNROUTED',
        path: `/documents/${built.index}`,
        message: `no client receives ${built.type} ${built.number}`,
      }),
    );
  return {
    source: parsed.source,
    externalId: parsed.externalId,
    digest: parsed.digest,
    kind: operation.kind,
    occurredAt: operation.time,
    receivedBy: options.receivedBy,
    control: parsed.history.size === 0 ? parsed.canonical : JSON.stringify(operation),
    warnings: [...warnings, ...unrouted],
    documents,
    basis,
  };
}
