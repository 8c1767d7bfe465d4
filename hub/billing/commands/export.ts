import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { HubError } from '../../core/errors.ts';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { type ExportedPart, exportView, listExports } from '../export-view.ts';
import { commandAct } from './command-act.ts';
import { createProgress, type Progress } from './import-progress.ts';

async function* textsOf(parts: AsyncGenerator<ExportedPart>, progress: Progress): AsyncGenerator<string> {
  let lines = 0;
  for await (const part of parts) {
    yield part.text;
    lines += part.lines;
    progress.tell((t) => t(`${lines} lines; go on with --after ${part.after}`, `строк: ${lines}; продолжить: --after ${part.after}`));
  }
}

/** `vestnik billing export ...` */
export function addExportCommands(billing: Command, { t, withPorts }: Making): void {
  const command = billing
    .command('export')
    .argument('[view]', t('what to export; without it the views are listed', 'что выгрузить; без него выводится список представлений'))
    .summary(t('views of billing_read as lines of JSON', 'выгрузить представления billing_read в NDJSON'))
    .description(
      t(
        'Prints a view as lines of JSON, in the order of its key, to standard output or to a file; how far it is goes to standard error. An export that broke off goes on behind the last line that is there.',
        'Выводит представление в NDJSON по порядку ключа, в стандартный вывод или в файл; ход работы печатается в стандартный поток ошибок. Прерванную выгрузку можно продолжить после последней готовой строки.',
      ),
    )
    .option('--out <file>', t('a new file instead of standard output', 'новый файл вместо стандартного вывода'))
    .option(
      '--after <key>',
      t('go on behind the line with these values of the key: 17 or 17,2026,3', 'продолжить после строки с этим ключом: 17 или 17,2026,3'),
    )
    .option('--most <lines>', t('lines at most', 'не более стольких строк'), wholeNumber(t, 1, 1_000_000_000));
  withExamples(withJson(command, t), t, 'export', 'export payment --out payments.ndjson', 'export change_log --after 1000512').action(
    (view: string | undefined, { out, after, most, json }) =>
      withPorts(async (ports) => {
        const { database, print } = ports;
        if (view === undefined) {
          const views = await listExports(database.work);
          const rows = views.map(({ view: name, key, comment }) => [name, key.join(','), comment]);
          return print(
            json ? toJson({ items: views }) : renderTable([t('VIEW', 'ПРЕДСТАВЛЕНИЕ'), t('KEY', 'КЛЮЧ'), t('WHAT', 'ЧТО')], rows),
          );
        }
        const parts = await exportView(database, commandAct(ports), { view, after, most });
        const progress = createProgress(t);
        if (out === undefined) {
          for await (const text of textsOf(parts, progress)) {
            print(text.slice(0, -1));
            // Whoever reads the pipe slowly makes the export slow, not the memory full.
            if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
          }
          return;
        }
        // A file that is there may be all that is left of an export that broke off.
        const file = createWriteStream(out, { flags: 'wx' });
        await pipeline(Readable.from(textsOf(parts, progress)), file).catch((error: NodeJS.ErrnoException) => {
          if (error instanceof HubError) throw error;
          throw new HubError('CONFLICT', `${out} cannot be written (${error.code ?? error.message})`, {
            cause: error,
            reason: 'file',
            russian: `Файл ${out} нельзя записать (${error.code ?? error.message})`,
          });
        });
      }),
  );
}
