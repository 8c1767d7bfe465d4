import { renderReport } from '@vestnik/protocol/check/report.ts';
import { findingText, printable } from '@vestnik/protocol/reader/finding.ts';
import { MAX_FILE_BYTES } from '@vestnik/protocol/reader/read-tickets.ts';
import type { Command } from 'commander';
import { renderFields } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { checkFiles } from '../check-files.ts';
import { type ImportedFile, type ImportSource, type ImportTotals, importFiles } from '../import-files.ts';
import { findFiles, readBounded } from '../read-files.ts';
import { looksLikeZip, readZip } from '../unzip.ts';

/** Exit code when a check finds errors; the same as that of `Stat_Client -inspect`. */
const FOUND_ERRORS = 9;
const PROGRESS_EVERY = 500;
const MIB = 1024 * 1024;
const ARCHIVE_BYTES = 512 * MIB;
const ARCHIVE_LIMITS = { entries: 1_000_000, bytes: 16 * 1024 * MIB };

/** Tells on a terminal how far a long run has come. */
function progress(t: Translate): { at(files: number): void; end(): void } {
  let shown = false;
  return {
    at(files) {
      if (files % PROGRESS_EVERY !== 0 || !process.stderr.isTTY) return;
      shown = true;
      process.stderr.write(`\r${t('files', 'файлов')}: ${files} `);
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[K');
    },
  };
}

/** The XML files of paths: files, folders and zip archives. */
async function* sourcesOf(paths: readonly string[]): AsyncGenerator<ImportSource> {
  for await (const { path, ...found } of findFiles(paths, /\.(xml|zip)$/i)) {
    const isZip = /\.zip$/i.test(path);
    const bytes = 'why' in found ? (found.why as string) : await readBounded(path, isZip ? ARCHIVE_BYTES : MAX_FILE_BYTES);
    if (typeof bytes === 'string') yield { name: path, why: bytes };
    else if (!isZip) yield { name: path, bytes };
    else if (bytes.length > ARCHIVE_BYTES) yield { name: path, why: `an archive has at most ${ARCHIVE_BYTES} bytes` };
    else if (!looksLikeZip(bytes)) yield { name: path, why: 'it is not a zip archive' };
    else
      for (const entry of readZip(bytes, path, ARCHIVE_LIMITS))
        yield { ...entry, name: entry.name === path ? path : `${path}:${entry.name}` };
  }
}

function renderImported(file: ImportedFile, t: Translate, language: 'en' | 'ru'): string {
  const counts = t(
    `documents ${file.documents}, imported ${file.imported}, known ${file.known}`,
    `документов ${file.documents}, загружено ${file.imported}, уже есть ${file.known}`,
  );
  const large = file.tooLarge > 0 ? t(`, too large ${file.tooLarge}`, `, слишком больших ${file.tooLarge}`) : '';
  const findings = file.findings.map(
    (finding) => `  ${finding.severity} ${finding.code} ${finding.line}:${finding.column}  ${findingText(finding, language)}`,
  );
  return [`${printable(file.name)}: ${file.why === undefined ? counts + large : printable(file.why)}`, ...findings].join('\n');
}

const renderTotals = (totals: ImportTotals, t: Translate): string =>
  renderFields([
    [t('files', 'файлов'), totals.files],
    [t('not read', 'не прочитано'), totals.unread],
    [t('documents', 'документов'), totals.documents],
    [t('imported', 'загружено'), totals.imported],
    [t('known already', 'уже есть'), totals.known],
    [t('too large', 'слишком больших'), totals.tooLarge],
    [t('errors', 'ошибок'), totals.errors],
    [t('warnings', 'предупреждений'), totals.warnings],
  ]);

function addImport(tickets: Command, { t, withPorts }: Making): void {
  const command = tickets
    .command('import <path...>')
    .summary(t('import XML files', 'загрузить файлы XML'))
    .description(
      t(
        'Reads XML files, folders and zip archives as they occur, stores each ticket as a document in UTF-8 and passes over what is stored already. A broken-off import is simply repeated.',
        'Читает файлы XML, папки и архивы zip, какими бы они ни были, сохраняет каждый билет отдельным документом в UTF-8, уже имеющиеся пропускает. Прерванную загрузку можно просто повторить.',
      ),
    )
    .option(
      '--client <name>',
      t('whose history they become (default: only stored)', 'в чью историю записать (по умолчанию только сохранить)'),
    )
    .option('--queue', t('queue them for the client as new messages', 'поставить клиенту в очередь как новые сообщения'));
  withExamples(withJson(command, t), t, 'import /srv/archive --client agency-17', 'import old.zip --client agency-17 --queue').action(
    (paths: string[], options) =>
      withPorts(async ({ database, configuration, caller, print }) => {
        const bar = progress(t);
        const language = t('en', 'ru') as 'en' | 'ru';
        let files = 0;
        const tell = (file: ImportedFile): void => {
          bar.at(++files);
          print(options.json ? JSON.stringify(file) : renderImported(file, t, language));
        };
        const { queueDays } = configuration.tickets;
        const totals = await importFiles(
          database,
          caller,
          { files: sourcesOf(paths), client: options.client, queue: options.queue, queueDays },
          tell,
        );
        bar.end();
        print(options.json ? JSON.stringify({ totals }) : `\n${renderTotals(totals, t)}`);
        if (totals.errors > 0 || totals.unread > 0) process.exitCode = FOUND_ERRORS;
      }),
  );
}

function addCheck(tickets: Command, { t }: Making): void {
  const command = tickets
    .command('check <path...>')
    .summary(t('check XML files and folders of them', 'проверить файлы XML и папки'))
    .description(
      t(
        'Reads files as they occur and reports what does not add up: broken files, duplicates, links without their partner, sums, gaps in our file names. Writes nothing and needs no database. Exit code 9 when there are errors.',
        'Читает файлы, какими бы они ни были, и сообщает, что не сходится: повреждения, повторы, ссылки без пары, суммы, пропуски в наших именах файлов. Ничего не записывает, база данных не нужна. Код завершения 9, если есть ошибки.',
      ),
    );
  withExamples(withJson(command, t), t, 'check /srv/agency/xml', 'check 20261122-*.xml --json').action(async (paths: string[], options) => {
    const bar = progress(t);
    const report = await checkFiles(paths, bar.at);
    bar.end();
    process.stdout.write(options.json ? `${toJson(report)}\n` : renderReport(report, t('en', 'ru') as 'en' | 'ru'));
    if (report.counts.error > 0) process.exitCode = FOUND_ERRORS;
  });
}

/** `vestnik tickets import`, `check`. */
export function addFileCommands(tickets: Command, making: Making): void {
  addImport(tickets, making);
  addCheck(tickets, making);
}
