import { type CsvRow, createCsvReader } from '../core/csv.ts';
import { HubError } from '../core/errors.ts';
import { parseJsonBody } from '../core/http/parse-json.ts';

/** One row of an import: its fields, or why they could not be read. */
export type ImportRow = { readonly line: number } & ({ readonly fields: Readonly<Record<string, unknown>> } | { readonly fault: HubError });

export const IMPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Characters of one line. */
const LONGEST_LINE = 1_000_000;

async function* texts(bytes: Bytes): AsyncGenerator<string> {
  // A mark of the byte order, which spreadsheets write, is passed over by the decoder.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (part?: Uint8Array): string => {
    try {
      return part ? decoder.decode(part, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new HubError('BAD_REQUEST', 'the file is not UTF-8; save it as UTF-8 and send it again', {
        reason: 'encoding',
        russian: 'файл не в кодировке UTF-8; сохраните его в UTF-8',
        cause,
      });
    }
  };
  for await (const part of bytes) yield decode(part);
  yield decode();
}

/** Names the cells by the titles of the first row. @throws HubError BAD_REQUEST: a title is missing or stands there twice */
function createNamer() {
  let titles: readonly string[] | undefined;
  return ({ line, cells }: CsvRow): ImportRow[] => {
    if (!titles) {
      titles = cells.map((cell) => cell.trim());
      const twice = titles.find((title, at) => title === '' || titles?.indexOf(title) !== at);
      if (twice === undefined) return [];
      const shown = JSON.stringify(twice.slice(0, 100));
      throw new HubError('BAD_REQUEST', `line ${line}: the first line must name each column once, not ${shown}`, {
        reason: 'csv',
        russian: `строка ${line}: в первой строке каждый столбец назван один раз, а не ${shown}`,
      });
    }
    if (cells.length !== titles.length) {
      const why = { reason: 'csv', russian: `ячеек ${cells.length}, столбцов ${titles.length}` };
      return [{ line, fault: new HubError('VALIDATION', `${cells.length} cells under ${titles.length} columns`, why) }];
    }
    const named = titles.map((title, at) => [title, (cells[at] ?? '').trim()] as const);
    return [{ line, fields: Object.fromEntries(named.filter(([, value]) => value !== '')) }];
  };
}

async function* csvRows(bytes: Bytes): AsyncGenerator<ImportRow> {
  const reader = createCsvReader();
  const name = createNamer();
  for await (const text of texts(bytes)) for (const row of reader.read(text)) yield* name(row);
  for (const row of reader.end()) yield* name(row);
}

function jsonRow(line: number, text: string): ImportRow {
  try {
    const fields = parseJsonBody(Buffer.from(text));
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      throw new HubError('VALIDATION', 'a line must be a JSON object', { reason: 'ndjson', russian: 'строка должна быть объектом JSON' });
    return { line, fields: fields as Record<string, unknown> };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { line, fault: error };
  }
}

async function* jsonRows(bytes: Bytes): AsyncGenerator<ImportRow> {
  let line = 0;
  let rest = '';
  for await (const text of texts(bytes)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) {
      line += 1;
      if (one.trim() !== '') yield jsonRow(line, one);
    }
    if (rest.length > LONGEST_LINE)
      throw new HubError('BAD_REQUEST', `line ${line + 1} is longer than ${LONGEST_LINE} characters`, {
        reason: 'ndjson',
        russian: `строка ${line + 1} длиннее ${LONGEST_LINE} знаков`,
      });
  }
  if (rest.trim() !== '') yield jsonRow(line + 1, rest);
}

/**
 * The rows of a file that comes in pieces, one after the other; a cell of a table that is empty says nothing about its field.
 * @throws HubError BAD_REQUEST with the reason `encoding`, `csv` or `ndjson` when the file as a whole cannot be read any further
 */
export const readImportRows = (bytes: Bytes, format: ImportFormat): AsyncGenerator<ImportRow> =>
  format === 'csv' ? csvRows(bytes) : jsonRows(bytes);
