import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type Queryable, run } from '../../database/statement.ts';
import { fillLog, logCases, readPage } from './support/long-log.ts';

const ROWS = 300_000;
const CASES = logCases(ROWS);
/**
 * What one statement may touch, whatever the size of the log: it looks at 20,000 rows at most, each by an index (a page or two). Seen: 31,229 at
 * most, with 300,000 rows as with 900,000.
 */
const MOST_PAGES = 40_000;
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await fillLog(db.database.work, ROWS);
}, 300_000);
afterAll(() => db.drop());

/** Asks for the plan of each statement before it runs it. */
function explaining(plans: string[]): Queryable {
  return {
    async query(asked) {
      const { rows } = await run<{ 'QUERY PLAN': string }>(db.database.work, `EXPLAIN ${asked.text}`, asked.values as []);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return db.database.work.query(asked);
    },
  };
}

/** Runs each statement and notes how many pages of the database it touched. */
function touching(touched: number[]): Queryable {
  return {
    async query(asked) {
      const { rows } = await run<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        db.database.work,
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${asked.text}`,
        asked.values as [],
      );
      const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
      touched.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
      return db.database.work.query(asked);
    },
  };
}

describe('a page of a long log', () => {
  test.each(CASES)('$name reads ended deliveries by an index alone', async (page) => {
    const plans: string[] = [];
    await readPage(explaining(plans), page);
    const all = plans.join('\n\n');
    if (process.env['PLANS'] !== undefined) process.stdout.write(`-- ${page.name}\n${all}\n\n`);
    expect(plans.length).toBeGreaterThan(0);
    expect(all).not.toMatch(/Seq Scan on delivery( |$)/m);
    const { states } = page.asked;
    const ended = states === undefined || states.some((state) => state === 'failed' || state === 'blocked');
    if (ended) expect(all).toMatch(/using delivery_(pkey|by_target|by_key|undelivered) on delivery|Bitmap Index Scan on delivery_pkey/);
  });

  test.each(CASES)('$name touches no more pages than its window allows', async (page) => {
    const touched: number[] = [];
    await readPage(touching(touched), page);
    if (process.env['PLANS'] !== undefined) process.stdout.write(`${page.name}: ${touched.join(' ')}\n`);
    expect(touched.length).toBeGreaterThan(0);
    expect(Math.max(...touched)).toBeLessThanOrEqual(MOST_PAGES);
  });
});
