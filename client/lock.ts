import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { errorCode } from './ports.ts';

/**
 * The lock of one folder or file: a socket name that the system gives to one process and takes back when it dies, and, because a folder
 * may be shared between computers, a lock file with host, pid and a heartbeat (spec online-ticket 7.2).
 *
 *     (free) --acquireLock--> HELD --release--> (free)
 *                              |
 *                              +-- another host wrote its name into the file --> LOST (onLost is called once; nothing is deleted)
 */
export type Lock = { release(): Promise<void> };

/** Who holds a lock; `pid` 0 and an empty host where the file could not be read. */
export type LockHolder = { pid: number; host: string };

export type LockOptions = {
  /** Real path of what is locked; the socket's name comes from it. */
  target: string;
  lockFile: string;
  /** Called when another computer has taken the lock over. */
  onLost: (holder: LockHolder) => void;
  heartbeatMs?: number;
  /** Time in milliseconds in which hosts that start at once see each other's file. (Default: 300) */
  contestMs?: number;
};

const HEARTBEAT = 10_000;
/** A lock of another host whose heartbeat is older than this is void. */
const STALE_AFTER = 60_000;
const CONTEST = 300;
const MOST_FILE = 4096;

/** @returns the lock, or who holds it. A lock file that cannot be written is left out: the socket still holds on this computer. */
export async function acquireLock(options: LockOptions): Promise<{ lock: Lock } | { holder: LockHolder }> {
  const { lockFile } = options;
  const server = await listen(socketName(options.target));
  if (server === undefined) return { holder: (await readHolder(lockFile)) ?? { pid: 0, host: '' } };
  const mark = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() });
  const blocking = await foreignHolder(lockFile);
  if (blocking === undefined) {
    const written = await writeMark(lockFile, mark);
    const winner = written ? await contest(lockFile, mark, options.contestMs ?? CONTEST) : undefined;
    if (winner === undefined) return { lock: hold(options, server, mark) };
    server?.close();
    return { holder: winner };
  }
  server?.close();
  return { holder: blocking };
}

/** Who holds the lock now, or undefined when it is free. Takes nothing. */
export async function findHolder(target: string, lockFile: string): Promise<LockHolder | undefined> {
  const name = socketName(target);
  if (name !== undefined && (await isListening(name))) return (await readHolder(lockFile)) ?? { pid: 0, host: '' };
  return foreignHolder(lockFile);
}

/** Asked by a connection, not by taking the name: a client that starts at this moment would find it taken. */
function isListening(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path: name });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(errorCode(error) !== 'ECONNREFUSED' && errorCode(error) !== 'ENOENT'));
  });
}

/** Name of the socket; undefined on systems that have no names which vanish with their process. */
function socketName(target: string): string | undefined {
  const digest = createHash('sha256')
    .update(process.platform === 'win32' ? target.toLowerCase() : target)
    .digest('hex')
    .slice(0, 40);
  if (process.platform === 'linux') return `\0stat_client-${digest}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\stat_client-${digest}`;
  return undefined;
}

/** @returns undefined when another process has the name; null when there are no names here. */
function listen(name: string | undefined): Promise<Server | undefined | null> {
  if (name === undefined) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      const code = errorCode(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ path: name }, () => {
      server.unref();
      resolve(server);
    });
  });
}

async function readHolder(lockFile: string): Promise<(LockHolder & { token: string }) | undefined> {
  try {
    const text = await readFile(lockFile, 'utf8');
    const value: unknown = text.length > MOST_FILE ? undefined : JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { host, pid, token } = value as Record<string, unknown>;
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof token !== 'string') return undefined;
    return { host, pid, token };
  } catch {
    return undefined;
  }
}

/**
 * The living holder on another host. Ages are measured by the file server's clock: a file written now against the lock's heartbeat. On
 * this host the socket decides; without sockets the process does.
 */
async function foreignHolder(lockFile: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(lockFile);
  if (holder === undefined) return undefined;
  if (holder.host === hostname()) {
    return socketName('') === undefined && holder.pid !== process.pid && isAlive(holder.pid) ? holder : undefined;
  }
  const probe = `${lockFile}.${process.pid}`;
  try {
    await writeFile(probe, '');
    const age = (await stat(probe)).mtimeMs - (await stat(lockFile)).mtimeMs;
    return age < STALE_AFTER ? holder : undefined;
  } catch {
    return undefined;
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function writeMark(lockFile: string, mark: string): Promise<boolean> {
  const next = `${lockFile}.${process.pid}`;
  try {
    await writeFile(next, mark);
    await rename(next, lockFile);
    return true;
  } catch {
    await rm(next, { force: true }).catch(() => undefined);
    return false;
  }
}

/** When two hosts find the lock free at once, the file that was renamed last stays, and the other sees it. */
async function contest(lockFile: string, mark: string, milliseconds: number): Promise<LockHolder | undefined> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return takenBy(lockFile, mark);
}

async function takenBy(lockFile: string, mark: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(lockFile);
  if (holder === undefined || holder.host === hostname()) return undefined;
  return mark.includes(holder.token) ? undefined : holder;
}

function hold(options: LockOptions, server: Server | null | undefined, mark: string): Lock {
  const { lockFile } = options;
  let beating: Promise<void> | undefined;
  let lost = false;
  const beat = async () => {
    const other = await takenBy(lockFile, mark);
    if (other !== undefined) {
      clearInterval(timer);
      lost = true;
      options.onLost(other);
      return;
    }
    const now = new Date();
    // A lock file that is gone (the folder was emptied or came back) is written anew.
    await utimes(lockFile, now, now).catch(() => writeMark(lockFile, mark));
  };
  // A slow folder may take longer than a heartbeat; two at once would report a loss twice.
  const timer = setInterval(() => {
    if (lost) return;
    beating ??= beat().finally(() => {
      beating = undefined;
    });
  }, options.heartbeatMs ?? HEARTBEAT);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      await beating;
      const holder = await readHolder(lockFile);
      if (holder !== undefined && mark.includes(holder.token)) await rm(lockFile, { force: true }).catch(() => undefined);
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    },
  };
}
