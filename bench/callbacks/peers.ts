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

/** What a team would build instead of Vestnik: a worker of jobs. */
export interface WorkerPeer {
  /** Stores jobs, `BATCH` in a transaction, each with its time. */
  add(count: number): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

const BATCH = 500;

/**
 * graphile-worker and undici, one result row an attempt, on the same server. Tuned by its documentation: its local queue, batched completion,
 * jobs added in bulk.
 */
export async function openGraphileWorker(url: string, sink: SinkPeer, { endpoints, concurrency }: Load): Promise<WorkerPeer> {
  const database = new pg.Pool({ connectionString: url, max: 20 });
  // It asks for listeners; a lost connection fails the statement that used it.
  database.on('error', () => undefined);
  database.on('connect', (connection) => connection.on('error', () => undefined));
  await database.query(
    'CREATE TABLE IF NOT EXISTS bench_attempt (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, endpoint int, status int, at timestamptz DEFAULT now(), body text)',
  );
  const pool = new Pool(`http://127.0.0.1:${sink.port}`, { connections: endpoints * concurrency, pipelining: 1 });
  const deliver = async (payload: unknown): Promise<void> => {
    const { n, t, endpoint } = payload as { n: number; t: string; endpoint: number };
    const body = `<e><id>${n}</id><t>${t}</t><p>${PADDING}</p></e>`;
    const answer = await pool.request({ method: 'POST', path: `/in/${endpoint}`, headers: HEADERS, body });
    await answer.body.dump();
    await database.query({
      name: 'attempt',
      text: 'INSERT INTO bench_attempt (endpoint, status, body) VALUES ($1, $2, $3)',
      values: [endpoint, answer.statusCode, body],
    });
  };
  const options = {
    pgPool: database,
    noHandleSignals: true,
    // It would print a line for each job.
    logger: new Logger(() => () => undefined),
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
  let added = 0;
  let runner: Awaited<ReturnType<typeof runWorker>> | undefined;
  return {
    async add(count) {
      for (let left = count; left > 0; left -= BATCH) {
        const from = added + 1;
        added += Math.min(BATCH, left);
        await database.query({
          name: 'add',
          text: `SELECT graphile_worker.add_jobs(array(SELECT json_populate_record(null::graphile_worker.job_spec, json_build_object('identifier', 'deliver',
            'payload', json_build_object('n', n, 't', now(), 'endpoint', n % $3))) FROM generate_series($1::int, $2::int) n))`,
          values: [from, added, endpoints],
        });
      }
    },
    async start() {
      await database.query('VACUUM ANALYZE');
      runner = await runWorker(options);
    },
    async stop() {
      await runner?.stop();
    },
    async close() {
      await pool.close();
      await database.query('DROP SCHEMA graphile_worker CASCADE; DROP TABLE bench_attempt');
      await database.end();
    },
  };
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

/** Calls `act` a hundred times a second with its part of the rate: events come one by one, as they do in life, and not in heaps. */
export async function steadily(perSecond: number, seconds: number, act: (count: number) => Promise<void>): Promise<void> {
  const begun = performance.now();
  let made = 0;
  for (let now = begun; now < begun + seconds * 1_000; now = performance.now()) {
    const due = Math.floor(((now - begun) / 1_000) * perSecond) - made;
    if (due > 0) await act(due);
    made += due;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
