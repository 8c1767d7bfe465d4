import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addList } from '../../add-list.ts';
import { addPerson } from '../../add-person.ts';
import { wav } from '../../test/support/wav.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import { bytesOf, replay as replayAt } from './support/line-client.ts';
import { standardData } from './support/standard-data.ts';

/**
 * A session that stores things, however its bytes are divided (specification of alerts 8.2): blocks with their END and without, a file, members of lists. What it stores
 * is the same each time, so that the answers are.
 */
let bench: LineBench;
beforeAll(async () => {
  bench = await openLineBench({
    // The division of bytes is tested here, not how long nothing comes.
    line: { sessions: 1_000, sessionsPerLogin: 1_000, connectionsPerSecond: 10_000, blockSilence: 10_000 },
  });
  await standardData(bench);
  await bench.write(async (tx, act) => {
    await addPerson(tx, act, { group_id: 1, name: 'Прежний' });
    await addList(tx, act, { name: 'Ночь' });
  });
});
afterAll(() => bench.stop());

const SOUND = wav({ data: 8 });
const HEX = SOUND.toString('hex');
const HALF = HEX.length / 2;
const SESSION = [
  'UPDATEABONENT BEGIN 1',
  'UPDATEABONENT DATA 1 0 Иванов%20И.И. 10 2026-07-01  4321     ·',
  'UPDATEABONENT PHONE 1 +79161234567 1',
  'UPDATEABONENT EMAIL i@example.org',
  'UPDATEABONENT BEGIN 1',
  'UPDATEABONENT DATA 1 0 Иванов%20И.И. 10 2026-07-01  4321     ·',
  'UPDATEABONENT PHONE 1 +79161234567 1',
  'UPDATEABONENT EMAIL i@example.org',
  'UPDATEABONENT END',
  `SENDRAWFILE BEGIN a.wav ${SOUND.length}`,
  `SENDRAWFILE DATA ${HEX.slice(0, HALF)}`,
  `SENDRAWFILE DATA ${HEX.slice(HALF).toUpperCase()}`,
  `SENDRAWFILE END ${crc32(SOUND).toString(16).padStart(8, '0')}`,
  'GETRAWFILE a.wav',
  'LISTADDABONENTS 1 1,01',
  'QUIT',
];
const LOGIN = bytesOf(`LOGIN admin ${PASSWORD}`);
const BYTES = Buffer.concat(SESSION.map(bytesOf));

const replay = async (pieces: readonly Uint8Array[]): Promise<string[]> => (await replayAt(bench.server.address, pieces)).slice(2);

let expected: string[];
beforeAll(async () => {
  // The first time it changes something; from then on nothing, times included.
  await replay([LOGIN, BYTES]);
  expected = await replay([LOGIN, BYTES]);
});

test('in one write the session is answered as it should be', () => {
  const dated = (line: string) => line.replace(/\d{4}-\d\d-\d\dT\S+ \d{4}-\d\d-\d\dT\S+/, 'T T');
  const person = [
    'UPDATEABONENT OK 1 1 0 Иванов%20И.И. 10 2026-07-01  4321  T T    ·',
    'UPDATEABONENT PHONE 1 +79161234567 1',
    'UPDATEABONENT EMAIL i@example.org',
  ];
  expect(expected.map(dated)).toEqual([
    ...person,
    ...person,
    'UPDATEABONENT END',
    `SENDRAWFILE OK a.wav ${SOUND.length}`,
    `GETRAWFILE BEGIN a.wav ${SOUND.length}`,
    `GETRAWFILE DATA ${HEX.toUpperCase()}`,
    'GETRAWFILE END',
    'LISTADDABONENTS OK 1 1',
    'QUIT OK',
  ]);
});

test('byte by byte', async () => {
  expect(await replay([LOGIN, ...Array.from(BYTES, (byte) => Uint8Array.of(byte))])).toEqual(expected);
});

test('all in one TLS record with the login', async () => {
  expect(await replay([Buffer.concat([LOGIN, BYTES])])).toEqual(expected);
});

test('cut in two at every offset, each part in TLS records of its own', async () => {
  const AT_ONCE = 20;
  for (let begin = 1; begin < BYTES.length; begin += AT_ONCE) {
    const offsets = Array.from({ length: Math.min(AT_ONCE, BYTES.length - begin) }, (_, at) => begin + at);
    const found = await Promise.all(offsets.map((at) => replay([LOGIN, BYTES.subarray(0, at), BYTES.subarray(at)])));
    for (const [at, lines] of found.entries()) expect(lines, `cut at ${offsets[at]}`).toEqual(expected);
  }
}, 120_000);
