import { constants, lstatSync, renameSync } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';

/**
 * What the client needs of the world, as values that are passed in: the file system and the clock. Tests hand in ones that fail at a
 * chosen step, lose what was not flushed, or let an hour pass at once.
 */

export type FileStatus = { kind: 'file' | 'folder' | 'other'; size: number; device: number; changedMs: number };

/** A file that grows. Lengths in bytes. */
export type GrowingFile = {
  readonly length: number;
  append(text: string): Promise<void>;
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
};

/** Every operation fails with the system's error (`code` such as ENOSPC); what is looked up and absent is `undefined`. */
export type FileSystem = {
  /** Creates or replaces the file and flushes its content to the disk. */
  writeDurable(path: string, content: Uint8Array): Promise<void>;
  openGrowing(path: string): Promise<GrowingFile>;
  read(path: string): Promise<Buffer | undefined>;
  /** Does not follow a last symbolic link. */
  status(path: string): Promise<FileStatus | undefined>;
  list(folder: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  /** Renames to a name that is free; fails with EEXIST where it is taken. */
  renameNew(from: string, to: string): Promise<void>;
  /** Absent is a success. */
  remove(path: string): Promise<void>;
  /** Existing is a success. */
  makeFolder(path: string): Promise<void>;
  /** Flushes the names in a folder. Windows needs none and does nothing. */
  syncFolder(path: string): Promise<void>;
  checkWritable(folder: string): Promise<void>;
  freeBytes(path: string): Promise<number>;
};

/** Time in milliseconds since 1970 and waits that an abort cuts short (they then resolve, never reject). */
export type Clock = {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after the time; the answer cancels. */
  after(milliseconds: number, call: () => void): () => void;
};

export const systemClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      signal?.addEventListener('abort', finish);
    }),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The code of a system error such as ENOENT, or undefined for any other value. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export const diskFileSystem: FileSystem = {
  async writeDurable(path, content) {
    const file = await open(path, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  },

  async openGrowing(path) {
    const file = await open(path, 'a');
    try {
      return growing(file, (await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
  },

  read: (path) => orUndefined(readFile(path)),

  async status(path) {
    const found = await orUndefined(lstat(path));
    if (found === undefined) return undefined;
    return {
      kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
      size: found.size,
      device: found.dev,
      changedMs: found.mtimeMs,
    };
  },

  list: (folder) => readdir(folder),
  rename,

  // Synchronous, so that next to nothing can happen between the look and the rename: Node has no rename that refuses an existing target.
  async renameNew(from, to) {
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw Object.assign(new Error(`EEXIST: ${to}`), { code: 'EEXIST' });
    renameSync(from, to);
  },

  remove: (path) => rm(path, { force: true }),
  makeFolder: async (path) => {
    await mkdir(path).catch(async (error: unknown) => {
      if (errorCode(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
    });
  },

  async syncFolder(path) {
    if (process.platform === 'win32') return;
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },

  checkWritable: (folder) => access(folder, constants.W_OK | constants.X_OK),

  async freeBytes(path) {
    const found = await statfs(path);
    return found.bavail * found.bsize;
  },
};

function growing(file: FileHandle, length: number): GrowingFile {
  let size = length;
  return {
    get length() {
      return size;
    },
    async append(text) {
      const bytes = Buffer.from(text, 'utf8');
      await file.appendFile(bytes);
      size += bytes.length;
    },
    sync: () => file.sync(),
    async truncate(to) {
      await file.truncate(to);
      size = to;
    },
    close: () => file.close(),
  };
}

async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
