/**
 * Tasks that a session has changed itself, until the news of it come round: what others did to such a task before is no news behind the session's own answer
 * (specification of alerts 3.12.1: the answer, exactly once and in order).
 *
 * A task is at rest -begin(): a request changes it-> awaited: lines about it are held, the last one -told(): the event of that request-> at rest, what was held is older
 * and gone. awaited -end(): nothing was changed after all, or the event has not come for 10 s-> at rest, what was held is pushed.
 */
export interface OwnTasks<P> {
  /** A request begins to change a task. @returns ends it: whether it has changed the task */
  begin(task: number, requestId: string): (changed: boolean) => void;
  /** The event of a request has come. */
  told(requestId: string): void;
  /** Keeps a line about a task when one's own change of it is awaited. @returns whether it does */
  holds(task: number, line: P): boolean;
  /** Ends what has been awaited for too long. Called now and then. */
  expire(): void;
}

/** Milliseconds. An event comes within a fraction of a second. */
const LONGEST = 10_000;

interface Awaited<P> {
  readonly task: number;
  readonly until: number;
  held: P | undefined;
}

/** @param push what was held and is news after all. @param now milliseconds on a clock that never goes back. (Default: performance.now) */
export function createOwnTasks<P>(push: (line: P) => void, now: () => number = () => performance.now()): OwnTasks<P> {
  const awaited = new Map<string, Awaited<P>>();
  const expire = (): void => {
    // In the order in which they were begun.
    for (const [requestId, { until, held }] of awaited) {
      if (until > now()) return;
      awaited.delete(requestId);
      if (held !== undefined) push(held);
    }
  };
  return {
    begin(task, requestId) {
      const entry: Awaited<P> = { task, until: now() + LONGEST, held: undefined };
      awaited.set(requestId, entry);
      return (changed) => {
        if (changed || !awaited.delete(requestId) || entry.held === undefined) return;
        push(entry.held);
      };
    },
    told: (requestId) => void awaited.delete(requestId),
    holds(task, line) {
      let found: Awaited<P> | undefined;
      // The last request is the one whose event comes last.
      for (const entry of awaited.values()) if (entry.task === task) found = entry;
      if (found) found.held = line;
      return found !== undefined;
    },
    expire,
  };
}
