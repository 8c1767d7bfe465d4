import pg from 'pg';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { createListener, type Listener } from './listen.ts';
import type { Queryable, Transaction } from './statement.ts';

const notes = notesOf('database');

/** How long a caller waits for a free connection, and a statement for its answer. Milliseconds. */
const CONNECT_TIMEOUT = 5_000;
const STATEMENT_TIMEOUT = 60_000;

/**
 * Two pools on one database. `work` serves everything; `queue` serves the queue statements only: its planner settings force
 * index plans, because a plan made on an empty queue table otherwise stays bad for minutes (DESIGN, "Writing fast and safely").
 */
export interface Database {
  readonly work: Queryable;
  readonly queue: Queryable;
  readonly listener: Listener;
  /** Runs `body` in a transaction of the work pool; commits when it resolves, rolls back when it throws. */
  transaction<T>(body: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same on the queue pool. */
  queueTransaction<T>(body: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Resolves when a trivial statement is answered; rejects when the database is away. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections for everything but the queues. */
  readonly poolSize: number;
  /** Connections for queue statements. */
  readonly queuePoolSize: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
}

const INT8_ARRAY = 1016;
const textArray = pg.types.getTypeParser(INT8_ARRAY as never) as (text: string) => string[];

const parsers = new Map<number, (text: string) => unknown>([
  [INT8_ARRAY, (text) => textArray(text).map(Number)],
  [pg.types.builtins.INT8, (text) => Number(text)],
  [pg.types.builtins.TIMESTAMPTZ, (text) => Temporal.Instant.from(text)],
]);

/** Type parsers of every connection: bigint as number (all ours stay below 2^53), timestamptz as Temporal.Instant, numeric as exact text. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers.get(oid) ?? pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

const QUEUE_SETTINGS =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';

function createPool(options: DatabaseOptions, size: number, settings: string, role: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: 30_000,
    statement_timeout: STATEMENT_TIMEOUT,
    query_timeout: STATEMENT_TIMEOUT + 5_000,
    keepAlive: true,
    application_name: `${options.name} ${role}`,
    options: `-c TimeZone=UTC ${settings}`,
    types,
  });
  pool.on('error', (error) => notes.debug('an idle connection was lost', { role, why: error.message }));
  return pool;
}

async function inTransaction<T>(pool: pg.Pool, body: (tx: Transaction) => Promise<T>): Promise<T> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks between two statements emits 'error' with nobody waiting; without a listener the process would end.
  const onError = (error: Error): void => {
    broken = error;
  };
  connection.on('error', onError);
  try {
    await connection.query('BEGIN');
    const result = await body(connection as unknown as Transaction);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    connection.off('error', onError);
    connection.release(broken);
  }
}

/** Opens the pools and the LISTEN connection. Nothing is connected before the first use; `ping` tells whether the database is there. */
export function openDatabase(options: DatabaseOptions): Database {
  const work = createPool(options, options.poolSize, '-c jit=off', 'work');
  const queue = createPool(options, options.queuePoolSize, QUEUE_SETTINGS, 'queue');
  const listener = createListener({ url: options.url, name: `${options.name} listen` });
  return {
    work,
    queue,
    listener,
    transaction: (body) => inTransaction(work, body),
    queueTransaction: (body) => inTransaction(queue, body),
    ping: async () => {
      await work.query('SELECT 1');
    },
    close: async () => {
      await listener.stop();
      await Promise.all([work.end(), queue.end()]);
    },
  };
}

/** Waits until the database answers. @throws HubError STORE_UNAVAILABLE after `deadline` milliseconds, with the last cause. */
export async function waitForDatabase(database: Pick<Database, 'ping'>, deadline: number): Promise<void> {
  const end = performance.now() + deadline;
  for (;;) {
    try {
      return await database.ping();
    } catch (error) {
      if (performance.now() > end) {
        const why = error instanceof Error ? error.message : String(error);
        throw new HubError('STORE_UNAVAILABLE', `the database did not answer within ${Math.round(deadline / 1000)} s: ${why}`, {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
