import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../database/database.ts';
import { type FolderLock, lockFile } from '../database/folder-lock.ts';
import { notesOf } from '../telemetry/channels.ts';
import { removeDeadHub } from './sql/targets.ts';

const notes = notesOf('deliveries');
const LOCK = 'hub.lock';
const NAME = 'hub.id';

interface Place {
  readonly lock: FolderLock;
  /** Number of the lock's file: a copy of the folder has another. */
  readonly file: number;
}

/** @returns undefined when another living hub has the folder, or nothing can be written there */
function takePlace(folder: string): Place | undefined {
  const path = join(folder, LOCK);
  let lock: FolderLock | undefined;
  try {
    lock = lockFile(path);
    return lock && { lock, file: statSync(path).ino };
  } catch (error) {
    lock?.release();
    notes.debug('the folder cannot be locked; the leases of a hub that ran there before run out', { folder, why: String(error) });
    return undefined;
  }
}

/** The hub that had the place before; undefined: nobody, or it is the folder from which this one was copied, whose hub may be alive. */
function predecessor(folder: string, { file }: Place): string | undefined {
  try {
    const [hub = '', of] = readFileSync(join(folder, NAME), 'utf8').trim().split(' ');
    return Number(of) === file && /^[0-9a-f-]{36}$/.test(hub) ? hub : undefined;
  } catch {
    return undefined;
  }
}

function leaveName(folder: string, { file }: Place, hubId: string): void {
  const fresh = join(folder, `${NAME}.new`);
  try {
    writeFileSync(fresh, `${hubId} ${file}\n`);
    renameSync(fresh, join(folder, NAME));
  } catch (error) {
    notes.debug('the name of this hub cannot be left to the next one', { folder, why: String(error) });
  }
}

/**
 * Takes the place of the hub that ran before on this data folder. Whoever holds the lock of the folder knows that the other is dead: what it had is taken
 * over at once, and not only when its leases have run out. Where the folder cannot be written to, or another living hub has it, the leases count.
 * @returns the lock, to be held until the last attempt has ended
 * @throws what the database throws
 */
export async function succeedHub(database: Database, folder: string, hubId: string): Promise<FolderLock | undefined> {
  const place = takePlace(folder);
  if (!place) return undefined;
  try {
    const before = predecessor(folder, place);
    // First: were we to die now, the next one must still know whom to succeed.
    if (before !== undefined) await removeDeadHub(database.work, before);
    leaveName(folder, place, hubId);
    return place.lock;
  } catch (error) {
    place.lock.release();
    throw error;
  }
}
