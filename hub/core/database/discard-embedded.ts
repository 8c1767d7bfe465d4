import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { startEmbedded } from './embedded.ts';
import { prepareHome } from './embedded-home.ts';

/**
 * Removes a data folder with the database in it, also after kill -9 of the hub that owned it: a server that still runs is stopped first.
 * @returns false when another process is using the folder; nothing is removed then.
 */
export async function discardEmbedded(options: { dataFolder: string; runAs: string }): Promise<boolean> {
  if (!existsSync(options.dataFolder)) return true;
  const home = prepareHome(options.dataFolder, options.runAs);
  if (existsSync(home.data)) {
    const embedded = await startEmbedded(options).catch(() => undefined);
    if (embedded && !embedded.owner) return false;
    await embedded?.stop();
  }
  for (const path of [home.socket, dirname(home.data), options.dataFolder]) rmSync(path, { recursive: true, force: true });
  return true;
}
