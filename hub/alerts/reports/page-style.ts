import { printable, type ReportSheet } from './report-table.ts';

/** Colours by name; the second row is for dark screens. Paper is always light. */
const LIGHT =
  '--page:#fff;--text:#16191d;--soft:#5b6570;--line:#d3d9e0;--head:#eef1f5;--good:#1a7a3c;--open:#8a5a00;--bad:#b3261e;--none:#5b6570';
const DARK =
  '--page:#14171b;--text:#e9edf1;--soft:#a2acb7;--line:#394049;--head:#20262d;--good:#6fd090;--open:#f0b95a;--bad:#ff8f85;--none:#a2acb7';

/** Widths up to which a row is a card: fields under one another, each with its title, the empty ones left out. */
const NARROW = 'screen and (max-width:760px)';

const COMMON = [
  `:root{color-scheme:light dark;${LIGHT}}`,
  `@media screen and (prefers-color-scheme:dark){:root{${DARK}}}`,
  '*{box-sizing:border-box}',
  'body{margin:0;padding:24px;background:var(--page);color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}',
  'h1{font-size:22px;line-height:1.25;margin:0 0 16px}h2{font-size:17px;margin:28px 0 8px}',
  'dl{margin:0}dd{margin:0;white-space:pre-line}dt{color:var(--soft)}',
  '.facts{display:grid;grid-template-columns:minmax(90px,max-content) minmax(0,1fr);gap:3px 20px;max-width:960px}',
  '.figures{display:flex;flex-wrap:wrap;gap:8px;margin:0 0 16px}',
  '.figures div{min-width:116px;padding:8px 14px;border:1px solid var(--line);border-radius:8px}',
  '.figures dt{font-size:12px}.figures dd{font-size:24px;line-height:1.2;font-weight:600;font-variant-numeric:tabular-nums}',
  '.good{color:var(--good)}.open{color:var(--open)}.bad{color:var(--bad)}.none{color:var(--none)}',
  'table{border-collapse:collapse;font-size:13px;line-height:1.35}',
  'th,td{border:1px solid var(--line);padding:4px 7px;text-align:start;vertical-align:top;white-space:pre-line;max-width:300px;overflow-wrap:break-word}',
  'thead th{background:var(--head);position:sticky;top:0;vertical-align:bottom}',
  'td:last-child{min-width:160px}td.empty{min-width:0;color:var(--soft)}',
  '@media screen and (max-width:1600px){table{font-size:12px}th,td{padding:3px 6px;max-width:240px}}',
  `@media ${NARROW}{body{padding:16px}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin:0 0 8px}.figures div{flex:1 1 40%}`,
  'table,tbody,tr,td{display:block}thead{display:none}table{font-size:14px}',
  'tr{border:1px solid var(--line);border-radius:8px;padding:6px 12px;margin:0 0 8px;content-visibility:auto;contain-intrinsic-size:auto 330px}',
  'td,td:last-child{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:12px;border:0;padding:2px 0;min-width:0;max-width:none;overflow-wrap:anywhere}td:empty{display:none}td.empty{display:block}',
  'td::before{color:var(--soft);font-weight:400}}',
  '@page{size:A4 landscape;margin:10mm}',
  '@media print{:root{color-scheme:light}body{padding:0;font-size:9pt}h1{font-size:15pt}h2{font-size:12pt;break-after:avoid}.figures dd{font-size:14pt}.figures div{padding:3pt 8pt;min-width:0}',
  'table{width:100%;font-size:7pt}thead th{position:static}th,td{padding:1.5pt 3pt;max-width:36mm}tr{break-inside:avoid}}',
].join('\n');

/** A text as a string of CSS that ends nothing, not even the element that the style stands in. */
const cssText = (text: string): string =>
  `"${printable(text).replace(/[^\p{L}\p{N} ]/gu, (sign) => `\\${sign.codePointAt(0)?.toString(16)} `)}"`;

/** Rules of one table: titles for cards, columns in which nothing stands go, short values stay whole. */
function sheetStyle({ columns, look }: ReportSheet, table: string): string {
  const nth = (column: number): string => `:nth-child(${column + 1})`;
  const empty = columns.map(
    (_, column) => `${table}:not(:has(td${nth(column)}:not(:empty))) tr:not(.rest) :is(th,td)${nth(column)}{display:none}`,
  );
  const bare = `${table}:has(.rest) thead{display:none}`;
  const titles = columns.map((title, column) => `${table} tr:not(.rest) td${nth(column)}::before{content:${cssText(title)}}`);
  const unbroken = (look?.unbroken ?? []).map((column) => `${table} td${nth(column)}{white-space:nowrap}`);
  return [...empty, bare, `@media ${NARROW}{${titles.join('')}}`, `@media screen and (min-width:761px){${unbroken.join('')}}`].join('\n');
}

/** Class of the table at a place; `pageStyle` knows it. */
export const tableClass = (place: number): string => `t${place}`;

/**
 * The style of a page with these tables: as wide as the screen, dark where the screen is, cards on a telephone, A4 on its side on paper. Titles in it are
 * escaped; values are not in it.
 */
export const pageStyle = (sheets: readonly ReportSheet[]): string =>
  [COMMON, ...sheets.map((sheet, place) => sheetStyle(sheet, `.${tableClass(place)}`))].join('\n');
