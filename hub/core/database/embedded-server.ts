import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { writeAccessRules } from './embedded-access.ts';
import { connectionUrl, type EmbeddedAddress } from './embedded-address.ts';
import { serverEnvironment } from './embedded-cluster.ts';
import type { EmbeddedHome } from './embedded-home.ts';
import { endLeftovers } from './embedded-leftovers.ts';

/**
 * A PostgreSQL child process that is started again whenever it dies.
 *
 * States: starting (leftovers ended -> process -> answers) -> running -> (died) starting again after a growing pause -> running ...;
 * stop() from any of them -> stopping (in order, then by force) -> stopped. fsync stays on, always.
 */
export interface KeptServer {
  /** Undefined between a death and the restart. */
  readonly pid: number | undefined;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

const notes = notesOf('database.embedded');
const FIRST_DELAY = 50;
const LONGEST_DELAY = 5_000;
/** How long the server may take to stop in order, and then at once. Milliseconds. */
const ORDERLY = 30_000;
const FORCED = 10_000;
const LONGEST_LOG = 10 * 1024 * 1024;
/** The server is there but not ready: it starts, stops or recovers, or has no free connection. */
const NOT_YET = new Set(['57P03', '57P01', '53300']);

/** Connections the server takes at least: those of the usual pools, of commands beside them and of a person who looks. */
const LEAST_CONNECTIONS = 200;
/** Connections beyond the pools of the owner: its listener, commands and their pools. */
const SPARE_CONNECTIONS = 50;
const SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  fsync: 'on',
  full_page_writes: 'on',
  autovacuum_naptime: '10s',
  logging_collector: 'off',
  log_checkpoints: 'off',
  // Statements may carry personal data.
  log_min_error_statement: 'panic',
  log_line_prefix: '%m [%p] ',
  timezone: 'UTC',
};

interface Process {
  readonly child: ChildProcess;
  /** How it ended; undefined while it lives. */
  ended: string | undefined;
  /** Resolves when it has ended, or could not be started. */
  readonly gone: Promise<void>;
}

/** The last lines of the server's log, for a message about why it did not start. */
function lastLines(log: string): string {
  if (!existsSync(log)) return '';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join(' | ');
}

/** What the server listens on; without a port for readers its own rules of access stay those of initdb. */
function network(home: EmbeddedHome, address: EmbeddedAddress): Record<string, string> {
  const { host, port, readers } = address;
  // A list, in which quotes protect commas and spaces of one folder's name.
  const sockets = port === undefined ? { unix_socket_directories: `"${host.replaceAll('"', '""')}"` } : {};
  const hosts = [...(port === undefined ? [] : [host]), ...(readers ? [readers.host] : [])];
  const number = port ?? readers?.port;
  return {
    ...sockets,
    listen_addresses: [...new Set(hosts)].join(','),
    ...(number !== undefined && { port: String(number) }),
    ...(readers && { hba_file: writeAccessRules(home, address) }),
  };
}

function spawnServer(home: EmbeddedHome, address: EmbeddedAddress, pools: number): Process {
  if (existsSync(home.log) && statSync(home.log).size > LONGEST_LOG) renameSync(home.log, `${home.log}.1`);
  const log = openSync(home.log, 'a', 0o600);
  if (home.runAs) chownSync(home.log, home.runAs.uid, home.runAs.gid);
  const max_connections = String(Math.max(LEAST_CONNECTIONS, pools + SPARE_CONNECTIONS));
  const args = Object.entries({ ...SETTINGS, max_connections, ...network(home, address) }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  // Detached: Ctrl-C in the terminal must reach the hub, which drains before it stops the server.
  const child = spawn(join(home.bin, 'postgres'), ['-D', home.data, ...args], {
    ...(home.runAs ?? {}),
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: serverEnvironment(),
  });
  closeSync(log);
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const process: Process = { child, ended: undefined, gone };
  child.once('error', (error) => {
    process.ended = error.message;
    resolve();
  });
  child.once('exit', (code, signal) => {
    process.ended = signal ?? `exit code ${code}`;
    resolve();
  });
  return process;
}

async function endProcess({ child, gone }: Process): Promise<void> {
  child.kill('SIGINT');
  const quit = setTimeout(() => child.kill('SIGQUIT'), ORDERLY);
  const kill = setTimeout(() => child.kill('SIGKILL'), ORDERLY + FORCED);
  await gone;
  clearTimeout(quit);
  clearTimeout(kill);
}

/** Waits until the server answers. Recovery after a crash may take its time; only the end of the process or a refusal ends the waiting. */
async function waitUntilReady(
  home: EmbeddedHome,
  { readers }: EmbeddedAddress,
  url: string,
  process: Process,
  stopping: AbortSignal,
): Promise<void> {
  let told = performance.now();
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    const refusal = await client.connect().then(
      () => undefined,
      (error: Error) => error,
    );
    await client.end().catch(() => undefined);
    if (process.ended !== undefined) {
      const said = lastLines(home.log);
      const port = readers && /TCP\/IP/.test(said) ? `database.readerPort ${readers.port} cannot be opened on ${readers.host}: ` : '';
      throw new HubError('STORE_UNAVAILABLE', `the embedded PostgreSQL did not start (${process.ended}): ${port}${said}`);
    }
    if (stopping.aborted) throw new HubError('SHUTTING_DOWN');
    if (!refusal) return;
    if (refusal instanceof pg.DatabaseError && !NOT_YET.has(refusal.code ?? ''))
      throw new HubError('INTERNAL', `the embedded PostgreSQL refuses the hub: ${refusal.message} (the password is in ${home.password})`, {
        cause: refusal,
      });
    if (performance.now() - told > 5_000) {
      told = performance.now();
      notes.info('waiting for the database, which may be recovering from a crash', { log: home.log });
    }
    await pause(20);
  }
}

/**
 * Starts the server on a cluster and keeps it running. The caller holds the folder's lock.
 * @param pools connections that the caller's pools may open.
 * @throws HubError STORE_UNAVAILABLE or INTERNAL with the last lines of its log; no process is left then.
 */
export async function keepServer(home: EmbeddedHome, address: EmbeddedAddress, pools: number): Promise<KeptServer> {
  const stopping = new AbortController();
  const url = connectionUrl(home, address, 'postgres');
  let current: Process | undefined;
  let restarting: Promise<void> | undefined;

  const launch = async (): Promise<void> => {
    await endLeftovers(home);
    const fresh = spawnServer(home, address, pools);
    try {
      await waitUntilReady(home, address, url, fresh, stopping.signal);
    } catch (error) {
      await endProcess(fresh);
      throw error;
    }
    current = fresh;
    void fresh.gone.then(() => {
      current = undefined;
      if (stopping.signal.aborted) return;
      notes.error('the database server died; starting it again', { how: fresh.ended, lastLines: lastLines(home.log) });
      restarting = relaunch();
    });
  };

  const relaunch = async (): Promise<void> => {
    for (let delay = FIRST_DELAY; !stopping.signal.aborted; delay = Math.min(delay * 2, LONGEST_DELAY)) {
      try {
        await pause(delay, undefined, { signal: stopping.signal });
        return await launch();
      } catch (error) {
        if (!stopping.signal.aborted) notes.error('the database server does not start; trying again', { afterMs: delay }, error);
      }
    }
  };

  await launch();
  return {
    get pid() {
      return current?.child.pid;
    },
    async stop() {
      stopping.abort();
      await restarting;
      if (current) await endProcess(current);
      // A server that was killed may have left processes that are not over yet.
      await endLeftovers(home);
    },
  };
}
