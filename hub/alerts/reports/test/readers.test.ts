import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect } from 'vitest';
import { findProgram } from '../../../../scripts/setup/programs.mjs';
import { createFolder } from '../../../../test/support/folder.ts';
import { requires } from '../../../../test/support/requires.ts';
import { parseCsv } from '../../../core/csv.ts';
import { writeHtml } from '../html.ts';
import { writeWorkbook } from '../workbook.ts';
import { bytesOf, sheetOf, tableOf } from './support/tables.ts';

/** Reports as programs show them that people open them with (specification of alerts 6.6): a browser, and LibreOffice. */
const folder = createFolder('readers');
afterAll(() => folder.remove());
const run = promisify(execFile);
const PATIENCE = 120_000;

const COLUMNS = ['Имя', 'Адрес', 'Итог'];
const HOSTILE = [
  ['=HYPERLINK("http://x";"y")', '@SUM(A1)', '+79161234567'],
  ['<script>document.title="ran"</script>', '"><img src=x onerror="document.title=\'ran\'">', '&lt;b&gt; &amp; &#39;'],
  ['_x0041_', '\u202eоборот', '007'],
  ['1e5', "'апостроф", '2026-07-01'],
  ['две\nстроки', 'таб\tи', '😀 é Ā'],
];

/** The page as a browser has it after everything on it had its chance to run. */
async function seenByBrowser(html: string | Buffer, name: string): Promise<string> {
  const path = folder.at(name);
  writeFileSync(path, html);
  const options = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${folder.at('browser')}`, '--virtual-time-budget=2000'];
  const { stdout } = await run(findProgram('chromium') ?? 'chromium', [...options, '--dump-dom', pathToFileURL(path).href], {
    timeout: PATIENCE,
    maxBuffer: 1 << 26,
  });
  return stdout;
}

const SIGNS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };
const textsOf = (dom: string, tag: string): string[] =>
  [...dom.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))].map(([, text = '']) =>
    text.replace(/&(\w+);/g, (whole, name: string) => SIGNS[name] ?? whole),
  );

requires('chromium').test(
  'a browser shows every value as it is, and runs nothing of it',
  async () => {
    const html = await bytesOf(writeHtml(tableOf(COLUMNS, HOSTILE, { title: 'Отчёт <b>', head: [['Задание', '<i>Пожар</i>']] })));
    const dom = await seenByBrowser(html, 'report.html');
    expect(textsOf(dom, 'title')).toEqual(['Отчёт <b>']);
    expect(textsOf(dom, 'h1')).toEqual(['Отчёт <b>']);
    expect(textsOf(dom, 'dd')).toEqual(['<i>Пожар</i>']);
    expect(textsOf(dom, 'th')).toEqual(COLUMNS);
    expect(textsOf(dom, 'td')).toEqual(HOSTILE.flat());
    expect(dom).not.toMatch(/<(script|img|b|i)\b/);
  },
  PATIENCE,
);

requires('chromium').test(
  'were a script on the page after all, its own policy would stop it',
  async () => {
    const html = (await bytesOf(writeHtml(tableOf(COLUMNS, [['a', 'b', 'c']])))).toString('utf8');
    const script = '<script>document.title="ran"</script><img src="x" onerror="document.title=\'ran\'">';
    expect(html).toContain('</body>');
    const planted = html.replace('</body>', `${script}</body>`);
    expect(textsOf(await seenByBrowser(planted, 'planted.html'), 'title')).toEqual(['Отчёт о запуске']);
    // The same without the policy shows that the browser would have run it.
    const open = planted.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
    expect(textsOf(await seenByBrowser(open, 'open.html'), 'title')).toEqual(['ran']);
  },
  PATIENCE,
);

/** The sheets of a workbook as LibreOffice reads them, by their names. */
async function seenByLibreOffice(workbook: Buffer, format: string): Promise<Map<string, (readonly string[])[]>> {
  const made = folder.at(`${format}-sheets`);
  mkdirSync(made);
  const path = folder.at(`all.${format}`);
  writeFileSync(path, workbook);
  // Semicolons, quotes, UTF-8; texts quoted; every sheet in a file of its own.
  const filter = 'csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true,false,false,false,false,-1';
  const options = [
    `-env:UserInstallation=${pathToFileURL(folder.at('office')).href}`,
    '--headless',
    '--convert-to',
    filter,
    '--outdir',
    made,
  ];
  await run(findProgram('soffice') ?? 'soffice', [...options, path], {
    timeout: PATIENCE,
    env: { ...process.env, HOME: folder.path, LC_ALL: 'C.UTF-8' },
  });
  return new Map(
    readdirSync(made).map((file) => [
      file.replace(/^all-|\.csv$/g, ''),
      parseCsv(readFileSync(`${made}/${file}`, 'utf8').replace(/^\ufeff/, '')).map(({ cells }) => cells),
    ]),
  );
}

for (const format of ['xls', 'xlsx'] as const) {
  requires('soffice').test(
    `LibreOffice reads both sheets of ${format}, each value as the text that was given`,
    async () => {
      const table = tableOf(COLUMNS, HOSTILE, {
        sheets: [sheetOf('Абоненты', COLUMNS, HOSTILE), sheetOf('Попытки', ['Номер'], [['1'], ['2']])],
      });
      const sheets = await seenByLibreOffice(await bytesOf(writeWorkbook(table, format)), format);
      expect([...sheets.keys()].sort()).toEqual(['Абоненты', 'Попытки']);
      expect(sheets.get('Абоненты')).toEqual([COLUMNS, ...HOSTILE]);
      expect(sheets.get('Попытки')).toEqual([['Номер'], ['1'], ['2']]);
    },
    PATIENCE,
  );
}
