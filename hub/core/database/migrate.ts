import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HubError, isDatabaseAway } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import type { Database } from './database.ts';
import { type Queryable, run, statement, type Transaction } from './statement.ts';

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

const TABLE = `CREATE TABLE IF NOT EXISTS migration (
  module text, file text, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (module, file))`;

interface Applied {
  readonly module: string;
  readonly file: string;
  readonly sha256: string;
  readonly applied_at: Temporal.Instant;
}

const applied = statement<Applied>('database.migrations', 'SELECT module, file, sha256, applied_at FROM migration ORDER BY module, file');

async function load(sources: readonly MigrationSource[]): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const { module, folder } of sources) {
    for (const file of (await readdir(fileURLToPath(folder))).sort()) {
      if (!file.endsWith('.sql')) continue;
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(file))
        throw new HubError(
          'INTERNAL',
          `the migration ${module}/${file} would never be applied: its name must have the form 0001-what-it-does.sql`,
        );
      // A checkout on Windows may have other line ends; the migration is the same.
      const sql = (await readFile(new URL(file, folder), 'utf8')).replaceAll('\r\n', '\n');
      migrations.push({ module, file, sql, sha256: createHash('sha256').update(sql).digest('hex') });
    }
  }
  return migrations;
}

async function appliedTo(db: Queryable): Promise<Map<string, Applied>> {
  const { rows } = await run<{ present: boolean }>(db, "SELECT to_regclass('migration') IS NOT NULL AS present");
  if (!rows[0]?.present) return new Map();
  return new Map((await applied(db)).map((row) => [`${row.module}/${row.file}`, row]));
}

/** Says of each migration whether it is applied. Changes nothing. */
export async function migrationStatus(database: Database, sources: readonly MigrationSource[]): Promise<MigrationStatus[]> {
  const done = await appliedTo(database.work);
  return (await load(sources)).map(({ module, file, sha256 }) => {
    const row = done.get(`${module}/${file}`);
    return { module, file, appliedAt: row?.applied_at, changed: row !== undefined && row.sha256 !== sha256 };
  });
}

function refuseStrange(done: ReadonlyMap<string, Applied>, migrations: readonly Migration[], sources: readonly MigrationSource[]): void {
  const known = new Map(migrations.map(({ module, file, sha256 }) => [`${module}/${file}`, sha256]));
  const modules = new Set(sources.map((source) => source.module));
  for (const [name, { module, sha256 }] of done) {
    if (!modules.has(module)) continue;
    const present = known.get(name);
    if (present === undefined)
      throw new HubError(
        'CONFLICT',
        `the database has migration ${name}, which this version does not know: start the newer version, or restore a backup`,
      );
    if (present !== sha256)
      throw new HubError('CONFLICT', `migration ${name} was edited after it had been applied: put the change into a new migration`);
  }
}

async function apply(tx: Transaction, { module, file, sql, sha256 }: Migration): Promise<void> {
  try {
    await run(tx, sql);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError(isDatabaseAway(error) ? 'STORE_UNAVAILABLE' : 'INTERNAL', `migration ${module}/${file} failed: ${why}`, {
      cause: error,
    });
  }
  await run(tx, 'INSERT INTO migration (module, file, sha256) VALUES ($1, $2, $3)', [module, file, sha256]);
}

/**
 * Applies what is missing in the order of the sources, each migration in a transaction of its own that holds a lock: of several hubs that
 * start at once each migration is applied by one, and the others wait for it and find it done. A migration may take as long as it needs.
 * @returns the names applied now, `module/file`.
 * @throws HubError CONFLICT when an applied migration was edited afterwards, or when the database is newer than this program; INTERNAL or
 * STORE_UNAVAILABLE with the name of the migration that failed; it has left nothing behind, those before it stay.
 */
export async function migrate(database: Database, sources: readonly MigrationSource[]): Promise<string[]> {
  const migrations = await load(sources);
  const fresh: string[] = [];
  for (;;) {
    const name = await database.patientTransaction(async (tx) => {
      await run(tx, 'SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const done = await appliedTo(tx);
      refuseStrange(done, migrations, sources);
      const next = migrations.find(({ module, file }) => !done.has(`${module}/${file}`));
      if (!next) return undefined;
      await run(tx, TABLE);
      await apply(tx, next);
      return `${next.module}/${next.file}`;
    });
    if (name === undefined) return fresh;
    notes.info('migration applied', { name });
    fresh.push(name);
  }
}
