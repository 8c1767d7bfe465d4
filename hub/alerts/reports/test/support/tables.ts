import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { findProgram } from '../../../../../scripts/setup/programs.mjs';
import type { ReportSheet, ReportTable, Rows } from '../../report-table.ts';

/** A report of one sheet. */
export const tableOf = (columns: readonly string[], rows: Rows, more: Partial<ReportTable> = {}): ReportTable => ({
  title: 'Отчёт о запуске',
  language: 'ru',
  head: [],
  sheets: [sheetOf('Получатели', columns, rows)],
  ...more,
});

/** A sheet that gives its rows by threes. */
export function sheetOf(name: string, columns: readonly string[], rows: Rows): ReportSheet {
  async function* pages(): AsyncGenerator<Rows> {
    for (let at = 0; at < rows.length; at += 3) yield rows.slice(at, at + 3);
  }
  return { name, columns, pages: pages() };
}

export async function bytesOf(pieces: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(all);
}

export interface SeenSheet {
  readonly name: string;
  /** By row and column; a cell that is not a text is given as `kind:value`. */
  readonly cells: readonly (readonly string[])[];
}

const XLRD = `
import json, sys, xlrd
book = xlrd.open_workbook(sys.argv[1])
def cell(c):
    return c.value if c.ctype in (0, 1, 6) else '%d:%s' % (c.ctype, c.value)
json.dump([{'name': s.name, 'cells': [[cell(s.cell(r, c)) for c in range(s.ncols)] for r in range(s.nrows)]} for s in book.sheets()], sys.stdout)
`;

/** What xlrd sees in a workbook, of both formats. @param path where the workbook is written */
export function seenByXlrd(workbook: Buffer, path: string): SeenSheet[] {
  writeFileSync(path, workbook);
  const seen = execFileSync(findProgram('python3-xlrd') ?? 'python3', ['-c', XLRD, path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(seen) as SeenSheet[];
}
