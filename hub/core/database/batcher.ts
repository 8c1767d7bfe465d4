import { HubError } from '../errors.ts';

/**
 * Group commit: many producers hand in one item each and await its commit; the items share one transaction.
 *
 * An item is waiting -> in flight (one flush = one transaction) -> settled, all items of a flush after its commit.
 * A flush starts as soon as fewer than `maxInFlight` are under way; so an idle batcher answers with the latency of one commit, and a
 * busy one grows its batches by itself. With `gather` it waits a little for others that are on their way. The batcher is open -> stop() -> draining (no new items, what waits is flushed) -> stopped.
 */
export interface Batcher<Item, Result> {
  /** @throws HubError BUSY when the queue is full (nothing is stored), SHUTTING_DOWN after stop(). */
  submit(item: Item): Promise<Result>;
  /** Items that are not yet in a flush. */
  readonly waiting: number;
  /** Resolves when every item is settled, also when called again. */
  stop(): Promise<void>;
}

export interface BatcherOptions<Item, Result> {
  /** Stores the items in one transaction and answers one result an item, in order. A throw rejects every item of the flush. */
  flush(items: readonly Item[]): Promise<readonly Result[]>;
  /** Weight of an item, for the limit below: bytes, or whatever makes a flush heavy. */
  weightOf(item: Item): number;
  readonly maxItems: number;
  readonly maxWeight: number;
  /** Flushes under way at once. (Measured best: 2) */
  readonly maxInFlight: number;
  /**
   * A flush starts only when nothing more has come for `quiet` milliseconds, an item waits for `longest`, or as many wait as it takes. For items that come
   * in bursts, whose producers do not mind: fewer commits, which others wait for, too. (Default: it starts at once)
   */
  readonly gather?: { readonly quiet: number; readonly longest: number };
  /** Items that may wait; beyond it submit() throws BUSY. */
  readonly queueBound: number;
  /** Weight that may wait, so that many heavy items do not fill the memory; a lone item always may. (Default: 64 flushes of `maxWeight`) */
  readonly queueWeight?: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const queueWeight = options.queueWeight ?? 64 * options.maxWeight;
  const { gather } = options;
  const queue: Waiting<Item, Result>[] = [];
  let weightWaiting = 0;
  let inFlight = 0;
  let stopping = false;
  let scheduled = false;
  /** When the newest item came, and when the oldest of those that wait did; by the process's clock. */
  let newestAt = 0;
  let oldestAt = 0;
  let gathering: NodeJS.Timeout | undefined;
  const drained = Promise.withResolvers<void>();

  const take = (): Waiting<Item, Result>[] => {
    let weight = 0;
    let count = 0;
    while (count < queue.length && count < options.maxItems) {
      const next = queue[count] as Waiting<Item, Result>;
      if (count > 0 && weight + next.weight > options.maxWeight) break;
      weight += next.weight;
      count += 1;
    }
    weightWaiting -= weight;
    return queue.splice(0, count);
  };

  const flush = async (batch: Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await options.flush(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length)
        throw new HubError('INTERNAL', `a flush of ${batch.length} items answered ${results.length} results`);
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  };

  /** How long a flush is still put off. Milliseconds. */
  const patience = (): number => {
    if (!gather || stopping || queue.length >= options.maxItems || weightWaiting >= options.maxWeight) return 0;
    const now = performance.now();
    return Math.min(newestAt + gather.quiet, oldestAt + gather.longest) - now;
  };

  const pump = (): void => {
    while (inFlight < options.maxInFlight && queue.length > 0) {
      const wait = patience();
      if (wait > 0) {
        gathering ??= setTimeout(() => {
          gathering = undefined;
          pump();
        }, wait);
        break;
      }
      inFlight += 1;
      void flush(take()).then(() => {
        inFlight -= 1;
        pump();
      });
    }
    if (stopping && inFlight === 0) drained.resolve();
  };

  return {
    get waiting() {
      return queue.length;
    },
    submit(item) {
      if (stopping) return Promise.reject(new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 }));
      if (queue.length >= options.queueBound) {
        return Promise.reject(new HubError('BUSY', `${options.queueBound} operations are waiting to be stored`, { retryAfter: 1 }));
      }
      return new Promise<Result>((resolve, reject) => {
        const weight = options.weightOf(item);
        if (queue.length > 0 && weightWaiting + weight > queueWeight) {
          throw new HubError('BUSY', `${queue.length} operations that wait to be stored are too large together for one more`, {
            retryAfter: 1,
          });
        }
        if (gather) {
          newestAt = performance.now();
          if (queue.length === 0) oldestAt = newestAt;
        }
        queue.push({ item, weight, resolve, reject });
        weightWaiting += weight;
        if (scheduled) return;
        scheduled = true;
        // Producers of the same turn join one flush.
        setImmediate(() => {
          scheduled = false;
          pump();
        });
      });
    },
    stop() {
      stopping = true;
      clearTimeout(gathering);
      pump();
      return drained.promise;
    },
  };
}
