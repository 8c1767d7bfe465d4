import { expect, vi } from 'vitest';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './alerts-bench.ts';

/** A bench with a hub at work, whose far sides do what a test says. */
export interface SteeredRuns {
  readonly bench: AlertsBench;
  /** Far sides that take everything, and have heard nothing yet. */
  reset(): void;
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

export async function openSteeredRuns(): Promise<SteeredRuns> {
  const bench = await alertsBench();
  await bench.hub();
  await vi.waitFor(() => expect(bench.sms.running + bench.mail.running).toBe(2), PATIENCE);
  const states = async (task: number) => (await bench.targets(task)).map(({ state, result }) => `${state}${result}`);
  return {
    bench,
    reset() {
      for (const far of [bench.sms, bench.mail]) {
        far.orders.length = 0;
        far.answer = () => outcome('done');
        far.capacity = 10;
      }
    },
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
