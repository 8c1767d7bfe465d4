import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { discardEmbedded } from '../core/database/discard-embedded.ts';

/** Marks a folder as one that a demonstration made and may empty. */
const MARK = '.vestnik-demo';

/**
 * Makes an empty folder for a demonstration. What an earlier one left is removed, its database server first stopped; anything else in the
 * folder is somebody's own and is refused.
 * @returns `in use` by another demonstration, or `foreign`: not empty and not ours. Nothing is changed then.
 */
export async function emptyFolder(folder: string, dataFolder: string): Promise<'ready' | 'in use' | 'foreign'> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, MARK))) return 'foreign';
    if (!(await discardEmbedded({ dataFolder, runAs: 'nobody' }))) return 'in use';
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), '');
  return 'ready';
}
