import { costOf, type Ground, median, mostSent, rates, rounded, say } from './ground.ts';
import { startPeer } from './peer.ts';
import { addPeople } from './people.ts';
import { addGroup, addTask, finished, start } from './task.ts';

/** Runs by e-mail to the sink, beside a bare pool of nodemailer with as many connections and as many mails on each, the same mails. */
const GOAL = 0.6;
const CONNECTIONS = 10;
const PER_CONNECTION = 100;
const WARM_UP = 500;

export async function mail(ground: Ground, people: number, statements: boolean): Promise<void> {
  const sink = await startPeer('./sink-process.ts');
  const bare = await startPeer<object, { seconds: number }>('./bare-mail-process.ts');
  try {
    const { list } = await addPeople(ground, people);
    const { list: few } = await addPeople(ground, WARM_UP);
    const settings = {
      host: '127.0.0.1',
      port: sink.port,
      tls: 'none',
      from: 'duty@example.org',
      connections: CONNECTIONS,
      messagesPerConnection: PER_CONNECTION,
    };
    const mask = await addGroup(ground, 4, 'Mail', settings);
    await finished(ground, (await start(ground, await addTask(ground, 3, few, mask))).run, WARM_UP);
    const question = { port: sink.port, connections: CONNECTIONS, perConnection: PER_CONNECTION };
    await bare.ask({ ...question, count: WARM_UP });
    const task = await addTask(ground, 3, list, mask);
    const ours: number[] = [];
    const limits: number[] = [];
    say(`\nE-mail: ${people} people, ${CONNECTIONS} connections with ${PER_CONNECTION} mails each`);
    for (let turn = 0; turn < ground.turns; turn += 1) {
      limits.push(people / (await bare.ask({ ...question, count: people })).seconds);
      const { run } = await start(ground, task);
      const before = await ground.spent();
      ours.push(people / (await finished(ground, run, people)).seconds);
      const after = await ground.spent();
      say(`  ${rounded(ours.at(-1) ?? 0)}, ${costOf(before, after, people).text}`);
      if (statements) for (const line of mostSent(before, after, people)) say(line);
    }
    const ratio = median(ours.map((rate, turn) => rate / (limits[turn] ?? Number.NaN)));
    say(
      `  bare pool ${rates(limits)}; Vestnik ${rates(ours)}; ratio ${ratio.toFixed(2)} (goal ${GOAL}): ${ratio >= GOAL ? 'reached' : 'MISSED'}`,
    );
  } finally {
    await bare.stop();
    await sink.stop();
  }
}
