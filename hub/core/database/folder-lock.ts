import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';

/** One owner of a folder, held by the system and gone with the process, also after kill -9. */
export interface FolderLock {
  release(): void;
}

const SQLITE_BUSY = 5;
/** Files that are locked: the garbage collector would close one that nobody refers to, and so free its lock. */
const held = new Set<DatabaseSync>();

/**
 * Takes the lock of a file, which is made when it is missing and may stay. It counts for everybody who sees the file, also between containers
 * that share the folder. SQLite is here for the one portable lock that Node has: fcntl on Unix, LockFileEx on Windows; nothing is written.
 * @returns the lock, or undefined when another living process (or an earlier call of this one) holds it.
 * @throws HubError INTERNAL when the file cannot be opened or locked.
 */
export function lockFile(path: string): FolderLock | undefined {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(path, { timeout: 0 });
    file.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    if (file?.isOpen) file.close();
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw new HubError('INTERNAL', `${path} cannot be locked: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const locked = file;
  held.add(locked);
  return {
    release() {
      if (held.delete(locked)) locked.close();
    },
  };
}

/** True when nobody answers on a socket file: kill -9 leaves the file behind. */
function isAbandoned(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

/**
 * Takes the lock of a folder's name, within this machine or container: an abstract socket (Linux), a named pipe (Windows) or a socket file
 * (elsewhere). Nothing is written to the folder, which need not exist.
 * @returns the lock, or undefined when another living process holds it. @param folder its real path.
 */
export async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  const name = `vestnik-${digest}`;
  const socketFile = platform() === 'linux' || platform() === 'win32' ? undefined : join(tmpdir(), `${name}.lock`);
  const path = socketFile ?? (platform() === 'win32' ? `\\\\.\\pipe\\${name}` : `\0${name}`);
  if (socketFile && (await isAbandoned(socketFile))) rmSync(socketFile, { force: true });
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(path, () =>
      resolve({
        release() {
          server.close();
          if (socketFile) rmSync(socketFile, { force: true });
        },
      }),
    );
  });
}
