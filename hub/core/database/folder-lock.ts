import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One owner of a folder on this machine, held by the system and gone with the process, also after kill -9: an abstract socket (Linux), a
 * named pipe (Windows) or a socket file (elsewhere), named after the folder.
 */
export interface FolderLock {
  release(): void;
}

/** @returns the lock, or undefined when another living process holds it. @param folder its real path. */
export function lockFolder(folder: string): Promise<FolderLock | undefined> {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  const name = `vestnik-${digest}`;
  const socketFile = platform() === 'linux' || platform() === 'win32' ? undefined : join(tmpdir(), `${name}.lock`);
  const path = socketFile ?? (platform() === 'win32' ? `\\\\.\\pipe\\${name}` : `\0${name}`);
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
