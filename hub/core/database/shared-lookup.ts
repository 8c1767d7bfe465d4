import type { Queryable } from './statement.ts';

/** Statements of one look-up under way at once on one pool: two, so that the database works while the rows of the other are used. */
const MOST_RUNNING = 2;
/** Keys of one statement; what is more waits for the next. */
const MOST_KEYS = 500;

/** How a look-up asks the database for many keys at once. */
interface LookupPorts<S, R> {
  /** The rows of these keys; a key without a row has none. @param shared what all of them are asked with */
  load(db: Queryable, keys: readonly number[], shared: S): Promise<R[]>;
  keyOf(row: R): number;
  /** Tells what may be asked together: equal texts only. */
  groupOf(shared: S): string;
}

interface Waiting<R> {
  readonly key: number;
  readonly resolve: (row: R | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface Group<R> {
  waiting: Waiting<R>[];
  gathering: boolean;
  running: number;
}

/**
 * A look-up by key that many calls make at the same time, each for its own: what comes in one turn of the event loop, or while statements are under way,
 * is asked for by one statement. A call is answered by a statement that began after it, so it sees all that was committed before.
 *
 * States of a group of equal questions on a pool: idle -> gathering, until the turn ends -> running, while more may gather; at most two statements run ->
 * idle, and forgotten. A statement that fails fails for those it served.
 * @returns finds the row of a key, undefined where there is none; callers share it and must not change it.
 * @example const contractOf = sharedLookup({ load: contractsById, keyOf: ({ id }) => id, groupOf: fenceKey }); await contractOf(db, 17, fence)
 */
export function sharedLookup<S, R>({ load, keyOf, groupOf }: LookupPorts<S, R>) {
  const pools = new WeakMap<Queryable, Map<string, Group<R>>>();

  function groupsOf(db: Queryable): Map<string, Group<R>> {
    const known = pools.get(db);
    if (known) return known;
    const fresh = new Map<string, Group<R>>();
    pools.set(db, fresh);
    return fresh;
  }

  async function serve(db: Queryable, served: readonly Waiting<R>[], shared: S): Promise<void> {
    try {
      const rows = new Map<number, R>();
      for (const row of await load(db, [...new Set(served.map(({ key }) => key))], shared)) rows.set(keyOf(row), row);
      for (const { key, resolve } of served) resolve(rows.get(key));
    } catch (error) {
      for (const { reject } of served) reject(error);
    }
  }

  return (db: Queryable, key: number, shared: S): Promise<R | undefined> => {
    const groups = groupsOf(db);
    const name = groupOf(shared);
    const group = groups.get(name) ?? { waiting: [], gathering: false, running: 0 };
    groups.set(name, group);

    const gather = (): void => {
      if (group.gathering || group.running >= MOST_RUNNING) return;
      if (group.waiting.length > 0) {
        group.gathering = true;
        setImmediate(run);
      } else if (group.running === 0) groups.delete(name);
    };
    const run = (): void => {
      group.gathering = false;
      group.running += 1;
      void serve(db, group.waiting.splice(0, MOST_KEYS), shared).then(() => {
        group.running -= 1;
        gather();
      });
      gather();
    };
    return new Promise((resolve, reject) => {
      group.waiting.push({ key, resolve, reject });
      gather();
    });
  };
}
