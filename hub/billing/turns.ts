import { HubError } from '../core/errors.ts';

/**
 * Changes of one contract run one after another in a process, in the order in which they came. Its row is locked by one transaction at a time anyway;
 * who waits for the lock on a connection keeps that from everybody else, so many payments on one contract would hold up all contracts. Who waits here
 * holds nothing.
 *
 * States of a key: free -> taken -> handed to the next who waits -> ... -> free, and forgotten. Who waits too long leaves the queue.
 */
export interface Turns {
  /**
   * @param key whose turn it is: the number of a contract; undefined: nobody's, the work runs at once
   * @throws HubError BUSY when the turn did not come in time; the work has not begun then
   */
  take<T>(key: number | undefined, work: () => Promise<T>): Promise<T>;
}

type Waiting = () => void;

/** @param longest milliseconds to wait for a turn */
export function createTurns(longest: number): Turns {
  /** Of each taken key who waits for it. */
  const queues = new Map<number, Set<Waiting>>();

  const turnOf = (key: number): Promise<void> => {
    const queue = queues.get(key);
    if (!queue) {
      queues.set(key, new Set());
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        queue.delete(begin);
        reject(
          new HubError('BUSY', `other changes of contract ${key} are still under way after ${longest} ms; nothing was done`, {
            retryAfter: 1,
            russian: `Договор ${key} изменяется другими запросами, повторите запрос`,
          }),
        );
      }, longest);
      queue.add(begin);
    });
  };

  const end = (key: number): void => {
    const queue = queues.get(key);
    const next = queue?.values().next().value;
    if (!next) {
      queues.delete(key);
      return;
    }
    queue?.delete(next);
    next();
  };

  return {
    async take(key, work) {
      if (key === undefined) return work();
      await turnOf(key);
      try {
        return await work();
      } finally {
        end(key);
      }
    },
  };
}

/** The contract that the arguments of a web service name, by themselves or in their bean; of several the first. */
export function contractNamed(args: Readonly<Record<string, unknown>>): number | undefined {
  const own = args['contractId'] ?? args['cid'];
  const named: unknown = Array.isArray(own) ? own[0] : own;
  if (typeof named === 'number') return named;
  for (const value of Object.values(args)) {
    const inside: unknown = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['contractId'] : undefined;
    if (typeof inside === 'number') return inside;
  }
  return undefined;
}
