import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { type EmbeddedHome, prepareHome } from './embedded-home.ts';
import { lockFolder } from './folder-lock.ts';

/**
 * The hub's own PostgreSQL: a child process on a unix socket (on Windows a local port with a random password).
 *
 * States: preparing (initdb once) -> starting -> running -> (died) restarting -> starting ...; stop() -> stopping -> stopped.
 * One process owns a data folder (folder-lock.ts). The owner starts the server, restarts it when it dies, and stops it. A second process
 * on the same folder, such as `vestnik operator add` beside a running hub, is a guest: it uses the running server and never stops it.
 * After kill -9 of the hub the server lives on without an owner; the next owner stops it in order and starts its own.
 * fsync stays on, always.
 */
export interface EmbeddedDatabase {
  /** Connection URL of the database "vestnik". */
  readonly url: string;
  /** False for a guest. */
  readonly owner: boolean;
  readonly home: EmbeddedHome;
  /** Process id of the server; undefined for a guest and between a death and the restart. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const notes = notesOf('database.embedded');
const MAJOR = '18';
const USER = 'vestnik';
const LONGEST_RESTART_DELAY = 5_000;
const STOP_DEADLINE = 30_000;

const SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  fsync: 'on',
  full_page_writes: 'on',
  autovacuum_naptime: '10s',
  logging_collector: 'off',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  timezone: 'UTC',
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The last lines of the server's log, for a message about why it did not start. */
function tail(log: string): string {
  if (!existsSync(log)) return '';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join(' | ');
}

function waitForExit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    child.once('exit', (code) => resolve(code));
    child.once('error', reject);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new HubError('INTERNAL', 'no free local port');
  return address.port;
}

/** Creates the cluster once. It is made under another name and renamed, so that a crash leaves no half-made data folder. */
async function initialise(home: EmbeddedHome): Promise<void> {
  if (existsSync(join(home.data, 'PG_VERSION'))) {
    const version = readFileSync(join(home.data, 'PG_VERSION'), 'utf8').trim();
    if (version === MAJOR) return;
    throw new HubError(
      'INTERNAL',
      `${home.data} is a data folder of PostgreSQL ${version}, this hub carries ${MAJOR}: dump it with version ${version} and load it into a new folder, or set database.url`,
    );
  }
  const fresh = `${home.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  const passwordFile = `${fresh}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (home.runAs) chownSync(passwordFile, home.runAs.uid, home.runAs.gid);
  // The parent folder may belong to root: the server's user gets its folder made for it.
  mkdirSync(fresh, { mode: 0o700 });
  if (home.runAs) chownSync(fresh, home.runAs.uid, home.runAs.gid);
  const output: Buffer[] = [];
  const child = spawn(
    join(home.bin, 'initdb'),
    [
      '-D',
      fresh,
      '-U',
      USER,
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
    ],
    { ...(home.runAs ?? {}), cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '' } },
  );
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await waitForExit(child);
  rmSync(passwordFile, { force: true });
  if (code !== 0)
    throw new HubError('INTERNAL', `initdb failed with ${code}: ${Buffer.concat(output).toString('utf8').trim().slice(-800)}`);
  writeFileSync(home.password, password, { mode: 0o600 });
  renameSync(fresh, home.data);
}

function runningServer(home: EmbeddedHome): number | undefined {
  const file = join(home.data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  // The number may belong to a stranger by now (a restarted machine or container).
  if (platform() === 'linux' && !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home.data)) return undefined;
  return pid;
}

async function stopOrphan(home: EmbeddedHome): Promise<void> {
  const pid = runningServer(home);
  if (pid === undefined) {
    rmSync(join(home.data, 'postmaster.pid'), { force: true });
    return;
  }
  notes.info('a database server without a hub is running; stopping it in order', { pid });
  process.kill(pid, 'SIGINT');
  const end = performance.now() + STOP_DEADLINE;
  while (runningServer(home) === pid) {
    if (performance.now() > end) process.kill(pid, 'SIGQUIT');
    await pause(20);
  }
}

