import { join } from 'node:path';
import { chooseName } from './final-name.ts';
import type { Intent, Journal } from './journal.ts';
import { type Clock, errorCode, type FileSystem } from './ports.ts';
import { isRefusal } from './storage-fault.ts';

/** What became of one temporary file. `present`: the same content stood under the name already. The others carry the system's code. */
export type Placed =
  | { outcome: 'placed'; final: string }
  | { outcome: 'present'; final: string }
  | { outcome: 'refused' | 'vanished' | 'other-device'; code: string };

export type PlacementPorts = { fileSystem: FileSystem; clock: Clock; journal: Journal; folder: string };

/** How long the renames of one batch may be refused altogether before messages become stuck (spec 7.5). Milliseconds. */
export const REFUSED_FOR = 10_000;
const FIRST_PAUSE = 50;
/** Names that somebody may take before us, one after the other, before the message is stuck. */
const MOST_COLLISIONS = 5;

/** Time that the refused renames of one batch share. */
export type Patience = { leftMs: number };

/**
 * Renames a temporary file with an INTENT on the disk to its final name, never over an existing file. A name that is taken gets a
 * successor, with an INTENT of its own; where the same content stands under the name, the message is in the folder already.
 *
 * Node has no rename that refuses an existing target. A hard link does, but a program killed between link and unlink leaves a temporary
 * file that looks unplaced, and once the accounting program has taken the file it would be delivered twice. So the name is looked up and
 * then renamed to: Storage is locked for all other clients, and nobody else makes names with our sequence numbers.
 * @throws the system's error for every other fault of Storage.
 */
export async function placeFile(ports: PlacementPorts, intent: Intent, size: number, patience: Patience): Promise<Placed> {
  const { fileSystem, clock, journal, folder } = ports;
  const temp = join(folder, intent.temp);
  let final = intent.final;
  let pause = FIRST_PAUSE;
  let collisions = 0;
  for (;;) {
    try {
      await fileSystem.renameNew(temp, join(folder, final));
      return { outcome: 'placed', final };
    } catch (error) {
      const code = errorCode(error) ?? '';
      if (code === 'EEXIST') {
        if (++collisions > MOST_COLLISIONS) return { outcome: 'refused', code };
        const chosen = await chooseName(fileSystem, folder, intent.final, { sha256: intent.sha256, size, id: intent.id });
        final = chosen.final;
        if (chosen.present) {
          await fileSystem.remove(temp);
          return { outcome: 'present', final };
        }
        await journal.intend([{ ...intent, final }]);
        continue;
      }
      if (code === 'EXDEV') return { outcome: 'other-device', code };
      if (code === 'ENOENT' && (await fileSystem.status(folder)) !== undefined) return { outcome: 'vanished', code };
      if (!isRefusal(error)) throw error;
      // Where nothing at all may be written it is the folder's fault, and this says so by its own error.
      await fileSystem.checkWritable(folder);
      if (patience.leftMs <= 0) return { outcome: 'refused', code };
      const wait = Math.min(pause, patience.leftMs);
      patience.leftMs -= wait;
      pause *= 2;
      await clock.sleep(wait);
    }
  }
}
