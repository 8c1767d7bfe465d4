import { type Ground, median, rounded, say } from './ground.ts';
import { type LineClient, openClient, signedIn } from './line-client.ts';
import { type BareLine, listings } from './line-listing.ts';
import { slowReaders } from './line-slow.ts';
import { startPeer } from './peer.ts';
import { addPeople } from './people.ts';
import { addTask } from './task.ts';

/** The line protocol beside a bare TLS socket: listings of very many people, and PING and GETTASK from one connection and from many. */
const PING_GOAL = 0.6;
const GETTASK_GOAL = 0.6;
const MANY = 50;

/** Round trips a second, each client after the answer to its own last question. */
async function trips(clients: readonly LineClient[], line: string, begin: string, seconds: number): Promise<number> {
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let made = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const answer = await client.ask(line);
        if (made % 100 === 0 && !answer.toString('latin1').startsWith(begin)) throw new Error(`${line}: ${answer.toString('latin1')}`);
        made += 1;
      }
    }),
  );
  return made / ((performance.now() - begun) / 1000);
}

export async function line(ground: Ground, folder: string, people: number, seconds: number): Promise<void> {
  const bare: BareLine = await startPeer('./bare-line-process.ts');
  try {
    say('\nLine protocol');
    await listings(ground, bare, folder, people);
    await slowReaders(ground, people);
    const { list } = await addPeople(ground, 1);
    const task = await addTask(ground, 2, list, '');
    for (const connections of [1, MANY]) {
      const ours = await Promise.all(Array.from({ length: connections }, () => signedIn(ground)));
      const theirs = await Promise.all(Array.from({ length: connections }, () => openClient(bare.port)));
      for (const [name, question, begin, goal] of [
        ['PING', 'PING a', 'PING OK a', PING_GOAL],
        ['GETTASK', `GETTASK ${task}`, 'GETTASK OK ', GETTASK_GOAL],
      ] as const) {
        await trips(ours, question, begin, 1);
        await trips(theirs, question, question, 1);
        const pairs: { ours: number; theirs: number }[] = [];
        for (let turn = 0; turn < ground.turns; turn += 1)
          pairs.push({ theirs: await trips(theirs, question, question, seconds), ours: await trips(ours, question, begin, seconds) });
        const ratio = median(pairs.map((pair) => pair.ours / pair.theirs));
        say(
          `  ${name}, ${connections} connections: ${rounded(median(pairs.map((pair) => pair.ours)))}; bare echo ${rounded(median(pairs.map((pair) => pair.theirs)))}; ratio ${ratio.toFixed(2)} (goal ${goal}): ${ratio >= goal ? 'reached' : 'MISSED'}`,
        );
      }
      for (const client of [...ours, ...theirs]) client.close();
    }
  } finally {
    await bare.stop();
  }
}
