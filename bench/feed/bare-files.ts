import { mkdirSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

const BATCH = 100;
const AT_ONCE = 16;

/**
 * The limit of the file path: for each batch of 100, write a temporary file and fsync it (16 at once), fsync the folder, rename, fsync the
 * folder. What any program must do to have a file safely under its final name.
 * @returns files a second.
 */
export async function bareFiles(folder: string, count: number, body: Buffer): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const sync = async (path: string): Promise<void> => {
    const handle = await open(path, 'r');
    await handle.sync();
    await handle.close();
  };
  const begun = performance.now();
  for (let start = 0; start < count; start += BATCH) {
    const names = Array.from({ length: Math.min(BATCH, count - start) }, (_, at) => `${start + at}.xml`);
    const waiting = [...names];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let name = waiting.pop(); name; name = waiting.pop()) {
          const handle = await open(join(folder, 'tmp', name), 'wx');
          await handle.writeFile(body);
          await handle.sync();
          await handle.close();
        }
      }),
    );
    await sync(join(folder, 'tmp'));
    for (const name of names) await rename(join(folder, 'tmp', name), join(folder, name));
    await sync(folder);
  }
  const seconds = (performance.now() - begun) / 1000;
  rmSync(folder, { recursive: true, force: true });
  return count / seconds;
}
