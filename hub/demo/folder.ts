import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { discardEmbedded } from '../core/database/discard-embedded.ts';

/** Marks a folder as one that a demonstration made and may empty. */
const MARK = '.vestnik-demo';

/**
 * Makes an empty folder for a demonstration. What an earlier one left is removed, its database server and its clients first stopped;
 * anything else in the folder is somebody's own and is refused.
 * @returns `in use` by another demonstration, or `foreign`: not empty and not ours. Nothing is changed then.
 */
export async function emptyFolder(folder: string, dataFolder: string): Promise<'ready' | 'in use' | 'foreign'> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, MARK))) return 'foreign';
    if (!(await discardEmbedded({ dataFolder, runAs: 'nobody' }))) return 'in use';
    await stopLeftClients(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), '');
  return 'ready';
}

const PATIENCE = 15_000;

/**
 * Ends the clients of a demonstration that was killed: they would go on asking, and hold the locks of folders that the next one needs. The
 * lock in a Storage names its process; that it is the one and no later owner of the number is seen by its command line (Linux).
 */
async function stopLeftClients(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const pid = lockHolder(join(folder, name, 'xml', '.stat_client', 'lock'));
    if (pid === undefined) continue;
    const lives = (): boolean => commandOf(pid).includes(join(folder, name, 'Stat_Client.conf'));
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (lives()) process.kill(pid, signal);
      const end = performance.now() + PATIENCE;
      while (lives() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function lockHolder(lockFile: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(lockFile, 'utf8')) as { pid?: unknown };
    return Number.isSafeInteger(pid) && (pid as number) > 1 ? (pid as number) : undefined;
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
