import { type Database, openDatabase } from '../../database.ts';
import { run } from '../../statement.ts';
import { askOnce } from './sql.ts';

/** Writers that insert numbers through a pool as fast as they are answered, and remember what was acknowledged. */
export interface Load {
  readonly acknowledged: ReadonlySet<number>;
  readonly refused: number;
  /** Ends the writers; then compares with the table. */
  stop(): Promise<{ lost: number[]; stored: number }>;
}

export async function startLoad(url: string, writers = 8): Promise<Load> {
  await askOnce(url, 'CREATE TABLE IF NOT EXISTS load (number bigint PRIMARY KEY)');
  const database: Database = openDatabase({ url, poolSize: writers, queuePoolSize: 1, name: 'load' });
  const acknowledged = new Set<number>();
  let refused = 0;
  let next = 0;
  let stopped = false;
  const write = async (): Promise<void> => {
    while (!stopped) {
      next += 1;
      const number = next;
      try {
        await database.transaction((tx) => run(tx, 'INSERT INTO load VALUES ($1)', [number]));
        acknowledged.add(number);
      } catch {
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  };
  const running = Promise.all(Array.from({ length: writers }, write));
  return {
    acknowledged,
    get refused() {
      return refused;
    },
    async stop() {
      stopped = true;
      await running;
      const { rows } = await run<{ number: number }>(database.work, 'SELECT number FROM load');
      await database.close();
      const stored = new Set(rows.map(({ number }) => number));
      return { lost: [...acknowledged].filter((number) => !stored.has(number)), stored: stored.size };
    },
  };
}
