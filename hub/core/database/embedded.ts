import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import {
  chooseAddress,
  connectionUrl,
  EMBEDDED_DATABASE,
  type EmbeddedAddress,
  type ReaderPort,
  readAddress,
  writeAddress,
} from './embedded-address.ts';
import { removeOldCopies } from './embedded-binaries.ts';
import { createCluster } from './embedded-cluster.ts';
import { type EmbeddedHome, prepareHome } from './embedded-home.ts';
import { type KeptServer, keepServer } from './embedded-server.ts';
import { type FolderLock, lockFile } from './folder-lock.ts';

/**
 * The hub's own PostgreSQL: a child process on a unix socket (on Windows a local port with a random password).
 *
 * One process owns a data folder (folder-lock.ts): it creates the cluster once, runs the server (embedded-server.ts) and stops it. Another
 * process on the same folder, such as `vestnik operator add` beside a running hub, is a guest: it uses the running server and leaves it alone.
 * States: owner -> stopped; or guest -> stopped; or guest -> (the owner has gone) owner -> stopped. So a hub that started beside a command is
 * not left without a database when the command ends.
 * After kill -9 of the hub the server lives on without an owner; the next owner stops it in order and starts its own.
 */
export interface EmbeddedDatabase {
  /** Connection URL of the database "vestnik"; it stays the same. */
  readonly url: string;
  /** False for a guest. */
  readonly owner: boolean;
  readonly home: EmbeddedHome;
  /** Process id of the server; undefined for a guest and between a death and the restart. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const notes = notesOf('database.embedded');
/** How often a guest looks whether the owner has gone, and how long a start waits for another's first start. Milliseconds. */
const WATCH_EVERY = 250;
const FIRST_START_PATIENCE = 60_000;

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [EMBEDDED_DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_DATABASE}`);
  } finally {
    await client.end();
  }
}

/**
 * Starts the server of a folder whose lock the caller holds; gives the lock back when that fails.
 * @param place where it listens: the address of the owner that has gone, or the readers' port for a new one
 */
async function own(
  home: EmbeddedHome,
  lock: FolderLock,
  pools: number,
  place: { readonly present: EmbeddedAddress } | { readonly readers: ReaderPort | undefined },
): Promise<{ server: KeptServer; address: EmbeddedAddress }> {
  let server: KeptServer | undefined;
  try {
    removeOldCopies(home);
    await createCluster(home);
    const address = 'present' in place ? place.present : await chooseAddress(home, place.readers);
    writeAddress(home, address);
    server = await keepServer(home, address, pools);
    await createDatabase(connectionUrl(home, address, 'postgres'));
    return { server, address };
  } catch (error) {
    await server?.stop();
    lock.release();
    throw error;
  }
}

async function startOwner(home: EmbeddedHome, lock: FolderLock, pools: number, readers: ReaderPort | undefined): Promise<EmbeddedDatabase> {
  const { server, address } = await own(home, lock, pools, { readers });
  return {
    url: connectionUrl(home, address, EMBEDDED_DATABASE),
    owner: true,
    home,
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.stop();
      lock.release();
    },
  };
}

function startGuest(home: EmbeddedHome, address: EmbeddedAddress, pools: number): EmbeddedDatabase {
  const stopping = new AbortController();
  let inherited: { lock: FolderLock; server: KeptServer } | undefined;

  const watch = async (): Promise<void> => {
    while (!inherited && !stopping.signal.aborted) {
      try {
        await pause(WATCH_EVERY, undefined, { signal: stopping.signal, ref: false });
        const lock = lockFile(home.lock);
        if (!lock) continue;
        notes.info('the owner of the database has gone; taking it over', { folder: home.base });
        inherited = { lock, server: (await own(home, lock, pools, { present: address })).server };
      } catch (error) {
        if (!stopping.signal.aborted) notes.error('the database could not be taken over; trying again', { folder: home.base }, error);
      }
    }
  };
  const watching = watch();
  return {
    url: connectionUrl(home, address, EMBEDDED_DATABASE),
    get owner() {
      return inherited !== undefined;
    },
    home,
    get pid() {
      return inherited?.server.pid;
    },
    async stop() {
      stopping.abort();
      await watching;
      await inherited?.server.stop();
      inherited?.lock.release();
    },
  };
}

/**
 * Starts the database of a data folder, or joins it as a guest when another process owns it.
 * @param options.dataFolder the hub's data folder; @param options.runAs the unprivileged user for a hub that runs as root.
 * @param options.pools connections that the caller's pools may open; the server is started for them. (Default: those of the usual pools)
 * @param options.readers the port for other programs, where this process becomes the owner. (Default: none; nobody else can connect)
 * @throws HubError INTERNAL or STORE_UNAVAILABLE that says what does not let it start; nothing is left running then.
 */
export async function startEmbedded(options: {
  dataFolder: string;
  runAs: string;
  pools?: number;
  readers?: ReaderPort | undefined;
}): Promise<EmbeddedDatabase> {
  const { pools = 0, readers } = options;
  const home = prepareHome(options.dataFolder, options.runAs);
  for (const end = performance.now() + FIRST_START_PATIENCE; performance.now() < end; await pause(50)) {
    const lock = lockFile(home.lock);
    if (lock) return startOwner(home, lock, pools, readers);
    const address = readAddress(home);
    if (address) return startGuest(home, address, pools);
  }
  throw new HubError(
    'STORE_UNAVAILABLE',
    `another process has been creating the database in ${home.base} for ${FIRST_START_PATIENCE / 1000} s`,
    {
      retryAfter: 1,
    },
  );
}