function connectionUrl(home: EmbeddedHome, port: number | undefined, database: string): string {
  const password = encodeURIComponent(readFileSync(home.password, 'utf8').trim());
  return port === undefined
    ? `postgresql://${USER}:${password}@${encodeURIComponent(home.socket)}/${database}`
    : `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

async function waitUntilReady(url: string, alive: () => boolean, log: string): Promise<void> {
  let told = performance.now();
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!alive()) throw new HubError('STORE_UNAVAILABLE', `the embedded PostgreSQL did not start: ${tail(log)}`, { cause: error });
      if (performance.now() - told > 5_000) {
        told = performance.now();
        notes.info('waiting for the database, which may be recovering from a crash', { log });
      }
      await pause(20);
    }
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'vestnik'");
    if (rowCount === 0) await client.query('CREATE DATABASE vestnik');
  } finally {
    await client.end();
  }
}

/**
 * Starts the database of a data folder, or joins it as a guest when another process owns it.
 * @param options.dataFolder the hub's data folder; @param options.runAs the unprivileged user for a hub that runs as root.
 */
export async function startEmbedded(options: { dataFolder: string; runAs: string }): Promise<EmbeddedDatabase> {
  const home = prepareHome(options.dataFolder, options.runAs);
  const lock = await lockFolder(home.data);
  const portFile = `${home.data}.port`;
  if (!lock) {
    if (!existsSync(home.password))
      throw new HubError('STORE_UNAVAILABLE', 'another process is creating the database: try again in a moment', { retryAfter: 1 });
    const port = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : undefined;
    return { url: connectionUrl(home, port, 'vestnik'), owner: false, home, pid: undefined, stop: async () => undefined };
  }

  let child: ChildProcess | undefined;
  let stopping = false;
  let restart: Promise<void> | undefined;
  let port: number | undefined;

  const launch = async (): Promise<void> => {
    await stopOrphan(home);
    if (existsSync(home.log) && statSync(home.log).size > 10 * 1024 * 1024) renameSync(home.log, `${home.log}.1`);
    const log = openSync(home.log, 'a', 0o640);
    const network =
      port === undefined
        ? { listen_addresses: '', unix_socket_directories: home.socket }
        : { listen_addresses: '127.0.0.1', port: String(port) };
    const args = Object.entries({ ...SETTINGS, ...network }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    // Detached: Ctrl-C in the terminal must reach the hub, which drains before it stops the server.
    const fresh = spawn(join(home.bin, 'postgres'), ['-D', home.data, ...args], {
      ...(home.runAs ?? {}),
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
    });
    closeSync(log);
    child = fresh;
    let ready = false;
    fresh.once('error', (error) => notes.error('the database server could not be started', { bin: home.bin }, error));
    fresh.once('exit', (code, signal) => {
      if (child === fresh) child = undefined;
      if (!ready || stopping) return;
      notes.error('the database server died; starting it again', { code, signal, lastLines: tail(home.log) });
      restart = relaunch();
    });
    await waitUntilReady(
      connectionUrl(home, port, 'postgres'),
      () => !stopping && fresh.exitCode === null && fresh.signalCode === null,
      home.log,
    );
    ready = true;
  };

  const relaunch = async (): Promise<void> => {
    for (let delay = 50; !stopping; delay = Math.min(delay * 2, LONGEST_RESTART_DELAY)) {
      await pause(delay);
      try {
        return await launch();
      } catch (error) {
        notes.error('the database server does not start; trying again', { afterMs: delay }, error);
      }
    }
  };

  try {
    await initialise(home);
    if (platform() === 'win32') {
      port = await freePort();
      writeFileSync(portFile, String(port));
    }
    await launch();
    await createDatabase(connectionUrl(home, port, 'postgres'));
  } catch (error) {
    stopping = true;
    child?.kill('SIGQUIT');
    lock.release();
    throw error;
  }

  return {
    url: connectionUrl(home, port, 'vestnik'),
    owner: true,
    home,
    get pid() {
      return child?.pid;
    },
    async stop() {
      stopping = true;
      await restart;
      const last = child;
      if (last) {
        const force = setTimeout(() => last.kill('SIGQUIT'), STOP_DEADLINE);
        last.kill('SIGINT');
        await waitForExit(last);
        clearTimeout(force);
      }
      lock.release();
    },
  };
}
