import { printable, type ReportTable, type Rows } from './report-table.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeText = (text: string): string => printable(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);

const STYLE = [
  'body{font:14px/1.4 system-ui,sans-serif;margin:1.5em;color:#111;background:#fff}',
  'h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}',
  'dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1.5em}dt{color:#555}dd{margin:0}',
  'table{border-collapse:collapse}th,td{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;white-space:pre-wrap}',
  'thead th{background:#eee;position:sticky;top:0}@media print{thead th{position:static}body{margin:0}}',
].join('');
/** Nothing is loaded and nothing runs, whatever a name or a text contains. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

function rowsOf(rows: Rows, columns: number): string {
  let html = '';
  for (const row of rows) {
    html += '<tr>';
    for (let column = 0; column < columns; column += 1) html += `<td dir="auto">${escapeText(row[column] ?? '')}</td>`;
    html += '</tr>\n';
  }
  return html;
}

/**
 * A report as one page that needs nothing else (specification 6.3): no script, a policy that forbids one, every value escaped. Given in pieces, one for
 * each page of rows, so that a report of any length costs no memory.
 */
export async function* writeHtml({ title, language, head, sheets }: ReportTable): AsyncGenerator<string> {
  let begin = `<!doctype html>\n<html lang="${language}">\n<head>\n<meta charset="utf-8">\n`;
  begin += `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n<meta name="referrer" content="no-referrer">\n`;
  begin += `<title>${escapeText(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<h1 dir="auto">${escapeText(title)}</h1>\n`;
  if (head.length > 0) {
    const lines = head.map(([label, value]) => `<dt>${escapeText(label)}</dt><dd dir="auto">${escapeText(value)}</dd>\n`);
    begin += `<dl>\n${lines.join('')}</dl>\n`;
  }
  yield begin;
  for (const { name, columns, pages } of sheets) {
    const titles = columns.map((column) => `<th scope="col">${escapeText(column)}</th>`).join('');
    yield `<h2>${escapeText(name)}</h2>\n<table>\n<thead><tr>${titles}</tr></thead>\n<tbody>\n`;
    for await (const rows of pages) yield rowsOf(rows, columns.length);
    yield '</tbody>\n</table>\n';
  }
  yield '</body>\n</html>\n';
}
