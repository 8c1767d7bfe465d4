import { HubError } from '../../core/errors.ts';
import { startThread, type Thread } from './one-thread.ts';
import type { ReportSheet, ReportTable } from './report-table.ts';
import { MOST_COLUMNS, type WorkbookFormat } from './workbook-format.ts';
import type { WorkbookPieces, WorkbookStep } from './workbook-worker.ts';

export interface WorkbookOptions {
  /** (Default: 512) MiB that the objects of the thread may take. */
  readonly memory?: number;
  /** (Default: 120,000) Milliseconds for one step. */
  readonly patience?: number;
}

/** Rows that are handed to the thread at once: their copy holds the event loop up for about a millisecond. */
const ROWS_AT_ONCE = 250;

async function* writeSheet(thread: Thread, { title, head }: ReportTable, sheet: ReportSheet, first: boolean): AsyncGenerator<Uint8Array> {
  const tell = (step: WorkbookStep): Promise<WorkbookPieces> => thread.ask<WorkbookPieces>(step);
  const above = first && head.length > 0 ? [[title], ...head.map(([label, value]) => [label, value])] : [];
  yield* await tell({ kind: 'begin', name: sheet.name, head: above, columns: sheet.columns });
  for await (const rows of sheet.pages) {
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) yield* await tell({ kind: 'rows', rows: rows.slice(at, at + ROWS_AT_ONCE) });
  }
}

/**
 * A report as a workbook, BIFF8 (`xls`) or XLSX, written in a thread of its own (specification 6.4): the event loop is not held up, memory and time are
 * bounded. Every value is a cell of text, never a formula. Given in pieces; XLS comes whole at the end, as its beginning is known only then.
 * @throws HubError VALIDATION for more columns than 256; TOO_LARGE when memory or time are not enough; BUSY when too many are being made
 */
export async function* writeWorkbook(
  table: ReportTable,
  format: WorkbookFormat,
  { memory = 512, patience = 120_000 }: WorkbookOptions = {},
): AsyncGenerator<Uint8Array> {
  const wide = table.sheets.find(({ columns }) => columns.length > MOST_COLUMNS);
  if (wide) throw new HubError('VALIDATION', `the table "${wide.name}" has ${wide.columns.length} columns; a sheet has ${MOST_COLUMNS}`);
  const thread = await startThread(new URL('./workbook-worker.ts', import.meta.url), { data: { format }, memory, patience });
  try {
    for (const [index, sheet] of table.sheets.entries()) yield* writeSheet(thread, table, sheet, index === 0);
    yield* await thread.ask<WorkbookPieces>({ kind: 'end' } satisfies WorkbookStep);
  } finally {
    await thread.stop();
  }
}
