import type { Queryable } from '../../core/database/statement.ts';
import type { RunRow } from '../run.ts';
import { runsById } from '../sql/runs.ts';
import type { RunManner } from './settlement.ts';

/** What runs are like, remembered: what is asked of a run here never changes after its start. */
export interface RunBook {
  /** @throws what the database throws; a run that is not there is left out. */
  of(db: Queryable, runs: Iterable<number>): Promise<ReadonlyMap<number, BookedRun>>;
  /** Takes in what was read anyway, so that a hundred attempts that begin at once need not ask for their run. */
  note(runs: readonly RunRow[]): void;
}

export interface BookedRun {
  readonly row: RunRow;
  readonly manner: RunManner;
}

/** Runs that are kept in mind. */
const MOST = 1_000;

export function createRunBook(): RunBook {
  const known = new Map<number, BookedRun>();
  /** The one asked for last goes last. */
  const keep = (found: ReadonlyMap<number, BookedRun>): void => {
    for (const [run, booked] of found) {
      known.delete(run);
      known.set(run, booked);
    }
    for (const run of known.keys()) {
      if (known.size <= MOST) break;
      known.delete(run);
    }
  };
  return {
    async of(db, runs) {
      const wanted = [...new Set(runs)];
      const missing = wanted.filter((run) => !known.has(run));
      const fresh = missing.length === 0 ? [] : await runsById(db, missing);
      const found = new Map<number, BookedRun>();
      for (const row of fresh) found.set(row.runId, { row, manner: mannerOf(row) });
      for (const run of wanted) {
        const booked = known.get(run);
        if (booked) found.set(run, booked);
      }
      keep(found);
      return found;
    },
    note(runs) {
      keep(new Map(runs.map((row) => [row.runId, known.get(row.runId) ?? { row, manner: mannerOf(row) }])));
    },
  };
}

export function mannerOf({ frozen: { settings, confirmation } }: Pick<RunRow, 'frozen'>): RunManner {
  return {
    rounds: settings.rounds,
    pause: settings.pauseSeconds * 1_000,
    gap: settings.gapSeconds * 1_000,
    busy: settings.busySeconds * 1_000,
    dup: settings.dup,
    confirms: confirmation.kind !== 'none',
    receipt: settings.receiptSeconds * 1_000,
    wait: confirmation.wait,
  };
}
