import type { Command } from 'commander';
import { migrationStatus } from '../core/database/migrate.ts';
import { migrationsOf, openStore } from '../ground.ts';
import { MODULES } from '../modules.ts';
import { type CommandContext, checkDataFolder } from './context.ts';
import { EXIT } from './exit.ts';
import { localTime, table } from './table.ts';

/** `vestnik migrate`: exit 1 with --status when something is missing or was edited. */
export function addMigrate(program: Command, context: CommandContext): void {
  const { t, print } = context;
  program
    .command('migrate')
    .summary(t('bring the database up to date', 'обновить структуру базы данных'))
    .description(
      t(
        'Applies the migrations that are missing, each in a transaction of its own. `serve` and every other command do this too; here it is done without starting anything.',
        'Применяет недостающие миграции, каждую в своей транзакции. Это делают и `serve`, и прочие команды; здесь ничего больше не запускается.',
      ),
    )
    .option(
      '--status',
      t('only say what is applied; exit 1 when something is missing', 'только показать состояние; код 1, если чего-то не хватает'),
    )
    .option('--json', t('print JSON (with --status)', 'вывести JSON (с --status)'))
    .addHelpText(
      'after',
      `
${t('Examples:', 'Примеры:')}
  vestnik migrate
  vestnik migrate --status`,
    )
    .action(async (options: { status?: boolean; json?: boolean }) => {
      if (!options.status) {
        const applied = await context.withGround(async (ground) => ground.migrated);
        print(
          applied.length === 0
            ? t('the database is up to date', 'база данных в порядке')
            : applied.map((name) => `${t('applied', 'применена')} ${name}`).join('\n'),
        );
        return;
      }
      const configuration = context.configuration();
      checkDataFolder(configuration.dataFolder);
      const store = await openStore(configuration, 'vestnik migrate');
      try {
        const rows = await migrationStatus(store.database, migrationsOf(MODULES));
        if (options.json) print(JSON.stringify(rows.map((row) => ({ ...row, appliedAt: row.appliedAt ?? null }))));
        else {
          const state = (row: (typeof rows)[number]): string =>
            row.changed
              ? t('edited after it was applied', 'изменена после применения')
              : row.appliedAt
                ? localTime(row.appliedAt)
                : t('missing', 'не применена');
          print(
            table(
              [t('MODULE', 'МОДУЛЬ'), t('FILE', 'ФАЙЛ'), t('APPLIED', 'ПРИМЕНЕНА')],
              rows.map((row) => [row.module, row.file, state(row)]),
            ),
          );
        }
        if (rows.some((row) => row.changed || !row.appliedAt)) process.exitCode = EXIT.failed;
      } finally {
        await store.close();
      }
    });
}
