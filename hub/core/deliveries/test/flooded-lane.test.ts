import { describe, expect, test } from 'vitest';
import { run, type Transaction } from '../../database/statement.ts';
import { enqueueHere } from '../enqueue.ts';
import { useWorkshop } from './support/workshop.ts';

/**
 * Very many items that wait for one target make the insert of one for another neither slower nor its plan worse: also not after the statistics
 * have told the planner that nearly all rows are of that target.
 */
const shop = useWorkshop();
const FLOOD = 60_000;
/** A page for each of a few index look-ups and inserts; the whole table has thousands. */
const MOST_PAGES = 500;

/** How many pages of the database a transaction touched, by the server's own count of this connection. */
async function touched(tx: Transaction, act: () => Promise<unknown>): Promise<number> {
  const count = async (): Promise<number> => {
    const { rows } = await run<{ pages: number }>(
      tx,
      `SELECT sum(pg_stat_get_xact_blocks_fetched(c.oid))::bigint AS pages FROM pg_class c
       WHERE c.relname IN ('delivery_due', 'delivery_due_pkey', 'delivery_due_later', 'delivery_due_strict')`,
    );
    return rows[0]?.pages ?? 0;
  };
  const before = await count();
  await act();
  return (await count()) - before;
}

describe.each(['queueTransaction', 'transaction'] as const)('in %s', (kind) => {
  test('an item for another target costs a few pages', async () => {
    const flooded = await shop.target();
    const other = await shop.target();
    await shop.rows(
      `INSERT INTO delivery_due (engine, target, key, type, ref) SELECT 1, $1, g, 'Test', g::text FROM generate_series(1, $2::int) AS g`,
      flooded,
      FLOOD,
    );
    await shop.rows('ANALYZE delivery_due');
    const database = shop.db.database;
    const taken: string[] = [];
    const handOver = {
      hubId: crypto.randomUUID(),
      offer: () => 0,
      accept: (items: readonly { ref: string }[]) => taken.push(...items.map(({ ref }) => ref)),
    };
    for (let round = 0; round < 8; round += 1) {
      // A prepared statement changes its plan after five runs.
      await database[kind](async (tx) => {
        const items = Array.from({ length: 10 }, (_, n) => ({
          target: other,
          key: 0,
          strict: false,
          type: 'Test',
          ref: `${round}-${n}`,
          extra: null,
        }));
        let handed = (): void => undefined;
        const pages = await touched(tx, async () => {
          handed = await enqueueHere(tx, 'callbacks', items, handOver);
        });
        expect(pages).toBeLessThan(MOST_PAGES);
        handed();
      });
    }
    expect(taken).toHaveLength(80);
  });
});
