import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Writes what nobody waits for, in batches, beside the work.
 *
 * States: idle -> waiting (something was added; a timer runs) -> writing (one batch at a time) -> waiting or idle; stop() writes the rest -> stopped.
 * What comes while too much waits is lost and told; what a failed write held is lost and told, too: the next batch is tried anew.
 */
export interface WriteBehind<T> {
  add(item: T): void;
  /** Resolves when what waits is written, or lost. */
  stop(): Promise<void>;
}

export interface WriteBehindOptions<T> {
  write(items: readonly T[]): Promise<void>;
  /** @param error undefined: too much waited */
  lost(count: number, error: unknown): void;
  /** Milliseconds from the first thing that waits to its writing. */
  readonly after: number;
  /** Things of one batch. */
  readonly batch: number;
  /** Things that may wait. */
  readonly most: number;
}

export function createWriteBehind<T>({ write, lost, after, batch, most }: WriteBehindOptions<T>): WriteBehind<T> {
  let waiting: T[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const items = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      try {
        await write(items);
      } catch (error) {
        lost(items.length, error);
      }
      // Whoever serves calls comes between two batches.
      await nextTurn();
    }
  };
  const start = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (waiting.length > 0) plan();
    });
    return writing;
  };
  const plan = (): void => {
    timer ??= setTimeout(() => void start(), after);
  };
  return {
    add(item) {
      if (waiting.length >= most) return lost(1, undefined);
      waiting.push(item);
      if (writing === undefined) plan();
    },
    async stop() {
      await writing;
      await start();
    },
  };
}
