import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { HubError } from '../../core/errors.ts';
import type { CommandPorts } from '../../core/module.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { CONTRACT_COLUMNS, importContracts } from '../import-contracts.ts';
import { importPayments, PAYMENT_COLUMNS } from '../import-payments.ts';
import { IMPORT_FORMATS, type ImportFormat, readImportRows } from '../import-rows.ts';
import { refusedByDatabase } from '../refused-by-database.ts';
import { type Change, createCounter, type ImportCounts, type ImportedRow, type Importer, runImport, tryOut } from '../run-import.ts';
import { commandAct } from './command-act.ts';
import { createProgress } from './import-progress.ts';

/** Failed rows that are printed; `--report` has every row. */
const SHOWN = 50;

interface Given {
  readonly file: string;
  readonly format?: ImportFormat;
  readonly apply?: boolean;
  readonly report?: string;
  readonly json?: boolean;
}

const sumsOf = ({ created, unchanged, failed }: ImportCounts, t: Translate): string =>
  t(`created ${created}, unchanged ${unchanged}, failed ${failed}`, `создано ${created}, без изменений ${unchanged}, с ошибкой ${failed}`);

const cannot = (file: string, error: NodeJS.ErrnoException, ru: string, en: string): HubError =>
  new HubError('NOT_FOUND', `the file ${file} cannot be ${en} (${error.code})`, {
    cause: error,
    reason: 'file',
    russian: `Файл ${file} нельзя ${ru} (${error.code})`,
  });

/** The bytes of a file, or of standard input for `-`. @throws HubError NOT_FOUND */
export async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  const stream = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const part of stream) yield part as Uint8Array;
  } catch (error) {
    throw cannot(file, error as NodeJS.ErrnoException, 'прочитать', 'read');
  }
}

/** Writes a line for each row, waiting where the disk is slower than the import. */
function reportTo(file: string) {
  const stream = createWriteStream(file);
  const done = finished(stream).catch((error: NodeJS.ErrnoException) => {
    throw cannot(file, error, 'записать', 'written');
  });
  done.catch(() => undefined);
  return {
    async add(row: ImportedRow): Promise<void> {
      if (!stream.write(`${JSON.stringify(row)}\n`)) await Promise.race([done, new Promise((resolve) => stream.once('drain', resolve))]);
    },
    async end(): Promise<void> {
      stream.end();
      await done;
    },
  };
}

/** Reads, imports, tells how far it is, and prints what became of the rows. */
async function run(
  { database, print, ...ports }: CommandPorts,
  t: Translate,
  { file, format, apply = false, report, json = false }: Given,
  importerOf: (act: ReturnType<typeof commandAct>, change: Change, dryRun: boolean) => Importer,
): Promise<void> {
  const act = (): ReturnType<typeof commandAct> => commandAct({ database, print, ...ports });
  const change: Change = async (_contract, work) => {
    try {
      return await database.transaction((tx) => work(tx, act()));
    } catch (thrown) {
      throw refusedByDatabase(thrown) ?? thrown;
    }
  };
  const importer = importerOf(act(), apply ? change : tryOut(change), !apply);
  const rows = readImportRows(bytesOf(file), format ?? (/\.(jsonl|ndjson|json)$/i.test(file) ? 'ndjson' : 'csv'));
  const { counts, add } = createCounter();
  const progress = createProgress(t);
  const kept = report === undefined ? undefined : reportTo(report);
  const bad: ImportedRow[] = [];
  for await (const row of runImport(rows, importer)) {
    add(row);
    await kept?.add(row);
    if (row.error && bad.length < SHOWN) bad.push(row);
    progress.tell(() => `${t('line', 'строка')} ${row.line}: ${sumsOf(counts, t)}`);
  }
  await kept?.end();
  if (counts.failed > 0) process.exitCode = 1;
  if (json) return print(toJson({ dry_run: !apply, ...counts, failures: bad }));
  print(`${apply ? '' : t('Tried; nothing is changed. ', 'Проверка; ничего не изменено. ')}${sumsOf(counts, t)}`);
  if (bad.length === 0) return;
  const why = bad.map(({ line, error }) => {
    const places = (error?.details ?? []).map(({ path, message }) => `${path.slice(1)}: ${message}`).join('; ');
    return [line, places || t(error?.message ?? '', error?.russian ?? error?.message ?? '')];
  });
  print(renderTable([t('LINE', 'СТРОКА'), t('WHY', 'ПОЧЕМУ')], why));
  if (counts.failed > SHOWN) print(t(`and ${counts.failed - SHOWN} more: --report FILE`, `и ещё ${counts.failed - SHOWN}: --report ФАЙЛ`));
}

/** `vestnik billing import ...` */
export function addImportCommands(billing: Command, { t, withPorts }: Making): void {
  const group = billing.command('import').summary(t('contracts and payments from files', 'договоры и платежи из файлов'));
  const importCommand = (name: string, summary: string, columns: string): Command =>
    withJson(
      group
        .command(name)
        .argument(
          '<file>',
          t(
            'CSV with titles, or lines of JSON; UTF-8; - for standard input',
            'CSV с заголовками или NDJSON; UTF-8; - для стандартного ввода',
          ),
        )
        .summary(summary)
        .description(
          `${t(
            'Tries every row and prints what would happen; with --apply stores those that are right, each once however often the file comes: after a break send the same file again. Exit code 1: some rows failed.',
            'Проверяет каждую строку и печатает, что произойдёт; с --apply сохраняет верные, каждую один раз, сколько бы раз файл ни загружался: после обрыва загрузите тот же файл снова. Код завершения 1: есть ошибочные строки.',
          )}\n\n${t('Columns:', 'Столбцы:')} ${columns}`,
        )
        .option('--apply', t('store the rows', 'сохранить строки'))
        .option(
          '--source <name>',
          t('whose external ids they are (default: the user of the system)', 'чьи это external_id (по умолчанию пользователь системы)'),
        )
        .option('--report <file>', t('what became of each row, as lines of JSON', 'что стало с каждой строкой, NDJSON'))
        .addOption(
          new Option('--format <format>', t('instead of the ending of the name', 'вместо окончания имени')).choices([...IMPORT_FORMATS]),
        ),
      t,
    );
  const payments = importCommand('payments', t('import payments', 'загрузить платежи'), PAYMENT_COLUMNS.join(', ')).option(
    '--type <id>',
    t('type of rows that name none', 'тип для строк без типа'),
    identifier(t),
  );
  withExamples(payments, t, 'import payments bank.csv --type 3', 'import payments bank.csv --type 3 --source bank --apply').action(
    (file, { type: typeId, source, ...given }) =>
      withPorts((ports) =>
        run(ports, t, { file, ...given }, (act, change, dryRun) =>
          importPayments({ db: ports.database.work, act, change, source, typeId, dryRun }),
        ),
      ),
  );
  const contracts = importCommand(
    'contracts',
    t('import contracts', 'загрузить договоры'),
    [...CONTRACT_COLUMNS, 'parameter:...'].join(', '),
  ).option('--pattern <id>', t('pattern of rows that name none', 'шаблон для строк без шаблона'), identifier(t));
  withExamples(contracts, t, 'import contracts contracts.ndjson', 'import contracts contracts.csv --pattern 1 --apply').action(
    (file, { pattern: patternId, source, ...given }) =>
      withPorts((ports) =>
        run(ports, t, { file, ...given }, (act, change, dryRun) =>
          importContracts({ db: ports.database.work, act, change, source, patternId, dryRun }),
        ),
      ),
  );
}
