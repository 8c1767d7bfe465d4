import { stopRun } from '@vestnik/hub/alerts/stop-run.ts';
import { type Ground, median, say } from './ground.ts';
import { startPeer } from './peer.ts';
import { addPeople } from './people.ts';
import { addGroup, addTask, finished, start, until } from './task.ts';

/**
 * The start of a run over very many people: the transaction of STARTTASK beside one bare INSERT ... SELECT of the same rows into the same table, the first attempt
 * after its commit, and the first message at the message centre after STARTTASK was asked for.
 */
const GOAL = 3;
/** Seconds. */
const FIRST_ATTEMPT = 1;
const FIRST_MESSAGE = 2;
const WARM_UP = 500;

export async function starting(ground: Ground, people: number): Promise<void> {
  const smsc = await startPeer<string, { taken: number }>('./smsc-process.ts', 'start');
  try {
    const { rows, database, act } = ground;
    const { list } = await addPeople(ground, people);
    const { list: few } = await addPeople(ground, WARM_UP);
    const mask = await addGroup(ground, 3, 'Start', { host: '127.0.0.1', port: smsc.port, systemId: 'start', window: 100, tps: 100_000 });
    await finished(ground, (await start(ground, await addTask(ground, 2, few, mask))).run, WARM_UP);
    const columns = (
      await rows<{ name: string }>(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'alerts_target' AND column_name <> 'run_id' ORDER BY ordinal_position",
      )
    ).map(({ name }) => name);
    const ours: number[] = [];
    const bare: number[] = [];
    const attempts: number[] = [];
    const messages: number[] = [];
    for (let turn = 0; turn < ground.turns; turn += 1) {
      // One that has never run: otherwise those of the run before would be cancelled in the same transaction.
      const task = await addTask(ground, 2, list, mask);
      const { taken: before } = await smsc.ask('taken');
      const askedAt = performance.now();
      const { run, seconds, committedAt } = await start(ground, task);
      await until(async () => ((await smsc.ask('taken')).taken > before ? true : undefined), 'the first message', 5);
      messages.push((performance.now() - askedAt) / 1000);
      await database.transaction((tx) => stopRun(tx, act, task));
      const [first] = await rows<{ at: number }>(
        'SELECT (extract(epoch FROM min(started_at)) * 1000)::float8 AS at FROM alerts_attempt WHERE run_id = $1',
        run,
      );
      attempts.push(((first?.at ?? Number.NaN) - committedAt) / 1000);
      ours.push(seconds);
      // Attempts under way end first, so that they do not share the processors with what follows.
      await until(
        async () => (await rows("SELECT FROM alerts_target WHERE run_id = $1 AND state = 'u' LIMIT 1", run)).length === 0 || undefined,
        'attempts under way',
      );
      // A run that is over: nobody looks at its targets.
      const [copy] = await rows<{ id: number }>(
        `INSERT INTO alerts_run (task_id, number, type, status, priority, channels, frozen, initiator, ended_at)
         SELECT task_id, -number, type, 4, priority, channels, frozen, initiator, now() FROM alerts_run WHERE run_id = $1 RETURNING run_id AS id`,
        run,
      );
      const begun = performance.now();
      await rows(
        `INSERT INTO alerts_target (run_id, ${columns.join(', ')}) SELECT $2::int, ${columns.join(', ')} FROM alerts_target WHERE run_id = $1`,
        run,
        copy?.id ?? 0,
      );
      bare.push((performance.now() - begun) / 1000);
      await rows('DELETE FROM alerts_target WHERE run_id = $1', copy?.id ?? 0);
    }
    const list3 = (values: readonly number[]): string => values.map((value) => value.toFixed(2)).join(', ');
    const ratio = median(ours.map((seconds, turn) => seconds / (bare[turn] ?? Number.NaN)));
    const judged = (good: boolean): string => (good ? 'reached' : 'MISSED');
    say(`\nStart of a run over ${people} people, seconds`);
    say(
      `  STARTTASK ${list3(ours)}; bare INSERT ... SELECT ${list3(bare)}; ratio ${ratio.toFixed(2)} (goal ${GOAL} at most): ${judged(ratio <= GOAL)}`,
    );
    say(`  first attempt after the commit ${list3(attempts)} (goal ${FIRST_ATTEMPT}): ${judged(median(attempts) < FIRST_ATTEMPT)}`);
    say(
      `  first message after STARTTASK was asked for ${list3(messages)} (goal ${FIRST_MESSAGE}): ${judged(median(messages) < FIRST_MESSAGE)}`,
    );
  } finally {
    await smsc.stop();
  }
}
