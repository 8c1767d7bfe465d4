import { expect, test } from 'vitest';
import { migrationStatus } from '../hub/core/database/migrate.ts';
import { run } from '../hub/core/database/statement.ts';
import { CORE_MIGRATIONS } from '../hub/core/migrations.ts';
import { MODULES } from '../hub/modules.ts';
import { createTestDatabase } from './support/database.ts';

test("the tests' template holds exactly the migrations that the hub would apply", async () => {
  const { database, drop } = await createTestDatabase();
  try {
    const status = await migrationStatus(database, [...CORE_MIGRATIONS, ...MODULES.map(({ migrations }) => migrations)]);
    expect(status.length).toBeGreaterThan(2);
    expect(status.filter(({ appliedAt, changed }) => appliedAt === undefined || changed)).toEqual([]);
    const { rows } = await run<{ count: number }>(database.work, 'SELECT count(*) AS count FROM migration');
    expect(rows[0]?.count).toBe(status.length);
  } finally {
    await drop();
  }
});
