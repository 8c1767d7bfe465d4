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

/** Which sheets a file has, and which of them was read; no sheets and null: it is no workbook. */
export interface TableSheets {
  /** At most `MOST_SHEETS` names. */
  readonly sheets: readonly string[];
  readonly sheet: string | null;
}

export interface ParsedTable extends TableSheets {
  readonly rows: CsvRow[];
}

/** Names that are told, and characters of one. */
const MOST_SHEETS = 100;
const LONGEST_NAME = 100;
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

const unreadable = (error: unknown): HubError => refused('BAD_REQUEST', 'the workbook cannot be read', 'книгу не удалось прочитать', error);
const shown = (names: readonly string[]): string[] => names.slice(0, MOST_SHEETS).map((name) => name.slice(0, LONGEST_NAME));

/** @throws HubError BAD_REQUEST `unknown_sheet`, naming those that there are */
function noSheet(wanted: string, names: readonly string[]): HubError {
  const told = shown(names).join(', ');
  return new HubError('BAD_REQUEST', `there is no sheet ${wanted.slice(0, LONGEST_NAME)}; right would be one of ${told}, or its number`, {
    reason: 'unknown_sheet',
    russian: `листа «${wanted.slice(0, LONGEST_NAME)}» нет; есть: ${told}; можно указать и номер`,
  });
}

/** The place of a sheet that is wanted by its name, whatever its case, or by its number from 1. */
function placeOf(bytes: Uint8Array, wanted: string | undefined): number {
  if (wanted === undefined) return 0;
  let names: readonly string[];
  try {
    names = read(bytes, { type: 'array', bookSheets: true }).SheetNames;
  } catch (error) {
    throw unreadable(error);
  }
  const folded = wanted.trim().toLowerCase();
  const named = names.findIndex((name) => name.trim().toLowerCase() === folded);
  const place = named < 0 && /^[1-9]\d{0,3}$/.test(folded) ? Number(folded) - 1 : named;
  if (names[place] === undefined) throw noSheet(wanted, names);
  return place;
}

function parseWorkbook(file: Uint8Array, limits: TableLimits, wanted: string | undefined): ParsedTable {
  const zipped = begins(file, ZIP);
  const bytes = zipped ? unpackWorkbook(file, limits.unpacked) : file;
  const place = placeOf(bytes, wanted);
  let data: readonly (readonly (ReadCell | undefined)[] | undefined)[];
  let names: readonly string[];
  try {
    const book = read(bytes, {
      type: 'array',
      dense: true,
      sheets: place,
      // One row more than is allowed, to notice that there are more.
      sheetRows: limits.rows + 2,
      cellDates: true,
      UTC: true,
      cellFormula: false,
      cellHTML: false,
      cellText: false,
    });
    names = book.SheetNames;
    const sheet = book.Sheets[names[place] ?? ''] as { '!data'?: typeof data } | undefined;
    data = sheet?.['!data'] ?? [];
  } catch (error) {
    throw unreadable(error);
  }
  const rows: CsvRow[] = [];
  for (const [index, cells] of data.entries()) {
    const texts = Array.from(cells ?? [], cellText);
    while (texts.at(-1) === '') texts.pop();
    if (texts.some((text) => text.trim() !== '')) rows.push({ line: index + 1, cells: texts });
  }
  return { rows, sheets: shown(names), sheet: names[place]?.slice(0, LONGEST_NAME) ?? null };
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
 * Reads a table of unknown kind: XLSX and XLS by their first octets, everything else as CSV.
 * @param sheet of a workbook, by its name or number. (Default: the first)
 * @throws HubError BAD_REQUEST when it cannot be read, TOO_LARGE naming the limit that it breaks, with the reason `table`, or `csv`; BAD_REQUEST `unknown_sheet`
 */
export function parseTable(file: Uint8Array, limits: TableLimits, sheet?: string): ParsedTable {
  const isWorkbook = begins(file, ZIP) || begins(file, COMPOUND);
  if (!isWorkbook && sheet !== undefined)
    throw new HubError('BAD_REQUEST', 'a CSV has no sheets; a sheet is chosen of an XLSX or XLS', {
      reason: 'unknown_sheet',
      russian: 'в CSV нет листов; лист выбирают в XLSX и XLS',
    });
  const table: ParsedTable = isWorkbook
    ? parseWorkbook(file, limits, sheet)
    : {
        rows: parseCsv(textOf(file).replace(/^\ufeff/, '')).map(({ line, cells }) => ({ line, cells: cells.map(unguardCell) })),
        sheets: [],
        sheet: null,
      };
  checkSize(table.rows, limits);
  return table;
}
