import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../database/database.ts';
import { type FolderLock, lockFile } from '../database/folder-lock.ts';
import { notesOf } from '../telemetry/channels.ts';
import { removeDeadHub } from './sql/targets.ts';

const notes = notesOf('deliveries');
const LOCK = 'hub.lock';
const NAME = 'hub.id';

/** The hub that had the lock before; undefined: nobody, or the folder is a copy of the one in which that hub may be alive. */
function nameIn(folder: string, lock: number): string | undefined {
  try {
    const [hub = '', of] = readFileSync(join(folder, NAME), 'utf8').trim().split(' ');
    return Number(of) === lock && /^[0-9a-f-]{36}$/.test(hub) ? hub : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the place of the hub that ran before on this data folder. Whoever holds the lock of the folder knows that the other is dead: what it had is taken
 * over at once, and not only when its leases have run out. A folder that cannot be written to, or that another living hub has, is no fault: then leases count.
 * @returns the lock, to be held until the last attempt has ended
 * @throws what the database throws
 */
export async function succeedHub(database: Database, folder: string, hubId: string): Promise<FolderLock | undefined> {
  let lock: FolderLock | undefined;
  try {
    const path = join(folder, LOCK);
    lock = lockFile(path);
    if (!lock) return undefined;
    const { ino } = statSync(path);
    const before = nameIn(folder, ino);
    // First: were we to die now, nobody would know any more whom we have succeeded, and its leases would count.
    if (before !== undefined) await removeDeadHub(database.work, before);
    writeFileSync(join(folder, `${NAME}.new`), `${hubId} ${ino}\n`);
    renameSync(join(folder, `${NAME}.new`), join(folder, NAME));
    return lock;
  } catch (error) {
    lock?.release();
    if ((error as NodeJS.ErrnoException).syscall === undefined && !isUnlockable(error)) throw error;
    notes.debug('the place of the hub that ran before cannot be taken; its leases run out', { folder, why: String(error) });
    return undefined;
  }
}
