import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { run, type Value } from '@vestnik/hub/core/database/statement.ts';
import { type Ground, median, say } from './ground.ts';
import { type LineClient, openClient, signedIn } from './line-client.ts';
import type { Peer } from './peer.ts';
import { addPeople } from './people.ts';

/** A listing of very many people beside a bare TLS socket that sends the same bytes: the first, which the database is read for, and those that come from memory. */
const LISTING_GOAL = 0.5;
/** MB by which the memory may grow, after a collection of what is not used. */
const GROWTH_GOAL = 50;
/** Milliseconds to the first line. */
const FIRST_GOAL = 100;
const LOOK_EVERY = 100;
/** Reading ahead is over when nothing was read for so long. Milliseconds. */
const SETTLED = 1_500;
const LAST = 'GETABONENTS END\r\n';
const MB = 1e6;

export type BareLine = Peer<{ file: string }, { bytes: number }>;

interface Listing {
  readonly bytes: number;
  /** MB a second. */
  readonly rate: number;
  /** Milliseconds to the first bytes, and to the first of a person. */
  readonly first: number;
  readonly firstPerson: number;
}

async function list(client: LineClient, line: string): Promise<Listing> {
  const begun = performance.now();
  let first: number | undefined;
  let firstPerson: number | undefined;
  const bytes = await client.list(line, LAST, (chunk) => {
    first ??= performance.now() - begun;
    firstPerson ??= chunk.includes('GETABONENTS DATA') ? performance.now() - begun : undefined;
  });
  return {
    bytes,
    rate: bytes / MB / ((performance.now() - begun) / 1000),
    first: first ?? Number.NaN,
    firstPerson: firstPerson ?? Number.NaN,
  };
}

const rates = (some: readonly Listing[]): string => some.map(({ rate }) => rate.toFixed(0)).join(', ');

/** A million people take longer than a statement may otherwise. */
const patient = (ground: Ground): Ground => ({
  ...ground,
  rows: async <R extends Record<string, unknown>>(statement: string, ...values: Value[]) =>
    (await ground.database.patientTransaction((tx) => run<R>(tx, statement, values))).rows,
});

/** Waits until the hub reads no more of the directory by itself. @returns milliseconds that it was seen to read */
async function readAhead(ground: Ground): Promise<number> {
  const reads = async (): Promise<number> => (await ground.spent()).statements['alerts.localPeopleBetween']?.count ?? 0;
  const begun = performance.now();
  const before = await reads();
  let known = before;
  let at = begun;
  while (known === before || performance.now() - at < SETTLED) {
    await pauseFor(LOOK_EVERY);
    const now = await reads();
    if (now === known && performance.now() - begun < 20_000) continue;
    if (now === known) break;
    known = now;
    at = performance.now();
  }
  return at - begun;
}

/** The most that the hub's memory grew by while this went on. Its memory is collected at each look, which costs time. MB. */
async function growth(ground: Ground, before: number, work: () => Promise<unknown>): Promise<number> {
  let most = before;
  let over = false;
  const under = work().finally(() => {
    over = true;
  });
  while (!over) {
    most = Math.max(most, await ground.memory());
    await pauseFor(LOOK_EVERY);
  }
  await under;
  return (most - before) / MB;
}

export async function listings(ground: Ground, bare: BareLine, folder: string, people: number): Promise<void> {
  await ground.memory();
  const empty = await ground.memory();
  const { group, list: listId } = await addPeople(patient(ground), people);
  const client = await signedIn(ground);
  const question = `GETABONENTS ${group}`;

  const chunks: Buffer[] = [];
  const cold = await list(client, question);
  await client.list(question, LAST, (chunk) => void chunks.push(chunk));
  const file = join(folder, 'listing');
  writeFileSync(file, Buffer.concat(chunks.splice(0)));
  await bare.ask({ file });
  const peer = await openClient(bare.port);
  say(`  GETABONENTS, ${people} people, ${(cold.bytes / MB).toFixed(1)} MB`);
  const bareOnce = await list(peer, 'LISTING');
  say(
    `    the first, of a group that nobody has read: ${cold.rate.toFixed(0)} MB/s; bare socket ${bareOnce.rate.toFixed(0)} MB/s; ratio ${(cold.rate / bareOnce.rate).toFixed(2)}; first line after ${cold.first.toFixed(1)} ms, first person ${cold.firstPerson.toFixed(1)} ms`,
  );

  await readAhead(ground);
  // Every row is written anew; then one person moves, of which the hub hears: it reads all of them ahead.
  await patient(ground).rows('UPDATE alerts_person SET version = version + 1 WHERE group_id = $1', group);
  await ground.rows('ANALYZE alerts_person');
  await addPeople(ground, 1);
  const [one] = await ground.rows<{ id: number }>('SELECT max(person_id) AS id FROM alerts_person');
  await client.ask(`GROUPADDABONENTS ${group} ${one?.id}`);
  const took = await readAhead(ground);
  const ahead = await list(client, question);
  say(
    `    the first after the hub has read ahead in the background (${(took / 1000).toFixed(1)} s): ${ahead.rate.toFixed(0)} MB/s; first line after ${ahead.first.toFixed(1)} ms, first person ${ahead.firstPerson.toFixed(1)} ms`,
  );

  const questions = [question, 'GETABONENTS', `GETABONENTS 0 ${listId}`];
  for (const asked of questions) {
    const ours: Listing[] = [];
    const theirs: Listing[] = [];
    for (let turn = 0; turn < ground.turns; turn += 1) {
      theirs.push(await list(peer, 'LISTING'));
      ours.push(await list(client, asked));
    }
    const ratio = median(ours.map(({ rate }, turn) => rate / (theirs[turn]?.rate ?? Number.NaN)));
    const first = Math.max(...ours.map((one) => one.first));
    say(`    ${asked}: ${rates(ours)} MB/s; bare socket ${rates(theirs)} MB/s`);
    say(
      `      ratio ${ratio.toFixed(2)} (goal ${LISTING_GOAL}): ${ratio >= LISTING_GOAL ? 'reached' : 'MISSED'}; first line after ${first.toFixed(1)} ms at most (goal ${FIRST_GOAL}): ${first < FIRST_GOAL ? 'reached' : 'MISSED'}`,
    );
  }

  const edited: Listing[] = [];
  for (let turn = 0; turn < ground.turns; turn += 1) {
    await ground.rows(
      'UPDATE alerts_person SET version = version + 1 WHERE person_id = (SELECT min(person_id) FROM alerts_person WHERE group_id = $1)',
      group,
    );
    edited.push(await list(client, 'GETABONENTS'));
  }
  say(`    the first after an edit of one person: ${rates(edited)} MB/s`);

  const before = await ground.memory();
  const more = await growth(ground, before, () => client.list(question, LAST));
  say(
    `    memory: ${((before - empty) / MB).toFixed(1)} MB more than before anybody was added; a listing adds ${more.toFixed(1)} MB (goal ${GROWTH_GOAL} at most, together): ${(before - empty) / MB + more <= GROWTH_GOAL ? 'reached' : 'MISSED'}`,
  );
  client.close();
  peer.close();
}
