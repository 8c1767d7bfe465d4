import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { administratorOf } from '../billing/ground.ts';
import { type Ground, median, rounded, say } from './ground.ts';
import { type LineClient, openClient } from './line-client.ts';
import { startPeer } from './peer.ts';
import { addPeople } from './people.ts';
import { addTask } from './task.ts';

/** The line protocol beside a bare TLS socket: a listing of very many people, and PING and GETTASK from one connection and from many. */
const LISTING_GOAL = 0.5;
const PING_GOAL = 0.6;
const GETTASK_GOAL = 0.3;
/** MB by which the memory may grow, after a collection of what is not used. */
const GROWTH_GOAL = 50;
const MANY = 50;
const LOOK_EVERY = 100;
const LAST = 'GETABONENTS END\r\n';
const MB = 1e6;

async function signedIn(ground: Ground): Promise<LineClient> {
  const { login, password } = administratorOf(ground.hub);
  const client = await openClient(ground.linePort);
  let said = '';
  await client.list(`LOGIN ${login} ${password}`, '\r\n', (chunk) => {
    said += chunk.toString('latin1');
  });
  if (!said.startsWith('LOGIN OK ')) throw new Error(`not logged in: ${said}`);
  // The line of the licence may come apart from the welcome: it is behind this answer at the latest.
  if (!said.includes('HASP ')) await client.ask('PING');
  await client.ask('PING');
  return client;
}

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

async function listing(
  ground: Ground,
  bare: { port: number; ask(question: { file: string }): Promise<unknown> },
  folder: string,
  people: number,
) {
  const { group } = await addPeople(ground, people);
  const client = await signedIn(ground);
  const chunks: Buffer[] = [];
  await client.list(`GETABONENTS ${group}`, LAST, (chunk) => void chunks.push(chunk));
  const bytes = Buffer.concat(chunks.splice(0));
  const file = join(folder, 'listing');
  writeFileSync(file, bytes);
  await bare.ask({ file });
  const peer = await openClient(bare.port);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < ground.turns; turn += 1) {
    for (const [rates, one, line] of [
      [theirs, peer, 'LISTING'],
      [ours, client, `GETABONENTS ${group}`],
    ] as const) {
      const begun = performance.now();
      const count = await one.list(line, LAST);
      if (count !== bytes.length) throw new Error(`${line}: ${count} bytes in place of ${bytes.length}`);
      rates.push(count / MB / ((performance.now() - begun) / 1000));
    }
  }
  // What is not used any longer is collected at each look, which costs time: this listing is not timed.
  const before = await ground.memory();
  let most = before;
  let over = false;
  const last = client.list(`GETABONENTS ${group}`, LAST).then(() => {
    over = true;
  });
  while (!over) {
    most = Math.max(most, await ground.memory());
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  await last;
  client.close();
  peer.close();
  const ratio = median(ours.map((rate, turn) => rate / (theirs[turn] ?? Number.NaN)));
  const growth = (most - before) / MB;
  const list = (rates: readonly number[]): string => rates.map((rate) => rate.toFixed(1)).join(', ');
  say(`  GETABONENTS, ${people} people, ${(bytes.length / MB).toFixed(1)} MB: ${list(ours)} MB/s; bare socket ${list(theirs)} MB/s`);
  say(`    ratio ${ratio.toFixed(2)} (goal ${LISTING_GOAL}): ${ratio >= LISTING_GOAL ? 'reached' : 'MISSED'}`);
  say(`    memory grew by ${growth.toFixed(1)} MB (goal ${GROWTH_GOAL} at most): ${growth <= GROWTH_GOAL ? 'reached' : 'MISSED'}`);
}

export async function line(ground: Ground, folder: string, people: number, seconds: number): Promise<void> {
  const bare = await startPeer<{ file: string }, { bytes: number }>('./bare-line-process.ts');
  try {
    say('\nLine protocol');
    await listing(ground, bare, folder, people);
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
