import { type Command, Option } from 'commander';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import type { Directory } from '../directories/directory.ts';
import { importEntries } from '../import-entries.ts';
import { IMPORT_FORMATS, readImportRows } from '../import-rows.ts';
import type { Change } from '../run-import.ts';
import { commandAct } from './command-act.ts';
import { bytesOf } from './import.ts';
import { createProgress } from './import-progress.ts';

/** `vestnik billing directory <which> import <file>` */
export function addDirectoryImport(noun: Command, directory: Directory, { t, withPorts }: Making): void {
  const { name, many, fields } = directory;
  const command = noun
    .command('import')
    .argument(
      '<file>',
      t('CSV with titles, or lines of JSON; UTF-8; - for standard input', 'CSV с заголовками или NDJSON; UTF-8; - для стандартного ввода'),
    )
    .summary(t(`import ${many.en} from a file`, `загрузить из файла: ${many.ru}`))
    .description(
      `${t(
        'Tries every line and prints what would happen; with --apply stores all of them, or none when a line is wrong. Entries that are there already are changed. Exit code 1: some lines failed.',
        'Проверяет каждую строку и печатает, что произойдёт; с --apply сохраняет все строки, а если хоть одна неверна — ни одной. Записи, которые уже есть, изменяются. Код завершения 1: есть ошибочные строки.',
      )}\n\n${t('Columns:', 'Столбцы:')} ${['id', ...Object.keys(fields)].join(', ')}`,
    )
    .option('--apply', t('store them', 'сохранить'))
    .addOption(
      new Option('--format <format>', t('instead of the ending of the name', 'вместо окончания имени')).choices([...IMPORT_FORMATS]),
    );
  withExamples(
    withJson(command, t),
    t,
    `${directory.below === undefined ? 'directory ' : ''}${name} import ${directory.path}.csv --apply`,
  ).action((file: string, options) =>
    withPorts(async (ports) => {
      const { database, print } = ports;
      const change: Change = (_contract, work) => database.transaction((tx) => work(tx, commandAct(ports)));
      const rows = readImportRows(bytesOf(file), options.format ?? (/\.(jsonl|ndjson|json)$/i.test(file) ? 'ndjson' : 'csv'));
      const progress = createProgress(t);
      const onLine = (done: number): void => progress.tell(() => `${t('lines done:', 'строк обработано:')} ${done}`);
      const report = await importEntries({ directory, rows, change, dryRun: !options.apply, onLine });
      const { stored, created, changed, unchanged, failed, failures } = report;
      if (failed > 0) process.exitCode = 1;
      if (options.json) return print(toJson({ dry_run: !options.apply, ...report }));
      const sums = t(
        `new ${created}, changed ${changed}, unchanged ${unchanged}, failed ${failed}`,
        `новых ${created}, изменено ${changed}, без изменений ${unchanged}, с ошибкой ${failed}`,
      );
      print(`${stored ? '' : t('Nothing is stored. ', 'Ничего не сохранено. ')}${sums}`);
      if (failures.length === 0) return;
      const why = failures.map(({ line, message, russian, details }) => {
        const places = details.map((fault) => `${fault.path.slice(1)}: ${fault.message}`).join('; ');
        return [line, russian === null ? places || message : t(message, russian)];
      });
      print(renderTable([t('LINE', 'СТРОКА'), t('WHY', 'ПОЧЕМУ')], why));
    }),
  );
}
