import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Intent, Journal } from './journal.ts';
import { type PlacementPorts, placeFile, REFUSED_FOR } from './placement.ts';
import type { FileSystem } from './ports.ts';
import { asFault, StorageFault } from './storage-fault.ts';

/** Names of temporary files: `<id>.part` in the folder `tmp`, `.<id>.part` where they must lie in Storage itself. */
const TEMPORARY = /^\.?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/i;

export type Recovered = {
  /** Files whose rename was finished or found finished. */
  completed: number;
  /** Temporary files that were deleted; their messages come again. */
  removed: number;
  /** A rename said that the temporary files lie on another file system. */
  otherDevice: boolean;
};

/**
 * Brings Storage to a state in which every message is either wholly in the folder or not begun (the first table of spec
 * online-ticket 7.5). Messages found in the folder become `unacknowledged` in the journal.
 * @param temporaryFolders folders in which temporary files may lie.
 * @throws the system's error when Storage cannot be used.
 */
export async function recoverStorage(ports: PlacementPorts, temporaryFolders: readonly string[]): Promise<Recovered> {
  const { fileSystem, journal, folder } = ports;
  const done: Intent[] = [];
  const dropped: Intent[] = [];
  const patience = { leftMs: REFUSED_FOR };
  let otherDevice = false;
  for (const intent of [...journal.intended.values()]) {
    const content = await fileSystem.read(join(folder, intent.temp));
    if (content === undefined) {
      done.push(intent);
      continue;
    }
    if (hash('sha256', content, 'hex') !== intent.sha256) {
      dropped.push(intent);
      continue;
    }
    const placed = await placeFile(ports, intent, content.length, patience);
    otherDevice ||= placed.outcome === 'other-device';
    if (placed.outcome === 'placed' || placed.outcome === 'present') done.push(intent);
    else dropped.push(intent);
  }
  // The order matters: a temporary file that is gone while its INTENT stands would count as renamed.
  if (dropped.length > 0) await journal.drop(dropped.map((intent) => intent.id));
  if (done.length > 0) {
    await fileSystem.syncFolder(folder);
    await markDone(journal, done);
  }
  const removed = await removeTemporaries(fileSystem, temporaryFolders);
  return { completed: done.length, removed, otherDevice };
}

/** A full disk does not keep what is done from being acknowledged: INTENT and the absent temporary file will prove it once more. */
async function markDone(journal: Journal, done: readonly Intent[]): Promise<void> {
  try {
    await journal.done(done);
    await journal.sync();
  } catch (error) {
    const fault = asFault(error);
    if (!(fault instanceof StorageFault && fault.kind === 'full')) throw error;
  }
}

async function removeTemporaries(fileSystem: FileSystem, folders: readonly string[]): Promise<number> {
  let removed = 0;
  for (const folder of folders) {
    for (const name of await fileSystem.list(folder)) {
      if (!TEMPORARY.test(name)) continue;
      await fileSystem.remove(join(folder, name));
      removed++;
    }
  }
  return removed;
}
