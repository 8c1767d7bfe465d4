import type { Queryable } from '../core/database/statement.ts';
import { writeCsv } from './reports/csv.ts';
import { writeHtml } from './reports/html.ts';
import type { ReportTable } from './reports/report-table.ts';
import { writeWorkbook } from './reports/workbook.ts';
import { type ReportManner, runReport } from './run-report.ts';

export const REPORT_FORMATS = ['html', 'xls', 'xlsx', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Content type and the end of a file's name by format. */
export const REPORT_TYPES: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
};

/** Tables of a report; CSV holds one of them. */
export const REPORT_PARTS = ['targets', 'attempts'] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];

export interface ReportPorts {
  readonly db: Queryable;
  readonly manner: ReportManner;
}

async function* bytesOf(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}

function piecesOf(table: ReportTable, format: ReportFormat, part: ReportPart): AsyncIterable<Uint8Array> {
  if (format === 'html') return bytesOf(writeHtml(table));
  if (format !== 'csv') return writeWorkbook(table, format);
  const sheet = table.sheets[REPORT_PARTS.indexOf(part)];
  if (!sheet) throw new Error(`a report has no part ${part}`);
  return bytesOf(writeCsv(sheet));
}

/**
 * The report of a run as a file, in pieces that are made as they are taken.
 * @param part of a CSV, which holds one table; other formats hold both
 * @throws HubError NOT_FOUND `unknown_run`; BUSY while too many workbooks are being made. Pieces throw TOO_LARGE when a workbook needs too much
 */
export async function* reportOfRun(
  { db, manner }: ReportPorts,
  runId: number,
  format: ReportFormat,
  part: ReportPart = 'targets',
): AsyncGenerator<Uint8Array> {
  yield* piecesOf(await runReport(db, manner, runId), format, part);
}

/** The first piece, so that what is wrong is told before anything is sent. @throws whatever the pieces throw */
export async function beginReport(pieces: AsyncGenerator<Uint8Array>): Promise<AsyncGenerator<Uint8Array>> {
  const first = await pieces.next();
  return (async function* () {
    if (first.done !== true) yield first.value;
    yield* pieces;
  })();
}
