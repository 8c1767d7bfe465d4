import { parentPort, workerData } from 'node:worker_threads';
import type { CsvRow } from '../../core/csv.ts';
import { type ErrorCode, HubError } from '../../core/errors.ts';
import { type ParsedTable, parseTable, type TableLimits, type TableSheets } from './parse-table.ts';

/** What the thread answers when it is asked for more: rows in their order, and at the end none; or why the table cannot be read. */
export type TableAnswer =
  | ({ readonly kind: 'rows'; readonly rows: readonly CsvRow[] } & TableSheets)
  | { readonly kind: 'fault'; readonly code: ErrorCode; readonly message: string; readonly reason?: string; readonly russian?: string };

/** The thread in which a table is read: whole with the first question, then given out in parts. */
const { file, limits, sheet, rowsAtOnce } = workerData as { file: Uint8Array; limits: TableLimits; sheet?: string; rowsAtOnce: number };
let table: ParsedTable | undefined;
let at = 0;

function answer(): TableAnswer {
  try {
    table ??= parseTable(file, limits, sheet);
    at += rowsAtOnce;
    return { kind: 'rows', rows: table.rows.slice(at - rowsAtOnce, at), sheets: table.sheets, sheet: table.sheet };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { code, message, reason, russian } = error;
    return { kind: 'fault', code, message, ...(reason !== undefined && { reason }), ...(russian !== undefined && { russian }) };
  }
}

parentPort?.on('message', () => parentPort?.postMessage(answer()));
