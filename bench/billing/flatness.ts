import { createHash } from 'node:crypto';
import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { addContracts, addValues, itemOf, LIST_PARAMETER, TEXT_PARAMETER } from './contracts.ts';
import { administratorOf, type Ground, holds, JSON_HEADERS, JSON_PATH, median, say } from './ground.ts';
import { load, type Way } from './load.ts';

/** What many contracts cost: pages of 25 by title and by the value of a parameter, and single contracts, among few and among very many. */
/** One call after the other: the time of each counts, not how many go at once. */
const CALLERS = 1;

/** What stands in the value of one contract and of hardly another. */
const pieceOf = (n: number): string => createHash('md5').update(String(n)).digest('hex').slice(0, 10);

export async function flatness({ hub, seconds, turns }: Ground, few: number, many: number): Promise<void> {
  const { login, password } = administratorOf(hub);
  const call = (method: string, params: object) => ({
    path: JSON_PATH,
    method: 'POST' as const,
    headers: JSON_HEADERS,
    body: JSON.stringify({ method, user: { user: login, pswd: password }, params }),
  });
  const page = { pageIndex: 1, pageSize: 25 };
  const list = (more: object) =>
    call('contractList', { fc: -1, groupMask: 0, subContracts: false, closed: false, hidden: false, page, ...more });
  const scrambled = (n: number): number => 1 + ((n * 7919) % few);
  const ways: Way[] = [
    {
      name: 'page of 25 by the beginning of the title',
      address: hub.rest,
      request: (n) => list({ title: `D-00${String(scrambled(n)).padStart(5, '0').slice(0, 3)}` }),
      check: holds('"status":"ok"', '"title":"D-00'),
    },
    {
      name: 'page of 25 by the item of a list',
      address: hub.rest,
      request: (n) =>
        list({ entityFilter: [{ type: 'filterEntityAttrList', value: itemOf(scrambled(n)), entitySpecAttrIds: [LIST_PARAMETER] }] }),
      check: holds('"status":"ok"', '"title":"D-00'),
    },
    {
      name: 'page of 25 by a piece of a text',
      address: hub.rest,
      request: (n) =>
        list({ entityFilter: [{ type: 'filterEntityAttrText', value: pieceOf(scrambled(n)), entitySpecAttrIds: [TEXT_PARAMETER] }] }),
      check: holds('"status":"ok"', '"title":"D-00'),
    },
    {
      name: 'contractGet',
      address: hub.rest,
      request: (n) => call('contractGet', { contractId: scrambled(n) }),
      check: holds('"status":"ok"', '"title":"D-00'),
    },
  ];
  const measure = async (): Promise<number[]> => {
    const medians: number[] = [];
    for (const way of ways) {
      await load(way, CALLERS, 1);
      const p50s: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) p50s.push((await load(way, CALLERS, seconds)).p50);
      medians.push(median(p50s));
    }
    return medians;
  };
  const database = openDatabase({ url: hub.databaseUrl, poolSize: 1, queuePoolSize: 1, name: 'bench' });
  await addValues(database, 0, few);
  const before = await measure();
  await addContracts(database, few, many);
  await addValues(database, few, many);
  await database.close();
  const after = await measure();
  say(`\nMedians among ${few} and ${many} contracts, one caller, ${seconds} s each, medians of ${turns} turns`);
  for (const [at, { name }] of ways.entries()) {
    const [small, large] = [before[at] ?? Number.NaN, after[at] ?? Number.NaN];
    say(
      `  ${name.padEnd(42)} ${small.toFixed(2)} ms, ${large.toFixed(2)} ms; ratio ${(large / small).toFixed(2)} (goal ${at < 3 ? 2 : 1.25})`,
    );
  }
}
