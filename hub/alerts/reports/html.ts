import { pageStyle, tableClass } from './page-style.ts';
import { printable, type ReportSheet, type ReportTable, type Rows, type Tone } from './report-table.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeText = (text: string): string => printable(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);

/** Nothing is loaded and nothing runs, whatever a name or a text contains. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** What stands in a table without rows. */
const NOTHING = { ru: 'Пусто', en: 'Empty' } as const;
const nothing = ({ columns }: ReportSheet, language: ReportTable['language']): string =>
  `<tr class="rest"><td class="empty" colspan="${columns.length}">${NOTHING[language]}</td></tr>\n`;

function rowsOf(rows: Rows, { columns, look }: ReportSheet): string {
  let html = '';
  for (const row of rows) {
    html += '<tr>';
    for (let column = 0; column < columns.length; column += 1) {
      const value = row[column] ?? '';
      const tone = look?.tones.column === column ? look.tones.of.get(value) : undefined;
      html += `<td dir="auto"${tone === undefined ? '' : ` class="${tone}"`}>${escapeText(value)}</td>`;
    }
    html += '</tr>\n';
  }
  return html;
}

function headOf({ head }: ReportTable): string {
  const line = ([label, value]: readonly [string, string, Tone?]): string =>
    `<dt>${escapeText(label)}</dt><dd dir="auto">${escapeText(value)}</dd>`;
  const figures = head.filter(([, , tone]) => tone !== undefined).map((one) => `<div class="${one[2]}">${line(one)}</div>\n`);
  const facts = head.filter(([, , tone]) => tone === undefined).map((one) => `${line(one)}\n`);
  return [
    figures.length > 0 ? `<dl class="figures">\n${figures.join('')}</dl>\n` : '',
    facts.length > 0 ? `<dl class="facts">\n${facts.join('')}</dl>\n` : '',
  ].join('');
}

/**
 * A report as one page that needs nothing else (specification 6.3): no script, a policy that forbids one, every value escaped. Given in pieces, one for
 * each page of rows, so that a report of any length costs no memory.
 */
export async function* writeHtml(table: ReportTable): AsyncGenerator<string> {
  const { title, language, sheets } = table;
  let begin = `<!doctype html>\n<html lang="${language}">\n<head>\n<meta charset="utf-8">\n`;
  begin += `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n<meta name="referrer" content="no-referrer">\n`;
  begin += '<meta name="viewport" content="width=device-width,initial-scale=1">\n';
  begin += `<title>${escapeText(title)}</title>\n<style>${pageStyle(sheets)}</style>\n</head>\n<body>\n<h1 dir="auto">${escapeText(title)}</h1>\n`;
  yield begin + headOf(table);
  for (const [place, sheet] of sheets.entries()) {
    const titles = sheet.columns.map((column) => `<th scope="col">${escapeText(column)}</th>`).join('');
    yield `<h2>${escapeText(sheet.name)}</h2>\n<table class="${tableClass(place)}">\n<thead><tr>${titles}</tr></thead>\n<tbody>\n`;
    let any = false;
    for await (const rows of sheet.pages) {
      any ||= rows.length > 0;
      yield rowsOf(rows, sheet);
    }
    yield `${any ? '' : nothing(sheet, language)}</tbody>\n</table>\n`;
  }
  yield '</body>\n</html>\n';
}
