import { open, unlink } from 'node:fs/promises';
import { HubError } from '../../core/errors.ts';

const REFUSALS: Readonly<Record<string, string>> = {
  EEXIST: 'is there already and is not written over; choose another name',
  ENOENT: 'cannot be made: its folder does not exist',
  EACCES: 'cannot be made: no right to write there',
  EROFS: 'cannot be made: the disk is read-only',
  EISDIR: 'is a folder; name a file',
};

/**
 * Makes a file that only its owner can read (mode 0600), never over an existing one. The name is taken before `work` begins and given back
 * when it fails, so a secret is not made that then has no place. `work` writes once and commits afterwards: a full disk undoes everything.
 * @throws HubError CONFLICT when the file cannot be made; whatever `work` throws.
 */
export async function writePrivateFile<T>(
  path: string,
  work: (write: (content: Uint8Array | string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new HubError('CONFLICT', `the file ${path} ${REFUSALS[error.code ?? ''] ?? `cannot be made (${error.code})`}`, { cause: error });
  });
  try {
    const result = await work(async (content) => {
      await file.writeFile(content);
      await file.sync();
    });
    await file.close();
    return result;
  } catch (error) {
    await file.close();
    await unlink(path);
    throw error;
  }
}
