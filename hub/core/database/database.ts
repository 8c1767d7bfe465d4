import pg from 'pg';
import { HubError, isDatabaseAway } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { createListener, type Listener } from './listen.ts';
import type { Queryable, Transaction } from './statement.ts';

const notes = notesOf('database');

/** How long a caller waits for a free connection, and a statement for its answer. Milliseconds. */
const CONNECT_TIMEOUT = 5_000;
const STATEMENT_TIMEOUT = 60_000;
const PING_TIMEOUT = 5_000;
/** After this silence the server ends a transaction that nobody continues: it would hold back events and the vacuum. Milliseconds. */
const IDLE_IN_TRANSACTION = 60_000;
/** After this silence the system asks whether the other side still lives. Milliseconds. */
const KEEP_ALIVE_AFTER = 10_000;
/** How long close() waits for connections in use. Milliseconds. */
const CLOSE_DEADLINE = 10_000;

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
  /** The same beside the pools and without time limits: for migrations and other work that may rewrite a large table. */
  patientTransaction<T>(body: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Resolves when a trivial statement is answered; rejects when the database is away. */
  ping(): Promise<void>;
  /** Returns when every connection is given back and closed, or after 10 s. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A parameter `options` in it (such as `-c search_path=...`) is kept; our settings come after it. */
  readonly url: string;
  /** Connections for everything but the queues. */
  readonly poolSize: number;
  /** Connections for queue statements. */
  readonly queuePoolSize: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
}

const TEXT_ARRAY = 1009;
const textArray = pg.types.getTypeParser(TEXT_ARRAY as never) as (text: string) => unknown[];

function arrayOf(parse: (text: string) => unknown): (text: string) => unknown[] {
  const element = (value: unknown): unknown => (Array.isArray(value) ? value.map(element) : value === null ? null : parse(value as string));
  return (text) => textArray(text).map(element);
}

const bigint = (text: string): number => Number(text);
const instant = (text: string): Temporal.Instant => Temporal.Instant.from(text);
const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const INT8_ARRAY = 1016;
const DATE_ARRAY = 1182;
const TIMESTAMPTZ_ARRAY = 1185;
const NUMERIC_ARRAY = 1231;

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, bigint],
  [INT8_ARRAY, arrayOf(bigint)],
  [pg.types.builtins.TIMESTAMPTZ, instant],
  [TIMESTAMPTZ_ARRAY, arrayOf(instant)],
  [pg.types.builtins.DATE, day],
  [DATE_ARRAY, arrayOf(day)],
  [NUMERIC_ARRAY, textArray],
]);

/**
 * Type parsers of every connection, also for arrays: bigint as number (all ours stay below 2^53), timestamptz as Temporal.Instant, date as
 * Temporal.PlainDate, numeric as exact text.
 */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers.get(oid) ?? pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

const WORK_SETTINGS = '-c jit=off';
const QUEUE_SETTINGS =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_memoize=off -c jit=off';
const PATIENT_SETTINGS = '-c jit=off -c statement_timeout=0';
const LIMITS = {
  statement_timeout: STATEMENT_TIMEOUT,
  query_timeout: STATEMENT_TIMEOUT + 5_000,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION,
};

/** The driver lets `options` of the URL replace those of the configuration; so where the URL has some, ours are added to them there. */
function withOptions(url: string, settings: string): { connectionString: string; options?: string } {
  const present = /[?&]options=([^&#]*)/.exec(url)?.[1];
  if (present === undefined) return { connectionString: url, options: settings };
  const own = decodeURIComponent(present.replaceAll('+', ' '));
  return { connectionString: `${url}&options=${encodeURIComponent(`${own} ${settings}`)}` };
}

function createPool(options: DatabaseOptions, role: string, size: number, settings: string, limits: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...withOptions(options.url, `-c TimeZone=UTC ${settings}`),
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
    application_name: `${options.name} ${role}`,
    types,
    ...limits,
  });
  // A connection on its way from the pool to whoever asked for it has no listener: a farewell of the server that comes in the same packet as
  // its last answer would end the process. Whoever has the connection is told by the next statement.
  pool.on('connect', (connection) => connection.on('error', () => undefined));
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
    const { command } = await connection.query('COMMIT');
    // PostgreSQL answers COMMIT of a failed transaction by rolling it back, without an error.
    if (command !== 'COMMIT')
      throw new HubError('INTERNAL', 'a statement of the transaction failed and its error was swallowed, so nothing was stored');
    return result;
  } catch (error) {
    // A server that did not answer the statement will not answer a ROLLBACK either; closing the connection rolls back.
    if (error instanceof Error && !(error instanceof pg.DatabaseError) && isDatabaseAway(error)) broken ??= error;
    if (!broken) {
      await connection.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
    }
    throw error;
  } finally {
    connection.off('error', onError);
    connection.release(broken);
  }
}

/** Opens the pools and the LISTEN connection. Nothing is connected before the first use; `ping` tells whether the database is there. */
export function openDatabase(options: DatabaseOptions): Database {
  const work = createPool(options, 'work', options.poolSize, WORK_SETTINGS, LIMITS);
  const queue = createPool(options, 'queue', options.queuePoolSize, QUEUE_SETTINGS, LIMITS);
  const patient = createPool(options, 'patient', 1, PATIENT_SETTINGS, { idleTimeoutMillis: 1_000 });
  const listener = createListener({ url: options.url, name: `${options.name} listen` });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await listener.stop();
    const ends = Promise.all([work, queue, patient].map((pool) => pool.end()));
    let late: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      late = setTimeout(() => {
        notes.warn('connections of the database are still in use at the end', { work: work.totalCount, queue: queue.totalCount });
        resolve();
      }, CLOSE_DEADLINE);
    });
    await Promise.race([ends, deadline]);
    clearTimeout(late);
  };
  return {
    work,
    queue,
    listener,
    transaction: (body) => inTransaction(work, body),
    queueTransaction: (body) => inTransaction(queue, body),
    patientTransaction: (body) => inTransaction(patient, body),
    async ping() {
      const question: pg.QueryConfig & { query_timeout: number } = { text: 'SELECT 1', query_timeout: PING_TIMEOUT };
      await work.query(question);
    },
    close() {
      closed ??= close();
      return closed;
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
