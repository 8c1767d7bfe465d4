import { parseCsv } from '../core/csv.ts';
import { HubError } from '../core/errors.ts';
import { parseJsonBody } from '../core/http/parse-json.ts';
import { valueOfCell } from './csv-cell.ts';

/** One row of an import: the fields of an object, or why they could not be read. */
export type ImportRow = { readonly line: number } & ({ readonly fields: Readonly<Record<string, unknown>> } | { readonly fault: HubError });

export type ImportFormat = 'csv' | 'jsonl';

const decoder = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    // A mark of the byte order, which spreadsheets write, is passed over by the decoder.
    return decoder.decode(bytes);
  } catch (cause) {
    throw new HubError('BAD_REQUEST', 'the file is not UTF-8; save it as UTF-8 and send it again', {
      reason: 'encoding',
      russian: 'файл не в кодировке UTF-8; сохраните его в UTF-8',
      cause,
    });
  }
}

function* csvRows(text: string): Generator<ImportRow> {
  let columns: readonly string[] | undefined;
  for (const { line, cells } of parseCsv(text)) {
    if (columns === undefined) {
      columns = cells.map((cell) => cell.trim());
      const twice = columns.find((column, at) => column === '' || columns?.indexOf(column) !== at);
      if (twice !== undefined) {
        throw new HubError(
          'BAD_REQUEST',
          `line ${line}: the first line must name each column once, not ${JSON.stringify(twice.slice(0, 100))}`,
          {
            reason: 'csv',
            russian: `строка ${line}: в первой строке каждый столбец назван один раз, а не ${JSON.stringify(twice.slice(0, 100))}`,
          },
        );
      }
    } else if (cells.length !== columns.length) {
      const why = `${cells.length} cells under ${columns.length} columns`;
      yield {
        line,
        fault: new HubError('VALIDATION', why, { reason: 'csv', russian: `ячеек ${cells.length}, столбцов ${columns.length}` }),
      };
    } else {
      const entries = columns.map((column, at) => [column, valueOfCell(column, cells[at] ?? '')] as const);
      yield { line, fields: Object.fromEntries(entries.filter(([, value]) => value !== undefined)) };
    }
  }
}

function* jsonRows(text: string): Generator<ImportRow> {
  let line = 0;
  for (const part of text.split('\n')) {
    line += 1;
    if (part.trim() === '') continue;
    try {
      const fields = parseJsonBody(Buffer.from(part));
      if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
        throw new HubError('VALIDATION', 'a line must be a JSON object', { reason: 'jsonl', russian: 'строка должна быть объектом JSON' });
      yield { line, fields: fields as Record<string, unknown> };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      yield { line, fault: error };
    }
  }
}

/**
 * The rows of a file, one after the other.
 * @throws HubError BAD_REQUEST with the reason `encoding` or `csv` when the file as a whole cannot be read; TOO_LARGE beyond `most` rows.
 */
export function readImport(bytes: Uint8Array, format: ImportFormat, most: number): ImportRow[] {
  const text = textOf(bytes);
  const rows: ImportRow[] = [];
  for (const row of format === 'csv' ? csvRows(text) : jsonRows(text)) {
    if (rows.length === most) {
      throw new HubError('TOO_LARGE', `an import has at most ${most} rows; split the file`, {
        reason: 'rows',
        russian: `в одном импорте не больше ${most} строк; разделите файл`,
      });
    }
    rows.push(row);
  }
  return rows;
}
