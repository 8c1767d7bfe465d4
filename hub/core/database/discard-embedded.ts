import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedHome, prepareHome } from './embedded-home.ts';
import { endLeftovers } from './embedded-leftovers.ts';
import { lockFile } from './folder-lock.ts';

/** Removes what belongs to the database and no more: a link may have led to a folder that holds other things. */
function removeDatabase({ base, data, socket }: EmbeddedHome): void {
  const retry = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };
  for (const path of [data, socket]) rmSync(path, retry);
  for (const name of readdirSync(base)) if (/^postgres[.-]/.test(name)) rmSync(join(base, name), retry);
  if (readdirSync(base).length === 0) rmdirSync(base);
}

/**
 * Removes a data folder with the database in it, also after kill -9 of the hub that owned it: a server that still runs is stopped first.
 * @returns false when another process is using the folder; nothing is removed then.
 */
export async function discardEmbedded(options: { dataFolder: string; runAs: string }): Promise<boolean> {
  if (!existsSync(options.dataFolder)) return true;
  const home = prepareHome(options.dataFolder, options.runAs);
  const lock = lockFile(home.lock);
  if (!lock) return false;
  try {
    await endLeftovers(home);
  } finally {
    lock.release();
  }
  removeDatabase(home);
  rmSync(options.dataFolder, { recursive: true, force: true });
  return true;
}
