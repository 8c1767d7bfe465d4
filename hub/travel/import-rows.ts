import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { type FaultDetail, HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { ImportRow } from './read-import.ts';
import { type ImportKind, type SavedRow, saveImported } from './save-imported.ts';
import type { Importer } from './source-of-change.ts';
import { keepSavepoint, setSavepoint, undoToSavepoint } from './sql/savepoints.ts';

/** What became of one row. `error` is there when it failed. */
export interface RowReport {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly result: SavedRow['result'] | 'failed';
  readonly id: number | null;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly russian: string | null;
    readonly details: readonly FaultDetail[];
  };
}

export interface ImportReport {
  readonly dry_run: boolean;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly rows: readonly RowReport[];
}

/** Rows of one transaction: it holds back the events of all others while it is open. */
const BATCH = 100;

function failed(line: number, error: HubError): RowReport {
  const { code, reason, message, russian, details } = error;
  return { line, result: 'failed', id: null, error: { code: reason ?? code, message, russian: russian ?? null, details } };
}

async function saveOne(tx: Transaction, caller: Caller, kind: ImportKind, row: ImportRow, seen: Map<string, number>): Promise<RowReport> {
  if ('fault' in row) return failed(row.line, row.fault);
  await setSavepoint(tx);
  try {
    const saved = await saveImported(tx, caller, { ...row, kind, seen });
    await keepSavepoint(tx);
    return { line: row.line, ...saved };
  } catch (error) {
    if (!(error instanceof HubError) || error.status >= 500) throw error;
    await undoToSavepoint(tx);
    return failed(row.line, error);
  }
}

/** Takes a tried batch back. */
class Tried extends Error {}

/**
 * Imports rows with the source `import` (spec 2.9): each is saved or refused by itself. A dry run does the same and takes it back. A repeated
 * import changes nothing, so one that broke off is simply sent again. Batches of 100 rows commit one after the other.
 * @throws HubError STORE_UNAVAILABLE and the like; the batches before are saved then.
 */
export async function importRows(
  database: Database,
  caller: Caller,
  { kind, rows, dryRun }: { readonly kind: ImportKind; readonly rows: readonly ImportRow[]; readonly dryRun: boolean },
): Promise<ImportReport> {
  const importer: Importer = { ...caller, importing: true };
  const reports: RowReport[] = [];
  const seen = new Map<string, number>();
  for (let at = 0; at < rows.length; at += BATCH) {
    const batch: RowReport[] = [];
    await database
      .transaction(async (tx) => {
        for (const row of rows.slice(at, at + BATCH)) batch.push(await saveOne(tx, importer, kind, row, seen));
        if (dryRun) throw new Tried();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Tried)) throw error;
      });
    reports.push(...batch);
  }
  const count = (result: RowReport['result']): number => reports.filter((report) => report.result === result).length;
  const counts = { created: count('created'), updated: count('updated'), unchanged: count('unchanged'), failed: count('failed') };
  // Ids of a dry run were given and taken back: they mean nothing.
  const shown = dryRun ? reports.map((report) => (report.result === 'created' ? { ...report, id: null } : report)) : reports;
  return { dry_run: dryRun, ...counts, rows: shown };
}
