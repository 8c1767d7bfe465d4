import { read } from '@e965/xlsx';
import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { type CsvRow, parseCsv } from '../../core/csv.ts';
import { HubError } from '../../core/errors.ts';
import { unguardCell } from './csv.ts';
import { cellText, type ReadCell } from './table-values.ts';
import { unpackWorkbook } from './unpack-workbook.ts';

/** What a table may have at most. */
export interface TableLimits {
  readonly rows: number;
  readonly columns: number;
  /** UTF-16 units of all cells together. */
  readonly characters: number;
  /** Bytes of a workbook, unpacked. */
  readonly unpacked: number;
}

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0];
const begins = (file: Uint8Array, signature: readonly number[]): boolean => signature.every((octet, index) => file[index] === octet);

const refused = (code: 'BAD_REQUEST' | 'TOO_LARGE', message: string, russian: string, cause?: unknown): HubError =>
  new HubError(code, message, { reason: 'table', russian, cause });

/** A text file in one of the encodings that spreadsheets write: UTF-8, UTF-16 with its mark, else windows-1251. */
function textOf(file: Uint8Array): string {
  if (file[0] === 0xff && file[1] === 0xfe) return new TextDecoder('utf-16le').decode(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return decodeWindows1251(file);
  }
}

function workbookRows(file: Uint8Array, limits: TableLimits): CsvRow[] {
  const zipped = begins(file, ZIP);
  const bytes = zipped ? unpackWorkbook(file, limits.unpacked) : file;
  let data: readonly (readonly (ReadCell | undefined)[] | undefined)[];
  try {
    const book = read(bytes, {
      type: 'array',
      dense: true,
      sheets: 0,
      // One row more than is allowed, to notice that there are more.
      sheetRows: limits.rows + 2,
      cellDates: true,
      UTC: true,
      cellFormula: false,
      cellHTML: false,
      cellText: false,
    });
    const sheet = book.Sheets[book.SheetNames[0] ?? ''] as { '!data'?: typeof data } | undefined;
    data = sheet?.['!data'] ?? [];
  } catch (error) {
    throw refused('BAD_REQUEST', 'the workbook cannot be read', 'книгу не удалось прочитать', error);
  }
  const rows: CsvRow[] = [];
  for (const [index, cells] of data.entries()) {
    const texts = Array.from(cells ?? [], cellText);
    while (texts.at(-1) === '') texts.pop();
    if (texts.some((text) => text.trim() !== '')) rows.push({ line: index + 1, cells: texts });
  }
  return rows;
}

/** Checks what no format bounds by itself. @throws HubError TOO_LARGE naming the limit */
function checkSize(rows: readonly CsvRow[], limits: TableLimits): void {
  // The titles are no row of the table.
  if (rows.length > limits.rows + 1) throw refused('TOO_LARGE', `more than ${limits.rows} rows`, `больше ${limits.rows} строк`);
  let characters = 0;
  for (const { line, cells } of rows) {
    if (cells.length > limits.columns) {
      throw refused(
        'TOO_LARGE',
        `line ${line}: ${cells.length} columns; at most ${limits.columns}`,
        `строка ${line}: ${cells.length} столбцов, допустимо ${limits.columns}`,
      );
    }
    for (const { length } of cells) characters += length;
    if (characters > limits.characters) {
      throw refused('TOO_LARGE', `more than ${limits.characters} characters`, `больше ${limits.characters} символов`);
    }
  }
}

/**
 * Reads a table of unknown kind: XLSX and XLS by their first octets, everything else as CSV. Of a workbook the first sheet.
 * @throws HubError BAD_REQUEST when it cannot be read, TOO_LARGE naming the limit that it breaks; both with the reason `table`, or `csv`
 */
export function parseTable(file: Uint8Array, limits: TableLimits): CsvRow[] {
  const isWorkbook = begins(file, ZIP) || begins(file, COMPOUND);
  const rows = isWorkbook
    ? workbookRows(file, limits)
    : parseCsv(textOf(file).replace(/^\ufeff/, '')).map(({ line, cells }) => ({ line, cells: cells.map(unguardCell) }));
  checkSize(rows, limits);
  return rows;
}
