import type { Breaker } from './breaker.ts';
import type { Outcome } from './outcome.ts';
import type { TargetHealth } from './settle.ts';

/**
 * How this hub's targets fare, and which of it is worth storing: a turn for better or worse at once, everything else every few seconds.
 */
export interface HealthBook {
  /** Notes an attempt that ended at `now` (milliseconds since 1970). `turned`: the breaker has changed. */
  observe(target: number, now: number, outcome: Outcome<unknown> | undefined, breaker: Breaker, turned: boolean): void;
  /** What is to be stored now; it counts as stored. */
  toStore(now: number): readonly TargetHealth[];
  /** It was not stored after all; what was noted since goes before it. */
  notStored(targets: readonly TargetHealth[]): void;
  forget(target: number): void;
}

const STORE_EVERY = 5_000;

interface Entry extends TargetHealth {
  storedAt: number;
  urgent: boolean;
}

export function createHealthBook(): HealthBook {
  const entries = new Map<number, Entry>();
  const changed = new Set<Entry>();
  return {
    observe(target, now, outcome, breaker, turned) {
      if (!outcome || outcome.health === 'unknown') return;
      const before = entries.get(target);
      const alive = outcome.result === 'delivered';
      const failingBefore = before?.failingSince ?? null;
      const entry: Entry = {
        target,
        succeeded: alive ? now : (before?.succeeded ?? null),
        failingSince: alive ? null : (failingBefore ?? now),
        failures: alive ? 0 : (before?.failures ?? 0) + 1,
        code: alive ? null : outcome.code,
        breaker: breaker.state,
        until: breaker.until ?? null,
        step: breaker.step,
        storedAt: before?.storedAt ?? 0,
        urgent: (before?.urgent ?? false) || turned || before === undefined || alive !== (failingBefore === null),
      };
      if (before) changed.delete(before);
      entries.set(target, entry);
      changed.add(entry);
    },
    toStore(now) {
      const due: Entry[] = [];
      for (const entry of changed) {
        if (!entry.urgent && now - entry.storedAt < STORE_EVERY) continue;
        entry.storedAt = now;
        entry.urgent = false;
        changed.delete(entry);
        due.push(entry);
      }
      return due;
    },
    notStored(targets) {
      for (const { target } of targets) {
        const entry = entries.get(target);
        if (!entry) continue;
        entry.urgent = true;
        changed.add(entry);
      }
    },
    forget(target) {
      const entry = entries.get(target);
      if (entry) changed.delete(entry);
      entries.delete(target);
    },
  };
}
