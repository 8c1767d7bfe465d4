import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../../config.ts';
import { type Database, waitForDatabase } from '../../core/database/database.ts';
import { prepareHome } from '../../core/database/embedded-home.ts';
import { migrationStatus } from '../../core/database/migrate.ts';
import { run } from '../../core/database/statement.ts';
import { migrationsOf, openStore } from '../../ground.ts';
import { MODULES } from '../../modules.ts';
import type { CommandContext } from '../context.ts';
import { alertFindings } from './alerts.ts';
import { accrualFindings } from './billing.ts';
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts';
import { readerFindings } from './readers.ts';

const OLDEST_SERVER = 150_000;
const PATIENCE = 10_000;

async function serverFinding(database: Database, { t }: CommandContext): Promise<Finding> {
  const name = t('database', 'база данных');
  const began = performance.now();
  const { rows } = await run<{ text: string; number: number; fsync: string }>(
    database.work,
    "SELECT current_setting('server_version') AS text, current_setting('server_version_num')::int AS number, current_setting('fsync') AS fsync",
  );
  const [row] = rows;
  const said = `PostgreSQL ${row?.text}, ${(performance.now() - began).toFixed(1)} ms`;
  if ((row?.number ?? 0) < OLDEST_SERVER) return fail(name, said, t('PostgreSQL 15 or newer is needed', 'нужен PostgreSQL 15 или новее'));
  if (row?.fsync !== 'on')
    return fail(
      name,
      `${said}, fsync ${row?.fsync}`,
      t('turn fsync on: without it a power cut loses what was acknowledged', 'включите fsync: без него сбой питания теряет подтверждённое'),
    );
  return ok(name, said);
}

async function migrationFinding(database: Database, { t }: CommandContext): Promise<Finding> {
  const name = t('migrations', 'миграции');
  const rows = await migrationStatus(database, migrationsOf(MODULES));
  const changed = rows.filter((row) => row.changed).map((row) => `${row.module}/${row.file}`);
  const missing = rows.filter((row) => !row.appliedAt);
  if (changed.length > 0)
    return fail(
      name,
      `${t('edited after they were applied', 'изменены после применения')}: ${changed.join(', ')}`,
      t('install the files of this release again', 'установите файлы этой версии заново'),
    );
  if (missing.length > 0)
    return warn(
      name,
      `${t('missing', 'не применены')}: ${missing.length}`,
      t('`vestnik migrate`; `serve` does it too', '`vestnik migrate`; `serve` делает это сам'),
    );
  return ok(name, t(`${rows.length} applied`, `применено: ${rows.length}`));
}

async function clockFinding(database: Database, { t }: CommandContext): Promise<Finding> {
  const name = t('clock', 'часы');
  const before = Date.now();
  const { rows } = await run<{ now: Temporal.Instant }>(database.work, 'SELECT clock_timestamp() AS now');
  const skew = ((rows[0]?.now.epochMilliseconds ?? 0) - (before + Date.now()) / 2) / 1000;
  const said = t(`${skew.toFixed(2)} s between this machine and the database`, `расхождение с базой данных ${skew.toFixed(2)} с`);
  const next = t('synchronise both clocks (NTP)', 'синхронизируйте часы (NTP)');
  return Math.abs(skew) > 30 ? fail(name, said, next) : Math.abs(skew) > 2 ? warn(name, said, next) : ok(name, said);
}

/** Everything that the database tells. Our own server is started for the checks when nobody runs it; one that does not exist is not made. */
export async function databaseFindings(configuration: Configuration, context: CommandContext): Promise<Finding[]> {
  const { t } = context;
  const name = t('database', 'база данных');
  const next = t(
    'check database.url, the server and the network; its log says more',
    'проверьте database.url, сервер и сеть; подробности в его журнале',
  );
  try {
    if (configuration.database.url === undefined) {
      if (
        !existsSync(configuration.dataFolder) ||
        !existsSync(join(prepareHome(configuration.dataFolder, configuration.database.runAs).data, 'PG_VERSION'))
      ) {
        return [ok(name, t('will be made at the first start', 'появится при первом запуске'))];
      }
    }
    const store = await openStore(configuration, 'vestnik doctor');
    try {
      await waitForDatabase(store.database, PATIENCE);
      return [
        await serverFinding(store.database, context),
        await migrationFinding(store.database, context),
        await clockFinding(store.database, context),
        ...(await accrualFindings(store.database, configuration, context)),
        ...(await readerFindings(store.database, configuration, context)),
        ...(await alertFindings(store.database, configuration, context)),
      ];
    } finally {
      await store.close();
    }
  } catch (error) {
    return [fail(name, reasonOf(error), next)];
  }
}
