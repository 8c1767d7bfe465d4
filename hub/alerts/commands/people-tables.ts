import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { withExamples, withJson } from '../../core/terminal/words.ts';
import { EXPORT_FORMATS, type ExportFormat, exportPeople } from '../export-people.ts';
import { createImportCounter } from '../import-counter.ts';
import type { ImportedPerson } from '../import-people.ts';
import { importTable } from '../import-table.ts';
import { PEOPLE_COLUMNS } from '../people-table.ts';
import type { AlertMaking } from './alert-ports.ts';
import { unusableFile, writeNewFile } from './local-files.ts';
import { shownText } from './shown-words.ts';

/** Rows that are printed. */
const SHOWN = 50;
/** Larger than what REST takes: the command line is the way for large files. */
const LARGE = { bytes: 200 * 1024 * 1024, rows: 1_000_000, characters: 500_000_000 };
/** Between two words about how far it is, on standard error. Milliseconds. */
const EVERY = 1_000;

/** Tells on standard error how far work is, at most once a second. */
function progress(word: string): (done: number) => void {
  let last = performance.now();
  return (done) => {
    if (performance.now() - last < EVERY) return;
    last = performance.now();
    process.stderr.write(`${word} ${done}\n`);
  };
}

/** `vestnik alerts import <file>`, `export` */
export function addPeopleTableCommands(alerts: Command, { t, withPorts }: AlertMaking): void {
  const word = (result: ImportedPerson['result']): string =>
    ({
      added: t('new', 'новый'),
      changed: t('changed', 'изменён'),
      unchanged: t('unchanged', 'без изменений'),
      failed: t('failed', 'ошибка'),
    })[result];
  const load = alerts
    .command('import')
    .argument('<file>', t('CSV, XLSX or XLS; the first row has the titles', 'CSV, XLSX или XLS; в первой строке заголовки'))
    .summary(t('import people from a table', 'загрузить абонентов из таблицы'))
    .description(
      `${t(
        'Tells what would change; with --apply stores it. A person is known by the external id, else by group and name. Exit code 1: some rows failed, the others are stored.',
        'Показывает, что изменится; с --apply сохраняет. Абонент узнаётся по внешнему номеру, иначе по группе и имени. Код завершения 1: есть ошибочные строки, остальные сохранены.',
      )}\n\n${t('Columns:', 'Столбцы:')} ${Object.entries(PEOPLE_COLUMNS)
        .map(([column, title]) => `${column} (${title})`)
        .join(', ')}`,
    )
    .option('--apply', t('store it', 'сохранить'))
    .option('--make-groups', t('make groups that do not exist', 'создать недостающие группы'))
    .option('--group <name>', t('group of rows that name none', 'группа для строк, где она не указана'))
    .option(
      '--sheet <sheet>',
      t('sheet of a workbook, by name or number (default: the first)', 'лист книги по имени или номеру (по умолчанию первый)'),
    );
  withExamples(withJson(load, t), t, 'import people.xlsx --sheet 2', 'import people.csv --apply --make-groups').action(
    (path: string, options) =>
      withPorts(async (ports) => {
        const file = await readFile(path).catch((error) => {
          throw unusableFile(path, error);
        });
        const wish = { dryRun: !options.apply, makeGroups: options.makeGroups ?? false, group: options.group };
        const counter = createImportCounter();
        const shown: ImportedPerson[] = [];
        const tell = progress(t('rows done:', 'строк обработано:'));
        let done = 0;
        const table = importTable({ database: ports.database, act: ports.act() }, file, { ...LARGE, sheet: options.sheet }, wish);
        for await (const rows of table.reports) {
          for (const row of rows) {
            counter.add(row);
            if (options.json) ports.print(JSON.stringify(row));
            else if (row.result === 'failed' ? counter.counts.failed <= SHOWN : row.result !== 'unchanged' && shown.length < SHOWN)
              shown.push(row);
          }
          done += rows.length;
          tell(done);
        }
        const { added, changed, unchanged, failed } = counter.counts;
        if (failed > 0) process.exitCode = 1;
        if (options.json) return ports.print(JSON.stringify({ dry_run: wish.dryRun, ...table.sheets, ...counter.counts }));
        const rows = shown
          .sort((one, other) => Number(other.result === 'failed') - Number(one.result === 'failed') || one.line - other.line)
          .slice(0, SHOWN)
          .map(({ line, result, name, fields, makes_group: makes, error }) => [
            line,
            word(result),
            shownText(name),
            error
              ? t(error.message, error.russian ?? error.message)
              : (fields?.join(', ') ?? (makes && t(`makes the group ${makes}`, `создаёт группу ${makes}`))),
          ]);
        if (rows.length > 0) ports.print(renderTable([t('LINE', 'СТРОКА'), t('RESULT', 'ИТОГ'), t('NAME', 'ИМЯ'), t('WHAT', 'ЧТО')], rows));
        const told = added + changed + failed;
        if (told > rows.length)
          ports.print(t(`the first ${rows.length} of ${told} rows`, `показаны первые строки: ${rows.length} из ${told}`));
        const { sheet, sheets } = table.sheets;
        if (sheets.length > 1) ports.print(t(`Sheet ${sheet} of: ${sheets.join(', ')}`, `Лист «${sheet}» из: ${sheets.join(', ')}`));
        const sums = t(
          `new ${added}, changed ${changed}, unchanged ${unchanged}, failed ${failed}`,
          `новых ${added}, изменено ${changed}, без изменений ${unchanged}, с ошибкой ${failed}`,
        );
        ports.print(`${wish.dryRun ? t('Nothing is stored. ', 'Ничего не сохранено. ') : ''}${sums}`);
      }),
  );

  const save = alerts
    .command('export')
    .summary(t('people as a table, which an import reads again', 'абоненты таблицей, которую можно загрузить снова'))
    .argument('<file>', t('a new file: .csv, .xlsx or .xls', 'новый файл: .csv, .xlsx или .xls'))
    .addOption(
      new Option('--format <format>', t('instead of the ending of the name', 'вместо окончания имени')).choices([...EXPORT_FORMATS]),
    )
    .option('--group <id>', t('only people of a group', 'только абоненты группы'), identifier(t))
    .option('--list <id>', t('only people of a list', 'только абоненты списка'), identifier(t))
    .option('--pins', t('with PINs', 'с ПИН-кодами'));
  withExamples(save, t, 'export people.xlsx').action((path: string, options) =>
    withPorts(async (ports) => {
      const format: ExportFormat = options.format ?? EXPORT_FORMATS.find((ending) => path.toLowerCase().endsWith(`.${ending}`)) ?? 'csv';
      let people = 0;
      const tell = progress(t('people done:', 'абонентов выгружено:'));
      const pieces = await exportPeople(
        { database: ports.database, act: ports.act() },
        {
          format,
          language: t('en', 'ru') as 'en' | 'ru',
          groupId: options.group,
          listId: options.list,
          withPins: options.pins ?? false,
          onPeople(done) {
            people = done;
            tell(done);
          },
        },
      );
      await writeNewFile(path, pieces);
      ports.print(t(`${path}: ${people} people`, `${path}: абонентов ${people}`));
    }),
  );
}
