import { statfs } from 'node:fs/promises';
import { notesOf } from '../telemetry/channels.ts';

/**
 * Watches the disk of the database where the hub can see it. Below a limit nothing new is taken in, so that what is there can still
 * be delivered and deleted.
 */
export interface DiskGuard {
  /** Why nothing new may be stored now, or undefined. */
  readonly refusal: string | undefined;
  stop(): void;
}

const notes = notesOf('database.disk');
const EVERY = 5_000;
const GIB = 1024 ** 3;

/** @param folder of the database; @param minFreeBytes, minFreePercent: refusal below either of them, 0 turns a limit off. */
export async function startDiskGuard(folder: string, limits: { minFreeBytes: number; minFreePercent: number }): Promise<DiskGuard> {
  let refusal: string | undefined;
  const look = async (): Promise<void> => {
    try {
      const { bavail, blocks, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const low = free < limits.minFreeBytes || bavail * 100 < blocks * limits.minFreePercent;
      const said = low
        ? `the disk of the database has ${(free / GIB).toFixed(1)} GiB (${((bavail * 100) / blocks).toFixed(1)} %) free; the limits are ${(limits.minFreeBytes / GIB).toFixed(1)} GiB and ${limits.minFreePercent} %`
        : undefined;
      if (said && !refusal) notes.error('nothing new is taken in: free some space', { folder, why: said });
      if (!said && refusal) notes.info('there is space again', { folder });
      refusal = said;
    } catch (error) {
      notes.warn('the free space cannot be read', { folder }, error);
    }
  };
  await look();
  const timer = setInterval(() => void look(), EVERY);
  timer.unref();
  return {
    get refusal() {
      return refusal;
    },
    stop: () => clearInterval(timer),
  };
}
