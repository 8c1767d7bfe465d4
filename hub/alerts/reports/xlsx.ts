import { Zip, ZipDeflate } from 'fflate';
import type { WorkbookWriter } from './workbook-format.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const CONTENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
/** Characters of rows that are collected before they are packed. */
const BATCH = 65_536;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
const SPECIAL = /[&<>"\r]/g;
/** What a reader would take for an escaped character ([ISO 29500-1] 22.9.2.19) is escaped itself. */
const ESCAPE_LIKE = /_(?=x[0-9A-Fa-f]{4}_)/g;

const escapeText = (text: string): string => text.replace(SPECIAL, (sign) => ESCAPES[sign]!).replace(ESCAPE_LIKE, '_x005F_');

/** Two formats of cells: a text (49 is `@`), and the same in bold. */
const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="10"/><name val="Arial"/></font><font><b/><sz val="10"/><name val="Arial"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>`;
const PLAIN = 1;
const STRONG = 2;

const PACKAGE_RELATIONS = `${HEAD}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

function contentTypes(sheets: number): string {
  const parts = Array.from({ length: sheets }, (_, index) => [`/xl/worksheets/sheet${index + 1}.xml`, 'worksheet']);
  const overrides = [['/xl/workbook.xml', 'sheet.main'], ['/xl/styles.xml', 'styles'], ...parts];
  return `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides
    .map(([path, kind]) => `<Override PartName="${path}" ContentType="${CONTENT}.${kind}+xml"/>`)
    .join('')}</Types>`;
}

function workbook(names: readonly string[]): string {
  const sheets = names.map((name, index) => `<sheet name="${escapeText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`);
  return `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><bookViews><workbookView/></bookViews><sheets>${sheets.join('')}</sheets></workbook>`;
}

function workbookRelations(sheets: number): string {
  const parts = Array.from({ length: sheets }, (_, index) => ['worksheet', `worksheets/sheet${index + 1}.xml`]);
  const relations = [...parts, ['styles', 'styles.xml']].map(
    ([kind, target], index) => `<Relationship Id="rId${index + 1}" Type="${DOCUMENT}/${kind}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${RELATIONS}">${relations.join('')}</Relationships>`;
}

/** The letters of a column, from 0. @example columnLetters(27) // 'AB' */
export function columnLetters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : columnLetters(Math.floor(column / 26) - 1) + last;
}

/** A4 on its side, as wide as the paper and as long as it takes. */
const FIT = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';
const PAPER =
  '<pageMargins left="0.4" right="0.4" top="0.4" bottom="0.4" header="0.2" footer="0.2"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>';
/** The first row stays where it is. */
const FROZEN =
  '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';

/** Writes XLSX (ISO 29500) as it comes: rows are packed at once and given by `take`, so that memory does not grow with them. */
export function createXlsxWriter(): WorkbookWriter {
  const encoder = new TextEncoder();
  const names: string[] = [];
  let ready: Uint8Array[] = [];
  let sheet: ZipDeflate | undefined;
  let pending = '';
  let row = 0;
  const letters: string[] = [];
  const zip = new Zip((error, octets) => {
    if (error) throw error;
    ready.push(octets);
  });
  const flush = (end: boolean): void => {
    sheet?.push(encoder.encode(pending), end);
    pending = '';
  };
  const closeSheet = (): void => {
    if (!sheet) return;
    pending += `</sheetData>${PAPER}</worksheet>`;
    flush(true);
    sheet = undefined;
  };
  const addPart = (path: string, content: string): void => {
    const part = new ZipDeflate(path, { level: 6 });
    zip.add(part);
    part.push(encoder.encode(content), true);
  };
  addPart('_rels/.rels', PACKAGE_RELATIONS);
  addPart('xl/styles.xml', STYLES);
  return {
    openSheet(name, widths, titled) {
      closeSheet();
      names.push(name);
      sheet = new ZipDeflate(`xl/worksheets/sheet${names.length}.xml`, { level: 3 });
      zip.add(sheet);
      row = 0;
      while (letters.length < widths.length) letters.push(columnLetters(letters.length));
      const columns = widths.map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`);
      const cols = columns.length > 0 ? `<cols>${columns.join('')}</cols>` : '';
      pending = `${HEAD}<worksheet xmlns="${MAIN}">${FIT}${titled ? FROZEN : ''}${cols}<sheetData>`;
    },
    addRow(cells, strong) {
      row += 1;
      let xml = `<row r="${row}">`;
      for (const [column, text] of cells.entries()) {
        if (text === '') continue;
        const cell = `<c r="${letters[column] ?? columnLetters(column)}${row}" s="${strong ? STRONG : PLAIN}" t="inlineStr">`;
        xml += `${cell}<is><t xml:space="preserve">${escapeText(text)}</t></is></c>`;
      }
      pending += `${xml}</row>`;
      if (pending.length > BATCH) flush(false);
    },
    take() {
      const taken = ready;
      ready = [];
      return taken;
    },
    end() {
      closeSheet();
      addPart('xl/workbook.xml', workbook(names));
      addPart('xl/_rels/workbook.xml.rels', workbookRelations(names.length));
      addPart('[Content_Types].xml', contentTypes(names.length));
      zip.end();
    },
  };
}
