import { open, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HubError } from '../../core/errors.ts';

/** Why a file of this computer cannot be read or written, with what to do. @param error of the file system */
export function unusableFile(path: string, error: unknown): HubError {
  const { code } = error as NodeJS.ErrnoException;
  const [english, russian] =
    code === 'EEXIST'
      ? [`the file ${path} is there already; give a name that is free`, `файл ${path} уже есть; укажите свободное имя`]
      : [
          `the file ${path} cannot be used (${code}); check its name and your rights to it`,
          `файл ${path} недоступен (${code}); проверьте имя и права доступа`,
        ];
  return new HubError(code === 'ENOENT' ? 'NOT_FOUND' : 'CONFLICT', english, { cause: error, reason: 'file', russian });
}

/**
 * Writes a file that is not there yet, for nobody else to read: there are people in it. What breaks off in between leaves none, as it would look whole.
 * @throws what `pieces` throws; HubError NOT_FOUND or CONFLICT `file` when the file cannot be written
 */
export async function writeNewFile(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  async function* watched(): AsyncGenerator<string | Uint8Array> {
    try {
      yield* pieces;
    } catch (error) {
      failed = { error };
      throw error;
    }
  }
  const file = await open(path, 'wx', 0o600).catch((error) => {
    throw unusableFile(path, error);
  });
  try {
    await pipeline(Readable.from(watched(), { objectMode: false }), file.createWriteStream());
  } catch (error) {
    await rm(path, { force: true });
    throw failed ? failed.error : unusableFile(path, error);
  }
}
