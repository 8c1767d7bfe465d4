import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import type { Database } from './database.ts';
import { type Queryable, run, statement } from './statement.ts';

const notes = notesOf('database.migrate');

/** A module's migrations: the name of the module and the folder with `0001-name.sql`, `0002-name.sql`, ... */
export interface MigrationSource {
  readonly module: string;
  readonly folder: URL;
}

export interface MigrationStatus {
  readonly module: string;
  readonly file: string;
  /** Undefined while the migration is not applied. */
  readonly appliedAt: Temporal.Instant | undefined;
  /** True when the file no longer is what was applied. */
  readonly changed: boolean;
}

interface Migration {
  readonly module: string;
  readonly file: string;
  readonly sql: string;
  readonly sha256: string;
}

const LOCK = 7_403_912;

const applied = statement<{ module: string; file: string; sha256: string; applied_at: Temporal.Instant }>(
  'database.migrations',
  'SELECT module, file, sha256, applied_at FROM migration ORDER BY module, file',
);

async function load(sources: readonly MigrationSource[]): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const { module, folder } of sources) {
    const files = (await readdir(fileURLToPath(folder))).filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file)).sort();
    for (const file of files) {
      const sql = await readFile(new URL(file, folder), 'utf8');
      migrations.push({ module, file, sql, sha256: createHash('sha256').update(sql).digest('hex') });
    }
  }
  return migrations;
}

async function createTable(db: Queryable): Promise<void> {
  await run(
    db,
    `CREATE TABLE IF NOT EXISTS migration (
       module text, file text, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (module, file))`,
  );
}

/** Says of each migration whether it is applied. Changes nothing but the table that remembers. */
export async function migrationStatus(database: Database, sources: readonly MigrationSource[]): Promise<MigrationStatus[]> {
  await createTable(database.work);
  const done = new Map((await applied(database.work)).map((row) => [`${row.module}/${row.file}`, row]));
  return (await load(sources)).map((migration) => {
    const row = done.get(`${migration.module}/${migration.file}`);
    return {
      module: migration.module,
      file: migration.file,
      appliedAt: row?.applied_at,
      changed: row !== undefined && row.sha256 !== migration.sha256,
    };
  });
}

/**
 * Applies what is missing, each migration in a transaction of its own, in the order of the sources, under a lock: of several hubs that
 * start at once one migrates, the others wait and find nothing to do.
 * @returns the names applied now, `module/file`.
 * @throws HubError CONFLICT when an applied migration was edited afterwards, or when the database is newer than this program.
 */
export async function migrate(database: Database, sources: readonly MigrationSource[]): Promise<string[]> {
  const migrations = await load(sources);
  const fresh: string[] = [];
  await database.transaction(async (lock) => {
    await run(lock, 'SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await createTable(database.work);
    const done = new Map((await applied(database.work)).map((row) => [`${row.module}/${row.file}`, row.sha256]));
    const known = new Set(migrations.map((migration) => `${migration.module}/${migration.file}`));
    const modules = new Set(sources.map((source) => source.module));
    for (const name of done.keys()) {
      if (modules.has(name.slice(0, name.indexOf('/'))) && !known.has(name)) {
        throw new HubError(
          'CONFLICT',
          `the database has migration ${name}, which this version does not know: start the newer version, or restore a backup`,
        );
      }
    }
    for (const migration of migrations) {
      const name = `${migration.module}/${migration.file}`;
      const sha256 = done.get(name);
      if (sha256 === migration.sha256) continue;
      if (sha256 !== undefined)
        throw new HubError('CONFLICT', `migration ${name} was edited after it had been applied: put the change into a new migration`);
      await database.transaction(async (tx) => {
        await run(tx, migration.sql);
        await run(tx, 'INSERT INTO migration (module, file, sha256) VALUES ($1, $2, $3)', [
          migration.module,
          migration.file,
          migration.sha256,
        ]);
      });
      notes.info('migration applied', { name });
      fresh.push(name);
    }
  });
  return fresh;
}
