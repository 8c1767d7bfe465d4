import type { CsvRow } from '../../core/csv.ts';
import { HubError } from '../../core/errors.ts';
import { startThread } from './one-thread.ts';
import type { TableLimits, TableSheets } from './parse-table.ts';
import type { TableAnswer } from './table-worker.ts';

export interface ReadTableOptions extends Partial<TableLimits> {
  /** (Default: 20 MiB) Bytes of the file. */
  readonly bytes?: number;
  /** (Default: 512) MiB that the objects of the thread may take. */
  readonly memory?: number;
  /** (Default: 60,000) Milliseconds for the whole reading. */
  readonly patience?: number;
  /** Of a workbook, by its name or its number from 1. (Default: the first) */
  readonly sheet?: string | undefined;
  /** Told before the first rows, also when there are none. */
  readonly onSheets?: ((about: TableSheets) => void) | undefined;
}

const MIB = 1_048_576;
const ROWS_AT_ONCE = 500;

/**
 * Reads a table that somebody sends, for an import: CSV (UTF-8, UTF-16 or windows-1251; semicolons, commas or tabs), XLS or XLSX, told by its first
 * octets. It is read in a thread of its own, so that neither size nor malice holds up the event loop: bytes, rows (default 100,000), columns (100),
 * characters (50 million), what a workbook unpacks to (100 MiB), memory and time are bounded. Titles are the first row; empty rows are left out.
 * @returns rows in their order, some hundreds at a time; `line` is that of the file or sheet, from 1
 * @throws HubError BAD_REQUEST when it cannot be read; TOO_LARGE naming the limit; BUSY when too many are being read. Their reasons are `table`, `csv`,
 * `workbook` and `unknown_sheet`, and all have a Russian sentence
 * @example for await (const rows of readTable(upload)) for (const { line, cells } of rows) check(line, cells);
 */
export async function* readTable(file: Uint8Array, options: ReadTableOptions = {}): AsyncGenerator<readonly CsvRow[]> {
  const { bytes = 20 * MIB, memory = 512, patience = 60_000, sheet, onSheets } = options;
  const { rows = 100_000, columns = 100, characters = 50_000_000, unpacked = 100 * MIB } = options;
  if (file.length > bytes) {
    throw new HubError('TOO_LARGE', `the file has ${file.length} bytes; at most ${bytes}`, {
      reason: 'table',
      russian: `в файле ${file.length} байт, допустимо ${bytes}`,
    });
  }
  const limits: TableLimits = { rows, columns, characters, unpacked };
  const data = { file, limits, sheet, rowsAtOnce: ROWS_AT_ONCE };
  const thread = await startThread(new URL('./table-worker.ts', import.meta.url), { data, memory, patience });
  try {
    for (let first = true; ; first = false) {
      const answer = await thread.ask<TableAnswer>('more');
      if (answer.kind === 'fault') {
        const { code, message, reason, russian } = answer;
        throw new HubError(code, message, { ...(reason !== undefined && { reason }), ...(russian !== undefined && { russian }) });
      }
      if (first) onSheets?.({ sheets: answer.sheets, sheet: answer.sheet });
      if (answer.rows.length === 0) return;
      yield answer.rows;
    }
  } finally {
    await thread.stop();
  }
}
