import { Logger, runMigrations, run as runWorker } from 'graphile-worker';
import pg from 'pg';
import { Pool } from 'undici';
import type { SinkPeer } from './sink-peer.ts';

/** What is sent by all ways alike. */
export interface Load {
  readonly count: number;
  readonly endpoints: number;
  readonly concurrency: number;
}

export const PADDING = 'x'.repeat(760);
const bodyOf = (n: number): string => `<e><id>${n}</id><p>${PADDING}</p></e>`;
const HEADERS = { 'content-type': 'text/xml;charset=UTF-8', 'user-agent': 'Vestnik' };

/** The limit: one undici pool a receiver, no database. @returns requests a second. */
export async function bareLoop(sink: SinkPeer, { count, endpoints, concurrency }: Load): Promise<number> {
  const pools = Array.from(
    { length: endpoints },
    () => new Pool(`http://127.0.0.1:${sink.port}`, { connections: concurrency, pipelining: 1 }),
  );
  const begun = performance.now();
  let at = 0;
  await Promise.all(
    pools.flatMap((pool, endpoint) =>
      Array.from({ length: concurrency }, async () => {
        while (at < count) {
          at += 1;
          const answer = await pool.request({ method: 'POST', path: `/in/${endpoint}`, headers: HEADERS, body: bodyOf(at) });
          await answer.body.dump();
        }
      }),
    ),
  );
  const seconds = (performance.now() - begun) / 1000;
  await Promise.all(pools.map((pool) => pool.close()));
  return count / seconds;
}

/**
 * What a team would build instead: graphile-worker and undici, one result row an attempt, on the same server. Tuned by its documentation: its local
 * queue, batched completion, jobs added in bulk.
 * @returns deliveries a second, from the first job that is taken to the last request.
 */
export async function graphileWorker(url: string, sink: SinkPeer, { count, endpoints, concurrency }: Load): Promise<number> {
  const database = new pg.Pool({ connectionString: url, max: 20 });
  await database.query(
    'CREATE TABLE IF NOT EXISTS bench_attempt (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, endpoint int, status int, at timestamptz DEFAULT now(), body text)',
  );
  const pool = new Pool(`http://127.0.0.1:${sink.port}`, { connections: endpoints * concurrency, pipelining: 1 });
  const deliver = async (payload: unknown): Promise<void> => {
    const { n, endpoint } = payload as { n: number; endpoint: number };
    const body = bodyOf(n);
    const answer = await pool.request({ method: 'POST', path: `/in/${endpoint}`, headers: HEADERS, body });
    await answer.body.dump();
    await database.query({
      name: 'attempt',
      text: 'INSERT INTO bench_attempt (endpoint, status, body) VALUES ($1, $2, $3)',
      values: [endpoint, answer.statusCode, body],
    });
  };
  // Makes its schema, then the jobs, then the time begins.
  const options = {
    pgPool: database,
    noHandleSignals: true,
    // It would print a line for each job.
    logger: new Logger(() => () => undefined),
    concurrentJobs: 64,
    taskList: { deliver },
    preset: {
      worker: {
        concurrentJobs: 64,
        pollInterval: 100,
        localQueue: { size: 512, refetchDelay: { durationMs: 10, threshold: 256, maxAbortThreshold: 1_000 } },
        completeJobBatchDelay: 1,
        failJobBatchDelay: 1,
      },
    },
  };
  await runMigrations({ pgPool: database });
  for (let from = 0; from < count; from += 5_000) {
    await database.query(
      `SELECT graphile_worker.add_jobs(array(SELECT json_populate_record(null::graphile_worker.job_spec,
         json_build_object('identifier', 'deliver', 'payload', json_build_object('n', n, 'endpoint', n % $3))) FROM generate_series($1::int, $2::int) n))`,
      [from + 1, Math.min(from + 5_000, count), endpoints],
    );
  }
  await database.query('VACUUM ANALYZE');
  const before = await sink.count();
  const begun = performance.now();
  const runner = await runWorker(options);
  await sink.until(before, count, 600);
  const seconds = (performance.now() - begun) / 1000;
  await runner.stop();
  await pool.close();
  await database.query('DROP SCHEMA graphile_worker CASCADE; DROP TABLE bench_attempt');
  await database.end();
  return count / seconds;
}

/** Ages at the receiver of requests that a bare loop sends at a steady rate, milliseconds: what the network and two processes cost alone. */
export async function bareAges(sink: SinkPeer, perSecond: number, seconds: number): Promise<number[]> {
  const pool = new Pool(`http://127.0.0.1:${sink.port}`, { connections: 64, pipelining: 1 });
  await sink.ages();
  const sending: Promise<unknown>[] = [];
  await steadily(perSecond, seconds, async (count) => {
    for (let n = 0; n < count; n += 1) {
      const body = `<e><t>${new Date().toISOString()}</t><p>${PADDING}</p></e>`;
      sending.push(pool.request({ method: 'POST', path: '/in/0', headers: HEADERS, body }).then((answer) => answer.body.dump()));
    }
  });
  await Promise.all(sending);
  await pool.close();
  return sink.ages();
}

/** Calls `act` every 100 ms with its part of the rate. */
export async function steadily(perSecond: number, seconds: number, act: (count: number) => Promise<void>): Promise<void> {
  for (let tick = 0; tick < seconds * 10; tick += 1) {
    const begun = performance.now();
    await act(perSecond / 10);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (performance.now() - begun))));
  }
}
