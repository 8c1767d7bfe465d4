import { HubError } from '../errors.ts';

/**
 * Group commit: many producers hand in one item each and await its commit; the items share one transaction.
 *
 * An item is waiting -> in flight (one flush = one transaction) -> settled, all items of a flush after its commit.
 * A flush starts as soon as fewer than `maxInFlight` are under way; so an idle batcher answers with the latency of one commit, and a
 * busy one grows its batches by itself. stop(): no new items, what waits is flushed, then it resolves.
 */
export interface Batcher<Item, Result> {
  /** @throws HubError BUSY when the queue is full (nothing is stored), SHUTTING_DOWN after stop(). */
  submit(item: Item): Promise<Result>;
  readonly waiting: number;
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
  /** Items that may wait; beyond it submit() throws BUSY. */
  readonly queueBound: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let head = 0;
  let inFlight = 0;
  let stopping = false;
  let scheduled = false;
  let drained: (() => void) | undefined;

  const take = (): Waiting<Item, Result>[] => {
    let weight = 0;
    let end = head;
    while (end < queue.length && end - head < options.maxItems) {
      const next = queue[end] as Waiting<Item, Result>;
      if (end > head && weight + next.weight > options.maxWeight) break;
      weight += next.weight;
      end += 1;
    }
    const batch = queue.slice(head, end);
    head = end;
    // The array is cut only now and then: shifting at each flush would copy the whole queue.
    if (head > 4096 || head === queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    return batch;
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

  const pump = (): void => {
    scheduled = false;
    while (inFlight < options.maxInFlight && head < queue.length) {
      inFlight += 1;
      void flush(take()).then(() => {
        inFlight -= 1;
        pump();
      });
    }
    if (stopping && inFlight === 0 && head >= queue.length) drained?.();
  };

  return {
    get waiting() {
      return queue.length - head;
    },
    submit(item) {
      if (stopping) return Promise.reject(new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 }));
      if (queue.length - head >= options.queueBound) {
        return Promise.reject(new HubError('BUSY', `${options.queueBound} operations are waiting to be stored`, { retryAfter: 1 }));
      }
      return new Promise<Result>((resolve, reject) => {
        queue.push({ item, weight: options.weightOf(item), resolve, reject });
        if (scheduled) return;
        scheduled = true;
        // Producers of the same turn join one flush.
        setImmediate(pump);
      });
    },
    stop() {
      stopping = true;
      return new Promise<void>((resolve) => {
        drained = resolve;
        pump();
      });
    },
  };
}
