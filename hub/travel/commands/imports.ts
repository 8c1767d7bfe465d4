import { readFile } from 'node:fs/promises';
import { Argument, type Command, Option } from 'commander';
import { HubError } from '../../core/errors.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { type ImportReport, importRows } from '../import-rows.ts';
import { readImport } from '../read-import.ts';
import { IMPORT_KINDS, type ImportKind } from '../save-imported.ts';

/** A file is read whole; so many rows are some hundred megabytes at most. */
const ROWS = 1_000_000;
/** Failed rows that are printed; `--json` has them all. */
const SHOWN = 50;

function reportText(report: ImportReport, t: Translate): string {
  const { created, updated, unchanged, failed } = report;
  const head = report.dry_run ? t('Tried; nothing is changed. ', 'Проверка; ничего не изменено. ') : '';
  const sums = t(
    `Created ${created}, updated ${updated}, unchanged ${unchanged}, failed ${failed}.`,
    `Создано ${created}, изменено ${updated}, без изменений ${unchanged}, с ошибкой ${failed}.`,
  );
  const bad = report.rows.filter((row) => row.error !== undefined);
  if (bad.length === 0) return head + sums;
  const rows = bad.slice(0, SHOWN).map(({ line, error }) => [line, t(error?.message ?? '', error?.russian ?? error?.message ?? '')]);
  const rest = bad.length > SHOWN ? `\n${t(`and ${bad.length - SHOWN} more: --json`, `и ещё ${bad.length - SHOWN}: --json`)}` : '';
  return `${head}${sums}\n${renderTable([t('LINE', 'СТРОКА'), t('WHY', 'ПОЧЕМУ')], rows)}${rest}`;
}

/** `vestnik travel import ...` */
export function addImportCommands(travel: Command, { t, withPorts }: Making): void {
  const command = travel
    .command('import')
    .addArgument(new Argument('<kind>', t('what the rows are', 'что в строках')).choices([...IMPORT_KINDS]))
    .argument('<file>', t('CSV with titles, or JSON Lines; UTF-8', 'CSV с заголовками или JSON Lines; UTF-8'))
    .summary(t('import static data', 'загрузить статичные данные'))
    .description(
      t(
        'Tries every row and prints what would happen; with --apply saves those that are right. A repeated import changes nothing. Exit code 1: some rows failed.',
        'Проверяет каждую строку и печатает, что произойдёт; с --apply сохраняет верные. Повторная загрузка ничего не меняет. Код завершения 1: есть ошибочные строки.',
      ),
    )
    .option('--apply', t('save the rows', 'сохранить строки'))
    .addOption(new Option('--format <format>', t('instead of the ending of the name', 'вместо окончания имени')).choices(['csv', 'jsonl']));
  withExamples(withJson(command, t), t, 'import persons staff.csv', 'import codes projects.jsonl --apply').action(
    (kind: ImportKind, file: string, options) =>
      withPorts(async ({ database, caller, print }) => {
        const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
          throw new HubError('NOT_FOUND', `the file ${file} cannot be read (${error.code})`, { cause: error });
        });
        const format = options.format ?? (/\.(jsonl|ndjson|json)$/i.test(file) ? 'jsonl' : 'csv');
        const report = await importRows(database, caller, { kind, rows: readImport(bytes, format, ROWS), dryRun: options.apply !== true });
        print(options.json ? toJson(report) : reportText(report, t));
        if (report.failed > 0) process.exitCode = 1;
      }),
  );
}
