/**
 * How many attempts of a channel group are written down ahead: as many as there are free channels, and what the group ends in a quarter of a second, so that
 * a fast group never waits for the database and a slow one holds nobody back from a more urgent run (specification of alerts 4.10.3, 4.12). While half of what
 * is kept ahead is still there, no more is taken up: many at once cost the database as much as one.
 */
export interface Pace {
  /** How many more may be taken up. @param capacity attempts that may be under way at once; 0: the group does not work now */
  room(group: number, capacity: number): number;
  begun(group: number, count: number): void;
  /** Attempts that are over, by their groups. */
  ended(groups: readonly number[]): void;
  /** So many are under way at most, as the database says: what ended without our hearing of it is not held. */
  atMost(group: number, count: number): void;
  /** The group is not this hub's any longer: what is held of it is somebody else's. */
  forget(group: number): void;
}

interface Account {
  held: number;
  /** Of the present and the last window. */
  ends: number;
  before: number;
  since: number;
}

/** Seconds of work that are kept ahead, and the part of it that is used up before more is taken. */
const AHEAD = 0.25;
const USED_UP = 0.5;
/** Milliseconds. */
const WINDOW = 1_000;

/** @param clock milliseconds */
export function createPace(clock: () => number = () => performance.now()): Pace {
  const accounts = new Map<number, Account>();
  const accountOf = (group: number): Account => {
    const now = clock();
    const known = accounts.get(group) ?? { held: 0, ends: 0, before: 0, since: now };
    accounts.set(group, known);
    const windows = Math.floor((now - known.since) / WINDOW);
    if (windows > 0) {
      known.before = windows === 1 ? known.ends : 0;
      known.ends = 0;
      known.since += windows * WINDOW;
    }
    return known;
  };
  return {
    room(group, capacity) {
      if (capacity === 0) return 0;
      const account = accountOf(group);
      const ahead = Math.ceil(Math.max(account.before, account.ends) * AHEAD);
      const room = capacity + ahead - account.held;
      return room > 0 && room >= ahead * USED_UP ? room : 0;
    },
    begun(group, count) {
      accountOf(group).held += count;
    },
    ended(groups) {
      for (const group of groups) {
        const account = accountOf(group);
        account.ends += 1;
        // What a hub that died had under way ends here, too.
        account.held = Math.max(0, account.held - 1);
      }
    },
    atMost(group, count) {
      const account = accountOf(group);
      account.held = Math.min(account.held, count);
    },
    forget: (group) => {
      accounts.delete(group);
    },
  };
}
