import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { AlertEngine } from '../../engine/alert-engine.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './alerts-bench.ts';

/** A bench with one hub at work, whose far sides do what a test says. */
export interface SteeredRuns {
  /** There from the first test on. */
  readonly bench: AlertsBench;
  /** The hub; there from the first test on. */
  readonly engine: AlertEngine;
  /** Of the targets of the task's last run: state and result, such as `f2`. */
  states(task: number): Promise<string[]>;
  /** Resolves when these are the states. */
  become(task: number, wanted: readonly string[]): Promise<void>;
  /** Resolves when the last run of the task has ended. */
  ended(task: number): Promise<void>;
  results(task: number): Promise<number[]>;
  /** Counters of the task's runs are what a count of the targets says. */
  expectRecount(task: number): Promise<void>;
}

/** Stands for what is made before the first test of a file. */
function madeBefore<T extends object>(what: string, get: () => T | undefined): T {
  const made = (): T => {
    const present = get();
    if (!present) throw new Error(`the ${what} of a file is there from its first test on`);
    return present;
  };
  return new Proxy({} as T, {
    get: (_, key) => Reflect.get(made(), key),
    set: (_, key, value) => Reflect.set(made(), key, value),
  });
}

/**
 * For the top of a test file: before all of its tests makes a bench and starts a hub, with one channel group of SMS and one of mail; before each, far sides that take
 * everything and have heard nothing yet; after all, ends them.
 * @param prepare what is to be there before the hub starts
 */
export function steerRuns(prepare?: (bench: AlertsBench) => Promise<void>): SteeredRuns {
  let opened: AlertsBench | undefined;
  let hub: AlertEngine | undefined;
  const bench = madeBefore('bench', () => opened);
  beforeAll(async () => {
    opened = await alertsBench();
    await prepare?.(opened);
    hub = await opened.hub();
    await vi.waitFor(() => expect(bench.sms.running + bench.mail.running).toBe(2), PATIENCE);
  });
  beforeEach(() => {
    for (const far of [bench.sms, bench.mail]) {
      far.orders.length = 0;
      far.answer = () => outcome('done');
      far.capacity = 10;
      far.faulty.clear();
    }
  });
  afterAll(() => opened?.end());
  const states = async (task: number) => (await bench.targets(task)).map(({ state, result }) => `${state}${result}`);
  return {
    bench,
    engine: madeBefore('hub', () => hub),
    states,
    become: (task, wanted) => vi.waitFor(async () => expect(await states(task)).toEqual(wanted), PATIENCE),
    ended: (task) =>
      vi.waitFor(async () => {
        const [run] = await bench.rows<{ status: number }>(
          'SELECT status FROM alerts_run WHERE task_id = $1 ORDER BY number DESC LIMIT 1',
          task,
        );
        expect(run?.status).toBe(4);
      }, PATIENCE),
    results: async (task) => (await bench.targets(task)).map(({ result }) => result),
    async expectRecount(task) {
      const of = (query: string) =>
        bench.rows(`SELECT result, sum(n)::int AS n FROM (${query}) q GROUP BY result HAVING sum(n) <> 0 ORDER BY result`, task);
      const runs = 'run_id IN (SELECT run_id FROM alerts_run WHERE task_id = $1)';
      expect(await of(`SELECT result, count AS n FROM alerts_run_count WHERE ${runs}`)).toEqual(
        await of(`SELECT result, 1 AS n FROM alerts_target WHERE ${runs} AND state = 'f'`),
      );
    },
  };
}
