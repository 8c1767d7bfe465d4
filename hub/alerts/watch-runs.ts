import type { Queryable } from '../core/database/statement.ts';
import type { EndTail, EventStore } from '../core/events/subscribe.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { TASK_STATUS } from './kinds.ts';
import { type RunView, showRun } from './list-runs.ts';
import { type TargetView, targetsOf } from './list-targets.ts';

/** What somebody who watches a run is told. */
export interface RunListener {
  /** How it stands: once at the begin, then when something of it is another, at most once a second. */
  run(view: RunView): void;
  /** Targets whose results have come or changed, some at a time. */
  results(targets: readonly TargetView[]): void;
  /** It cannot be told any more; whoever comes back begins anew. */
  lost(): void;
}

/**
 * Runs that somebody watches live; however many watch one, it is looked at once.
 *
 * A run is unwatched -> watched by its first listener (looked at once a second while something of it is told, every other second while it runs) -> unwatched with
 * its last one. One tail of events serves all. stop(): everybody is told that it is over.
 */
export interface RunWatch {
  /** @returns ends it. What happens from this call on is told. */
  watch(runId: number, listener: RunListener): () => void;
  stop(): void;
}

interface Watched {
  readonly listeners: Set<RunListener>;
  /** Targets of which something was told since the last look. */
  changed: Set<number>;
  /** Something of the run was told since then. */
  stale: boolean;
  looking: boolean;
  lookedAt: number;
  last: RunView | undefined;
  /** `last` as text. */
  shown: string;
}

const notes = notesOf('alerts.watch');
const TICK = 250;
/** Between two looks at a run of which something is told, and at one that runs in silence. Milliseconds. */
const REST = 1_000;
const SILENT_REST = 2_000;
/** A look that took long is followed by a rest so many times as long. */
const REST_FACTOR = 5;
/** Results of one look; more wait for the next. */
const MOST_RESULTS = 5_000;

const TYPES = ['vestnik.alerts.run.', 'vestnik.alerts.target.'];

export function createRunWatch({ db, events }: { readonly db: Queryable; readonly events: Pick<EventStore, 'tail'> }): RunWatch {
  const watched = new Map<number, Watched>();
  let tail: EndTail | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** The tail knows its place: nothing is looked at before, as what came to a result between the look and that place would be told by neither. */
  let listens = false;

  const look = async (runId: number, entry: Watched): Promise<void> => {
    entry.looking = true;
    entry.stale = false;
    const begun = performance.now();
    const numbers = [...entry.changed].slice(0, MOST_RESULTS);
    for (const no of numbers) entry.changed.delete(no);
    try {
      // What is told of a target is committed before; so its row is at least as new as the event.
      const [view, targets] = await Promise.all([showRun(db, runId), numbers.length === 0 ? [] : targetsOf(db, runId, numbers)]);
      if (targets.length > 0) for (const listener of entry.listeners) listener.results(targets);
      const shown = JSON.stringify([view.row.status, view.row.priority, view.progress, [...view.progress.results]]);
      const isNew = shown !== entry.shown;
      entry.last = view;
      entry.shown = shown;
      if (isNew) for (const listener of entry.listeners) listener.run(view);
    } catch (error) {
      notes.warn('a run that is watched could not be looked at', { run: runId }, error);
      for (const listener of [...entry.listeners]) listener.lost();
    } finally {
      const took = performance.now() - begun;
      entry.lookedAt = performance.now() + Math.max(0, took * REST_FACTOR - REST);
      entry.looking = false;
    }
  };

  const isDue = (entry: Watched, now: number): boolean => {
    if (entry.looking) return false;
    const told = entry.stale || entry.changed.size > 0;
    if (told) return now - entry.lookedAt >= REST;
    return entry.last?.row.status === TASK_STATUS.running && now - entry.lookedAt >= SILENT_REST;
  };
  const tick = (): void => {
    if (!listens) return;
    const now = performance.now();
    for (const [runId, entry] of watched) if (isDue(entry, now)) void look(runId, entry);
  };

  const begin = (): void => {
    timer = setInterval(tick, TICK);
    timer.unref();
    tail = events.tail({ types: TYPES }, ({ type, data }) => {
      const entry = watched.get(Number(data['run']));
      if (!entry) return;
      if (type.startsWith('vestnik.alerts.target.')) entry.changed.add(Number(data['target']));
      entry.stale = true;
      if (isDue(entry, performance.now())) void look(Number(data['run']), entry);
    });
    const begun = tail;
    void begun.listening.then(() => {
      if (tail !== begun) return;
      listens = true;
      tick();
    });
  };
  const end = (): void => {
    clearInterval(timer);
    tail?.();
    tail = undefined;
    listens = false;
  };

  return {
    watch(runId, listener) {
      if (stopped) {
        listener.lost();
        return () => undefined;
      }
      if (watched.size === 0) begin();
      const fresh: Watched = {
        listeners: new Set(),
        changed: new Set(),
        stale: true,
        looking: false,
        lookedAt: Number.NEGATIVE_INFINITY,
        last: undefined,
        shown: '',
      };
      const entry = watched.get(runId) ?? fresh;
      watched.set(runId, entry);
      entry.listeners.add(listener);
      if (entry.last) listener.run(entry.last);
      else tick();
      return () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size > 0 || watched.get(runId) !== entry) return;
        watched.delete(runId);
        if (watched.size === 0) end();
      };
    },
    stop() {
      stopped = true;
      end();
      for (const { listeners } of watched.values()) for (const listener of [...listeners]) listener.lost();
      watched.clear();
    },
  };
}
