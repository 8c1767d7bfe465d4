import { HubError } from '../core/errors.ts';

/** One line of a table: where it began, and its cells by column. */
export interface CsvRow {
  /** Of the file, from 1. A cell in quotes may hold line breaks, so rows and lines differ. */
  readonly line: number;
  readonly cells: readonly string[];
}

const DELIMITERS = [';', ',', '\t'] as const;

/** The sign that the first line has most of outside quotes: spreadsheets differ by country. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const head = (end < 0 ? text : text.slice(0, end)).replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((sign) => head.split(sign).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

const fault = (line: number, why: string, ru: string): HubError =>
  new HubError('BAD_REQUEST', `line ${line}: ${why}`, {
    reason: 'csv',
    russian: `строка ${line}: ${ru}`,
    details: [{ code: 'csv', path: '', message: why }],
  });

/**
 * Reads a table as RFC 4180 has it, with `;`, `,` or tabs between cells; empty lines are passed over. One pass.
 * @throws HubError BAD_REQUEST with the reason `csv` when a quote is not closed or stands in the middle of a cell.
 */
export function* parseCsv(text: string): Generator<CsvRow> {
  const delimiter = delimiterOf(text);
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const begin = line;
    const cells: string[] = [];
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        for (;;) {
          const close = text.indexOf('"', at + 1);
          if (close < 0) throw fault(begin, 'a quote is opened and never closed', 'кавычка открыта и не закрыта');
          cell += text.slice(at + 1, close);
          at = close + 1;
          if (text[at] !== '"') break;
          cell += '"';
        }
        line += cell.split('\n').length - 1;
      } else {
        const from = at;
        while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
        cell = text.slice(from, at);
      }
      cells.push(cell);
      if (text[at] === delimiter) {
        at += 1;
        continue;
      }
      if (at < text.length && text[at] !== '\n' && text[at] !== '\r')
        throw fault(line, 'a cell goes on after its closing quote', 'после закрывающей кавычки есть ещё текст');
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
      at += 1;
      line += 1;
      break;
    }
    if (cells.length > 1 || cells[0]?.trim() !== '') yield { line: begin, cells };
  }
}
