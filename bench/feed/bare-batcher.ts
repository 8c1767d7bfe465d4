import { randomBytes } from 'node:crypto';
import { createBatcher } from '@vestnik/hub/core/database/batcher.ts';
import { placeholders } from '@vestnik/hub/core/database/statement.ts';
import pg from 'pg';
import type { Rate } from './rate.ts';

/**
 * The limit of the queue path: a table of 2 KB bodies, multi-row inserts by the group-commit batcher, consumers that read and delete. No
 * control messages, no documents, no TLS, no history.
 * @param count messages; @param bytes of a body; @param clients mailboxes, each with a consumer.
 */
export async function bareBatcher(
  url: string,
  { count, bytes, clients, producers }: { count: number; bytes: number; clients: number; producers: number },
): Promise<Rate> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    options: '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off',
  });
  await pool.query('DROP TABLE IF EXISTS bench_message');
  await pool.query(
    'CREATE TABLE bench_message (client int, seq bigint, body bytea, PRIMARY KEY (client, seq)) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.02)',
  );
  await pool.query('ALTER TABLE bench_message ALTER COLUMN body SET STORAGE EXTERNAL');
  const rows = placeholders(['int', 'bigint', 'bytea']);
  const next = new Array<number>(clients).fill(1);
  const takeNext = (client: number): number => {
    const sequence = next[client] ?? 1;
    next[client] = sequence + 1;
    return sequence;
  };
  const batcher = createBatcher<{ client: number; body: Buffer }, void>({
    maxItems: 256,
    maxWeight: 2 * 1024 ** 2,
    maxInFlight: 2,
    queueBound: count,
    weightOf: ({ body }) => body.length,
    async flush(items) {
      const values = items.flatMap(({ client, body }) => [client, takeNext(client), body]);
      await pool.query(`INSERT INTO bench_message VALUES ${rows(items.length)}`, values);
      return items.map(() => undefined);
    },
  });
  const body = randomBytes(bytes);
  const begun = performance.now();
  let written = 0;
  let read = 0;
  const consume = async (client: number): Promise<void> => {
    let after = 0;
    while (read < count) {
      const { rows: found } = await pool.query<{ seq: string }>({
        name: 'bench.read',
        text: 'SELECT seq, body FROM bench_message WHERE client = $1 AND seq > $2 ORDER BY seq LIMIT 100',
        values: [client, after],
      });
      const last = found.at(-1);
      if (!last) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        continue;
      }
      await pool.query({
        name: 'bench.delete',
        text: 'DELETE FROM bench_message WHERE client = $1 AND seq > $2 AND seq <= $3',
        values: [client, after, last.seq],
      });
      after = Number(last.seq);
      read += found.length;
    }
  };
  const producing = Promise.all(
    Array.from({ length: producers }, async () => {
      while (written < count) {
        written += 1;
        await batcher.submit({ client: written % clients, body });
      }
    }),
  ).then(() => performance.now());
  const consuming = Promise.all(Array.from({ length: clients }, (_, client) => consume(client)));
  const inAt = await producing;
  await consuming;
  const outAt = performance.now();
  await batcher.stop();
  await pool.query('DROP TABLE bench_message');
  await pool.end();
  return { count, inSeconds: (inAt - begun) / 1000, outSeconds: (outAt - begun) / 1000 };
}
