import type { Queryable } from '../core/database/statement.ts';
import type { Warning } from './control/faults.ts';
import { documentsOfOperations, operationsByKey } from './sql/record.ts';

/** What tells operations apart, and whether two with one key are the same. */
export interface OperationKey {
  readonly source: string;
  readonly externalId: string;
  /** SHA-256 of the canonical form. */
  readonly digest: Buffer;
}

export interface RecordedDocument {
  readonly documentId: string;
  /** Place in the control message, from 0. */
  readonly position: number;
  readonly type: string;
  readonly number: string;
  readonly clients: readonly number[];
}

export interface StoredOperation {
  readonly operationId: string;
  readonly documents: readonly RecordedDocument[];
  readonly warnings: readonly Warning[];
}

/**
 * What is stored under the keys of operations.
 * @returns for each key, in the order given, `duplicate`, `conflict` (another digest), or undefined when nothing is stored.
 */
export async function findStored(
  db: Queryable,
  keys: readonly OperationKey[],
): Promise<(({ readonly status: 'duplicate' } & StoredOperation) | { readonly status: 'conflict' } | undefined)[]> {
  if (keys.length === 0) return [];
  const stored = await operationsByKey(
    db,
    keys.map(({ source }) => source),
    keys.map(({ externalId }) => externalId),
  );
  if (stored.length === 0) return keys.map(() => undefined);
  const byKey = new Map(stored.map((row) => [`${row.source} ${row.external_id}`, row]));
  const documents = await documentsOfOperations(db, [...new Set(stored.map((row) => row.operation_id))]);
  const byOperation = Map.groupBy(documents, (row) => row.operation_id);
  return keys.map(({ source, externalId, digest }) => {
    const row = byKey.get(`${source} ${externalId}`);
    if (!row) return undefined;
    if (!row.body_sha256.equals(digest)) return { status: 'conflict' };
    return {
      status: 'duplicate',
      operationId: row.operation_id,
      warnings: (row.warnings ?? []) as Warning[],
      documents: (byOperation.get(row.operation_id) ?? []).map(({ document_id, position, type, number, clients }) => ({
        documentId: document_id,
        position,
        type,
        number,
        clients,
      })),
    };
  });
}
