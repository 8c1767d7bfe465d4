import { parentPort, workerData } from 'node:worker_threads';
import { createXlsWriter } from './biff8.ts';
import type { Rows } from './report-table.ts';
import type { WorkbookFormat } from './workbook-format.ts';
import { createWorkbookLayout } from './workbook-layout.ts';
import { createXlsxWriter } from './xlsx.ts';

/** What the thread is told; each message is answered by `WorkbookPieces`. */
export type WorkbookStep =
  | { readonly kind: 'begin'; readonly name: string; readonly head: Rows; readonly columns: readonly string[] }
  | { readonly kind: 'rows'; readonly rows: Rows }
  | { readonly kind: 'end' };

/** Bytes of the file that came about by the step. */
export type WorkbookPieces = Uint8Array<ArrayBuffer>[];

/** The thread in which a workbook is written: made for one workbook, told what goes into it step by step, ended by whoever made it. */
const { format } = workerData as { format: WorkbookFormat };
const writer = format === 'xls' ? createXlsWriter() : createXlsxWriter();
const layout = createWorkbookLayout(writer);

parentPort?.on('message', (step: WorkbookStep) => {
  if (step.kind === 'begin') layout.begin(step.name, step.head, step.columns);
  else if (step.kind === 'rows') layout.add(step.rows);
  else layout.end();
  const pieces: WorkbookPieces = writer.take().map((octets) => Uint8Array.from(octets));
  parentPort?.postMessage(
    pieces,
    pieces.map(({ buffer }) => buffer),
  );
});
