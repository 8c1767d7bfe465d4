import { costOf, type Ground, median, mostSent, rates, rounded, say } from './ground.ts';
import { startPeer } from './peer.ts';
import { addPeople } from './people.ts';
import { addGroup, addTask, finished, start, tenths } from './task.ts';

/** Runs by SMS to the simulator of a message centre, every attempt and receipt stored, beside a bare loop of npm smpp with the same window and receipts. */
const GOAL = 2_000;
const PART = 0.5;
/** Statements of a target (specification of alerts 9). */
const STATEMENTS = 0.2;
const WARM_UP = 1_000;
/** More than anybody sends here. */
const NO_LIMIT = 100_000;

export async function sms(ground: Ground, people: number, windows: readonly number[], statements: boolean): Promise<void> {
  const { turns } = ground;
  const smsc = await startPeer('./smsc-process.ts', 'bare', ...windows.map((window) => `window-${window}`));
  const bare = await startPeer<{ port: number; count: number; window: number }, { seconds: number }>('./bare-sms-process.ts');
  try {
    const { list } = await addPeople(ground, people);
    const { list: few } = await addPeople(ground, WARM_UP);
    say(`\nSMS: ${people} people, one part each, medians of ${turns} turns`);
    for (const window of windows) {
      const settings = { host: '127.0.0.1', port: smsc.port, systemId: `window-${window}`, window, tps: NO_LIMIT };
      const mask = await addGroup(ground, 3, `SMS ${window}`, settings);
      const warm = await start(ground, await addTask(ground, 2, few, mask));
      await finished(ground, warm.run, WARM_UP);
      const task = await addTask(ground, 2, list, mask);
      const ours: number[] = [];
      const limits: number[] = [];
      const kept: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        limits.push(people / (await bare.ask({ port: smsc.port, count: people, window })).seconds);
        const begun = await start(ground, task);
        const before = await ground.spent();
        ours.push(people / (await finished(ground, begun.run, people)).seconds);
        const after = await ground.spent();
        const { first, last } = await tenths(ground, begun.run);
        kept.push(last / first);
        say(`  window ${window}: ${rounded(ours.at(-1) ?? 0)}, ${costOf(before, after, people).text} (goal ${STATEMENTS})`);
        say(`    first tenth ${rounded(first)}, last tenth ${rounded(last)}`);
        if (statements) for (const line of mostSent(before, after, people)) say(line);
      }
      const limit = median(limits);
      const goal = Math.min(GOAL, limit * PART);
      const ratio = median(ours.map((rate, turn) => rate / (limits[turn] ?? Number.NaN)));
      say(
        `  window ${window}: bare loop ${rates(limits)}; Vestnik ${rates(ours)}; ratio ${ratio.toFixed(2)}; last tenth to first ${median(kept).toFixed(2)}`,
      );
      say(`    median ${rounded(median(ours))}, goal ${rounded(goal)}: ${median(ours) >= goal ? 'reached' : 'MISSED'}`);
    }
  } finally {
    await bare.stop();
    await smsc.stop();
  }
}
