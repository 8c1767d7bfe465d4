import { randomUUID } from 'node:crypto';
import type { Configuration } from './config.ts';
import { type Database, openDatabase, waitForDatabase } from './core/database/database.ts';
import { type EmbeddedDatabase, startEmbedded } from './core/database/embedded.ts';
import { type MigrationSource, migrate } from './core/database/migrate.ts';
import { createEventStore, type EventStore } from './core/events/subscribe.ts';
import { type Authority, openAuthority } from './core/identity/authority.ts';
import { openSecretKey, type SecretKey } from './core/identity/secret-key.ts';
import { CORE_MIGRATIONS } from './core/migrations.ts';
import type { Module } from './core/module.ts';

/**
 * What serving and every command stand on: the database (the configured one, or our own), migrated, with events and the authority.
 * opening (database -> migrations -> positions of events -> secret key -> authority) -> open -> close(): pools, then our own server when
 * this process owns it.
 */
export interface Ground {
  readonly configuration: Configuration;
  readonly database: Database;
  /** The hub's own server; undefined with `database.url`. */
  readonly embedded: EmbeddedDatabase | undefined;
  readonly events: EventStore;
  readonly secretKey: SecretKey;
  readonly authority: Authority;
  readonly hubId: string;
  readonly databaseFolder: string | undefined;
  /** Migrations applied by this start, `module/file`. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

/** How long a start waits for a configured database. Milliseconds. */
const DATABASE_PATIENCE = 60_000;

export const migrationsOf = (modules: readonly Module[]): MigrationSource[] => [
  ...CORE_MIGRATIONS,
  ...modules.map((module) => module.migrations),
];

/** Opens the database alone: for `vestnik migrate --status` and `doctor`. */
export async function openStore(
  configuration: Configuration,
  name: string,
): Promise<{ database: Database; embedded: EmbeddedDatabase | undefined; close(): Promise<void> }> {
  const { url, poolSize, queuePoolSize, runAs, readerHost, readerPort } = configuration.database;
  const readers = readerPort === undefined ? undefined : { host: readerHost, port: readerPort };
  const pools = poolSize + queuePoolSize;
  const embedded = url === undefined ? await startEmbedded({ dataFolder: configuration.dataFolder, runAs, pools, readers }) : undefined;
  const database = openDatabase({ url: url ?? embedded?.url ?? '', poolSize, queuePoolSize, name });
  return {
    database,
    embedded,
    async close() {
      try {
        await database.close();
      } finally {
        await embedded?.stop();
      }
    },
  };
}

/**
 * Opens everything a module may need.
 * @param name shown in pg_stat_activity.
 * @throws HubError STORE_UNAVAILABLE, CONFLICT (a newer database, another secret key)
 */
export async function openGround(configuration: Configuration, modules: readonly Module[], name: string): Promise<Ground> {
  const store = await openStore(configuration, name);
  const { database, embedded } = store;
  try {
    await waitForDatabase(database, DATABASE_PATIENCE);
    const migrated = await migrate(database, migrationsOf(modules));
    const events = createEventStore({ database, keepDays: configuration.events.keepDays });
    // Commands publish, too, and one may be the first to see a database that was restored.
    await events.ready();
    const secretKey = await openSecretKey(configuration.dataFolder);
    const authority = await openAuthority({ database, secretKey });
    return {
      configuration,
      database,
      embedded,
      events,
      secretKey,
      authority,
      hubId: randomUUID(),
      databaseFolder: embedded?.home.data,
      migrated,
      close: store.close,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
