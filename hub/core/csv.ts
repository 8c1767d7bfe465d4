import { HubError } from './errors.ts';

/** One row of a table: where it began, and its cells by column. */
export interface CsvRow {
  /** Of the file, from 1. A cell in quotes may hold line breaks, so rows and lines differ. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Characters of one row; a longer one is a quote that nobody closed. */
const LONGEST_ROW = 1_000_000;
const DELIMITERS = [';', ',', '\t'] as const;

const fault = (line: number, why: string, ru: string): HubError =>
  new HubError('BAD_REQUEST', `line ${line}: ${why}`, {
    reason: 'csv',
    russian: `строка ${line}: ${ru}`,
    details: [{ code: 'csv', path: '', message: why }],
  });

/** The sign that the titles are parted by: spreadsheets differ by country. */
function delimiterOf(head: string): string {
  const bare = head.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((sign) => bare.split(sign).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/**
 * A table as RFC 4180 has it, that may come in pieces cut anywhere; `;`, `,` or tabs between cells, by the first line. Empty lines are passed over.
 * One reader reads one table: states are between cells -> in a bare cell | in a quoted cell -> behind its quote -> between cells.
 * @throws HubError BAD_REQUEST with the reason `csv`: a quote is not closed, a text follows a closing one, a row is too long
 */
export function createCsvReader() {
  let state: 'between' | 'bare' | 'quoted' | 'behind' = 'between';
  let delimiter: string | undefined;
  let head = '';
  let line = 1;
  let begun = 1;
  let cell = '';
  let cells: string[] = [];
  let size = 0;
  let afterReturn = false;

  const endCell = (): void => {
    cells.push(cell);
    cell = '';
    state = 'between';
  };
  const endRow = (rows: CsvRow[]): void => {
    endCell();
    if (cells.length > 1 || cells[0]?.trim() !== '') rows.push({ line: begun, cells });
    cells = [];
    size = 0;
  };
  const take = (sign: string, rows: CsvRow[]): void => {
    if (state === 'quoted') {
      if (sign === '"') state = 'behind';
      else cell += sign;
      if (sign === '\n') line += 1;
      return;
    }
    if (sign === '\n' && afterReturn) {
      // The second half of a line end that the first half has told already.
      begun = line;
      return;
    }
    if (sign === '\n' || sign === '\r') {
      endRow(rows);
      line += 1;
      begun = line;
    } else if (sign === delimiter) endCell();
    else if (sign === '"' && state === 'behind') {
      cell += sign;
      state = 'quoted';
    } else if (state === 'behind') throw fault(line, 'a cell goes on after its closing quote', 'после закрывающей кавычки есть ещё текст');
    else if (sign === '"' && state === 'between' && cell === '') state = 'quoted';
    else {
      state = 'bare';
      cell += sign;
    }
  };
  const scan = (text: string): CsvRow[] => {
    const rows: CsvRow[] = [];
    for (const sign of text) {
      take(sign, rows);
      afterReturn = sign === '\r' && state !== 'quoted';
      size += 1;
      if (size > LONGEST_ROW)
        throw fault(begun, 'the row is too long: a quote is not closed', 'строка слишком длинная: не закрыта кавычка');
    }
    return rows;
  };
  return {
    /** The rows that are whole now. */
    read(text: string): CsvRow[] {
      if (delimiter !== undefined) return scan(text);
      head += text;
      const end = head.search(/[\r\n]/);
      if (end < 0 && head.length <= LONGEST_ROW) return [];
      delimiter = delimiterOf(head.slice(0, end < 0 ? undefined : end));
      const whole = head;
      head = '';
      return scan(whole);
    },
    /** The last row, which may have no line end. */
    end(): CsvRow[] {
      const rows: CsvRow[] = [];
      if (delimiter === undefined) {
        delimiter = delimiterOf(head);
        rows.push(...scan(head));
      }
      if (state === 'quoted') throw fault(begun, 'a quote is opened and never closed', 'кавычка открыта и не закрыта');
      if (cells.length > 0 || cell !== '') endRow(rows);
      return rows;
    },
  };
}

/** The rows of a whole table (`createCsvReader`). @throws HubError BAD_REQUEST with the reason `csv` */
export function parseCsv(text: string): CsvRow[] {
  const reader = createCsvReader();
  return [...reader.read(text), ...reader.end()];
}
