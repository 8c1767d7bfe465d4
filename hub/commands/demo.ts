import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { wholeNumber } from './option-values.ts';

/** `vestnik demo`. */
export function addDemo(program: Command, { t, language }: CommandContext): void {
  const port = wholeNumber(0, 65_535, t);
  program
    .command('demo')
    .summary(t('show what Vestnik does, step by step', 'показать работу Вестника по шагам'))
    .description(
      t(
        'Starts a hub and agencies in a folder of their own, sends operations, shows the files that arrive, and stays up until Ctrl-C.',
        'Запускает сервер и агентства в отдельной папке, отправляет операции, показывает пришедшие файлы и работает до Ctrl-C.',
      ),
    )
    .option(
      '--once',
      t('end after the summary: exit 0 when every file arrived, else 1', 'завершиться после итога: код 0, если все файлы дошли, иначе 1'),
      false,
    )
    .option(
      '--folder <folder>',
      t('folder of the demonstration; its earlier contents are removed', 'папка показа; прежнее содержимое удаляется'),
      join(tmpdir(), `vestnik-demo-${userInfo().username}`),
    )
    .option('--http-port <port>', t('a free one when it is taken; 0 always', 'если занят — свободный; 0 — всегда'), port, 8080)
    .option('--feed-port <port>', t('a free one when it is taken; 0 always', 'если занят — свободный; 0 — всегда'), port, 8443)
    .option('--operations <count>', t('operations of the stream', 'число операций в потоке'), wholeNumber(1, 100_000, t), 300)
    .addHelpText(
      'after',
      `
${t('Examples:', 'Примеры:')}
  vestnik demo
  vestnik demo --once --http-port 0 --feed-port 0`,
    )
    .action(async (options: { once: boolean; folder: string; httpPort: number; feedPort: number; operations: number }) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      process.exitCode = await runDemo({ ...options, folder: resolve(options.folder), language });
    });
}
