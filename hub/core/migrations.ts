import type { MigrationSource } from './database/migrate.ts';

/** The migrations of the core; they run before those of the modules. */
export const CORE_MIGRATIONS: readonly MigrationSource[] = [
  { module: 'events', folder: new URL('./events/sql/migrations/', import.meta.url) },
  { module: 'identity', folder: new URL('./identity/sql/migrations/', import.meta.url) },
  { module: 'deliveries', folder: new URL('./deliveries/sql/migrations/', import.meta.url) },
];
