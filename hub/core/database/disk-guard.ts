import type { StatsFs } from 'node:fs';
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

type FreeSpace = Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>;

/**
 * @param folder of the database.
 * @param limits refusal below either of them, 0 turns a limit off.
 * @param disk how and how often (milliseconds) to look. (Default: statfs, every 5 s)
 */
export async function startDiskGuard(
  folder: string,
  limits: { minFreeBytes: number; minFreePercent: number },
  disk: { measure?(folder: string): Promise<FreeSpace>; every?: number } = {},
): Promise<DiskGuard> {
  const measure = disk.measure ?? statfs;
  let refusal: string | undefined;
  let looking = false;
  let blind = false;

  const judge = ({ bavail, blocks, bsize }: FreeSpace): string | undefined => {
    const free = bavail * bsize;
    if (free >= limits.minFreeBytes && bavail * 100 >= blocks * limits.minFreePercent) return undefined;
    const percent = ((bavail * 100) / blocks).toFixed(1);
    return `the disk of the database has ${(free / GIB).toFixed(1)} GiB (${percent} %) free; the limits are ${(limits.minFreeBytes / GIB).toFixed(1)} GiB and ${limits.minFreePercent} %`;
  };

  const look = async (): Promise<void> => {
    // A disk that hangs answers none of these calls; they must not pile up.
    if (looking) return;
    looking = true;
    try {
      const said = judge(await measure(folder));
      if (said && !refusal) notes.error('nothing new is taken in: free some space', { folder, why: said });
      if (!said && refusal) notes.info('there is space again', { folder });
      refusal = said;
      blind = false;
    } catch (error) {
      // What was true stays true; it is said once.
      if (!blind) notes.warn('the free space cannot be read', { folder }, error);
      blind = true;
    } finally {
      looking = false;
    }
  };
  await look();
  const timer = setInterval(() => void look(), disk.every ?? EVERY);
  timer.unref();
  return {
    get refusal() {
      return refusal;
    },
    stop: () => clearInterval(timer),
  };
}
