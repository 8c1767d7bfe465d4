import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';

/**
 * One owner of a folder: held by the system on a file in it and gone with the process, also after kill -9. It counts between containers that
 * share the folder, too; a name on the network or a process id would not.
 */
export interface FolderLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes a lock of a folder, which is made when it is missing. SQLite is here for the one portable lock that Node has: fcntl on Unix,
 * LockFileEx on Windows. Nothing is written to the file.
 * @param file the name of the lock: locks of different names in one folder are independent.
 * @returns the lock, or undefined when another living process (or an earlier call of this one) holds it.
 * @throws HubError INTERNAL when the file cannot be opened or locked.
 */
export async function lockFolder(folder: string, file = 'vestnik.lock'): Promise<FolderLock | undefined> {
  const path = join(folder, file);
  const interim = file === 'vestnik.lock' ? await abstractLock(folder) : () => undefined;
  if (!interim) return undefined;
  let held: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    held = new DatabaseSync(path, { timeout: 0 });
    held.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    if (held?.isOpen) held.close();
    interim();
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw new HubError('INTERNAL', `${path} cannot be locked: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const lock = held;
  return {
    release() {
      if (lock.isOpen) lock.close();
      interim();
    },
  };
}

function abstractLock(folder: string): Promise<(() => void) | undefined> {
  const path = `\0vestnik-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', () => resolve(undefined));
    server.listen(path, () => resolve(() => void server.close()));
  });
}
