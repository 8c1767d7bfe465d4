import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../hub/core/database/database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the run's PostgreSQL server, of its database `vestnik_template` with every migration applied. */
    templateUrl: string;
  }
}

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Closes the pools and drops the database. */
  drop(): Promise<void>;
}

/** A database of one's own, cloned from the run's template: one a test file. */
export async function createTestDatabase(sizes: { poolSize?: number; queuePoolSize?: number } = {}): Promise<TestDatabase> {
  const template = inject('templateUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = template.replace(/\/vestnik_template$/, `/${name}`);
  const admin = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: template.replace(/\/vestnik_template$/, '/postgres') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await admin(`CREATE DATABASE ${name} TEMPLATE vestnik_template`);
  const database = openDatabase({ url, poolSize: sizes.poolSize ?? 5, queuePoolSize: sizes.queuePoolSize ?? 5, name: 'test' });
  return {
    url,
    database,
    async drop() {
      await database.close();
      await admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
