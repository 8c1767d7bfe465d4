import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../hub/core/database/database.ts';
import { startEmbedded } from '../../hub/core/database/embedded.ts';
import { prepareHome } from '../../hub/core/database/embedded-home.ts';
import { lockFolder } from '../../hub/core/database/folder-lock.ts';
import { type MigrationSource, migrate } from '../../hub/core/database/migrate.ts';
import { CORE_MIGRATIONS } from '../../hub/core/migrations.ts';

/**
 * One PostgreSQL for the whole run, with the database `vestnik_template` that every test file clones (database.ts).
 *
 * Life: leftovers of killed runs are removed -> folder locked and made -> server started -> template migrated -> provided -> torn down.
 * A run's folder is locked by the system for as long as the run lives, so a later run can tell a leftover from a neighbour.
 */
const PREFIX = 'vestnik-test-';
/** Rooms that may not import the hub (scripts/boundaries), so that their tests cannot need a database. */
const ROOMS_WITHOUT_DATABASE = /^(protocol|client|scripts)[\\/]/;
const RUN_AS = 'nobody';

/** True when some selected test may ask for a database. In watch mode any test may be selected later. */
async function databaseWanted(project: TestProject): Promise<boolean> {
  if (project.config.watch) return true;
  // Not in vitest's types; where a later version lacks it, every file counts and the database is simply started.
  const { filenamePattern } = project.vitest as unknown as { filenamePattern?: string[] };
  const { testFiles } = await project.globTestFiles(filenamePattern);
  return testFiles.length === 0 || testFiles.some((file) => !ROOMS_WITHOUT_DATABASE.test(relative(project.config.root, file)));
}

/** Ends the server of a killed run at once; its data is thrown away. */
function killServer(data: string): void {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const commandLine = `/proc/${pid}/cmdline`;
  // The number may belong to a stranger by now; where this cannot be asked, the server is left to die with its folder.
  if (!existsSync(commandLine) || !readFileSync(commandLine, 'utf8').includes(data)) return;
  process.kill(pid, 'SIGQUIT');
}

function removeRun(folder: string): void {
  const home = prepareHome(folder, RUN_AS);
  killServer(home.data);
  for (const path of [home.socket, dirname(home.data), folder])
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith(PREFIX) || statSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue;
    const lock = await lockFolder(folder);
    if (!lock) continue;
    try {
      removeRun(folder);
    } catch (error) {
      process.stderr.write(`cannot remove ${folder}, which a killed test run left: ${error instanceof Error ? error.message : error}\n`);
    } finally {
      lock.release();
    }
  }
}

/**
 * Migrations of the core and of every module, found by the layout that all modules share (hub/<module>/sql/migrations/) and not by loading
 * hub/modules.ts: a module that does not load must fail its own tests only. test/template.test.ts holds the two together.
 */
function allMigrations(): MigrationSource[] {
  const hub = new URL('../../hub/', import.meta.url);
  const modules = globSync('*/sql/migrations', { cwd: hub }).map((path) => path.split(sep)[0] ?? '');
  return [...CORE_MIGRATIONS, ...modules.sort().map((module) => ({ module, folder: new URL(`${module}/sql/migrations/`, hub) }))];
}

async function createTemplate(serverUrl: string): Promise<string> {
  const url = serverUrl.replace(/\/vestnik$/, '/vestnik_template');
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query('CREATE DATABASE vestnik_template');
  } finally {
    await client.end();
  }
  const database = openDatabase({ url, poolSize: 3, queuePoolSize: 1, name: 'template' });
  try {
    await migrate(database, allMigrations());
  } finally {
    await database.close();
  }
  return url;
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const parent = realpathSync(tmpdir());
  await removeLeftovers(parent);
  if (!(await databaseWanted(project))) return undefined;
  const folder = join(parent, `${PREFIX}${process.pid}-${Date.now().toString(36)}`);
  const lock = await lockFolder(folder);
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, 'README'), 'The database of a test run of Vestnik; the next run removes it when this one was killed.\n');
  const server = await startEmbedded({ dataFolder: folder, runAs: RUN_AS });
  const remove = (): void => removeRun(folder);
  process.once('exit', remove);
  const teardown = async (): Promise<void> => {
    await server.stop();
    process.off('exit', remove);
    removeRun(folder);
    lock?.release();
  };
  try {
    project.provide('templateUrl', await createTemplate(server.url));
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}
