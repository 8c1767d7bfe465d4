import { lstat, open, opendir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that was named or found. */
export interface FoundFile {
  readonly path: string;
}

/** A file or folder that could not be read, and why. */
export interface UnreadableFile extends FoundFile {
  readonly why: string;
}

const MOST_DEPTH = 64;

const codeOf = (error: unknown): string => {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined) throw error;
  return code;
};

async function* filesIn(folder: string, wanted: RegExp, depth: number): AsyncGenerator<FoundFile | UnreadableFile> {
  const folders: string[] = [];
  const files: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.name.startsWith('.')) continue;
      // A link in a folder may lead out of it, or back into it: it is left alone.
      if (entry.isDirectory()) folders.push(entry.name);
      else if (entry.isFile() && wanted.test(entry.name)) files.push(entry.name);
    }
  } catch (error) {
    yield { path: folder, why: codeOf(error) };
  }
  for (const name of files.sort()) yield { path: join(folder, name) };
  if (depth === MOST_DEPTH) {
    if (folders.length > 0) yield { path: folder, why: `folders deeper than ${MOST_DEPTH} are not read` };
    return;
  }
  for (const name of folders.sort()) yield* filesIn(join(folder, name), wanted, depth + 1);
}

/**
 * The files of paths that a person named: a file itself, of a folder every file whose name matches, in the folders below it too, in the
 * order of names. Links are followed only where they were named; nothing whose name begins with a dot counts. Names are gathered a folder at a time.
 */
export async function* findFiles(paths: readonly string[], wanted: RegExp): AsyncGenerator<FoundFile | UnreadableFile> {
  for (const path of paths) {
    try {
      const real = await realpath(path);
      if ((await lstat(real)).isDirectory()) yield* filesIn(path, wanted, 0);
      else yield { path };
    } catch (error) {
      yield { path, why: codeOf(error) };
    }
  }
}

/**
 * Reads a file, at most `limit` bytes and one more, by which the caller sees that it is longer.
 * @returns the bytes, or the code of the system's error.
 */
export async function readBounded(path: string, limit: number): Promise<Buffer | string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const content = Buffer.alloc(Math.min(size, limit + 1));
      let length = 0;
      while (length < content.length) {
        const { bytesRead } = await file.read(content, length, content.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return content.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (error) {
    return codeOf(error);
  }
}
