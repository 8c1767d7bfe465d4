import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Incoming } from '../channels/driver.ts';
import { splitText } from '../channels/sms-text.ts';
import { takeOverdueParts, takePart } from '../engine/take-part.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

// Parts of long messages of people: each is stored before it is acknowledged, and the message counts when it is whole.

let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
});
afterAll(() => bench.end());

const FROM = '+79169000001';
type Part = Incoming & { readonly part: NonNullable<Incoming['part']> };
const part = (place: number, total: number, text: string, reference = 7, from = FROM): Part => ({
  from,
  to: '4711',
  text,
  id: undefined,
  part: { reference, total, place },
});
const take = (one: Part, group = 1) => bench.db.database.transaction((tx) => takePart(tx, group, one));
const texts = async (one: Part, group?: number) => (await take(one, group)).map(({ text }) => text);
const kept = () => bench.rows('SELECT place FROM alerts_incoming_part WHERE NOT taken');
const older = (seconds: number) => bench.rows('UPDATE alerts_incoming_part SET since = since - make_interval(secs => $1)', seconds);
const overdue = async () => (await bench.db.database.transaction(takeOverdueParts)).map(({ text }) => text);
beforeEach(() => bench.rows('DELETE FROM alerts_incoming_part'));

test('parts in any order, all at once and each twice, give the text once', async () => {
  const text = 'Подтверждаю получение, выезжаю немедленно 😀. '.repeat(8);
  const { parts } = splitText(text);
  expect(parts.length).toBeGreaterThan(4);
  const pieces = parts.map((piece, at) => part(at + 1, parts.length, piece)).reverse();
  const given = await Promise.all([...pieces, ...pieces].map((piece) => texts(piece)));
  expect(given.flat()).toEqual([text]);
  // Nothing but what it was brought before.
  for (const piece of pieces) expect(await texts(piece)).toEqual([]);
});

test('senders, numbers, references, counts and channel groups are kept apart', async () => {
  expect(await texts(part(1, 2, 'a'))).toEqual([]);
  expect(await texts(part(2, 2, 'x', 7, '+79169000002'))).toEqual([]);
  expect(await texts({ ...part(2, 2, 'y'), to: '4712' })).toEqual([]);
  expect(await texts(part(2, 2, 'z', 8))).toEqual([]);
  expect(await texts(part(2, 3, 'w'))).toEqual([]);
  expect(await texts(part(2, 2, 'v'), 2)).toEqual([]);
  expect(await texts(part(2, 2, 'b'))).toEqual(['ab']);
});

test('a character that the sender has cut in two is whole again; what no database holds is replaced', async () => {
  await take(part(1, 2, 'ok \ud83d'));
  expect(await texts(part(2, 2, '\ude00\0'))).toEqual(['ok 😀']);
});

test('another message under the reference of one that was taken begins anew', async () => {
  await take(part(1, 2, 'first '));
  expect(await texts(part(2, 2, 'message'))).toEqual(['first message']);
  expect(await texts(part(2, 2, 'one'))).toEqual([]);
  expect(await texts(part(1, 2, 'second '))).toEqual(['second one']);
});

test('after a minute what has come is given out once, with a sign for what is missing', async () => {
  await take(part(1, 4, 'begin '));
  await take(part(4, 4, 'end'));
  expect(await overdue()).toEqual([]);
  await older(61);
  expect(await overdue()).toEqual(['begin …end']);
  expect(await overdue()).toEqual([]);
  // One that comes in between is not mixed with what is over.
  await take(part(1, 2, 'old'));
  await older(61);
  expect(await texts(part(2, 2, 'new'))).toEqual(['old…']);
  expect(await texts(part(1, 2, 'quite '))).toEqual(['quite new']);
});

test('a copy of what was taken is known for ten minutes, and then forgotten', async () => {
  await take(part(1, 2, 'a'));
  await take(part(2, 2, 'b'));
  await older(590);
  expect(await overdue()).toEqual([]);
  expect(await texts(part(2, 2, 'b'))).toEqual([]);
  await older(20);
  expect(await overdue()).toEqual([]);
  expect(await bench.rows('SELECT place FROM alerts_incoming_part')).toEqual([]);
});

test('a flood of parts is not taken beyond a bound, and long parts are cut', async () => {
  await bench.rows(
    `INSERT INTO alerts_incoming_part (group_id, sender, recipient, reference, total, place, units) SELECT 9, n::text, '', 0, 2, 1, '' FROM generate_series(1, 20000) n`,
  );
  await expect(take(part(1, 2, 'no'))).rejects.toMatchObject({ code: 'BUSY' });
  await bench.rows('DELETE FROM alerts_incoming_part WHERE sender = $1', '1');
  await take(part(1, 2, 'c'.repeat(65_000)));
  expect(await bench.rows('SELECT length(units) AS bytes FROM alerts_incoming_part WHERE sender = $1', FROM)).toEqual([{ bytes: 508 }]);
});

test('a part that could not be stored is not acknowledged; the reply counts when another hub hears the rest', async () => {
  const first = await bench.hub();
  await vi.waitFor(() => expect(bench.sms.running).toBe(1), PATIENCE);
  bench.sms.answer = () => outcome('done');
  const list = await bench.list([{ name: 'Long', phones: [FROM] }]);
  const task = await bench.task(list, { confirmation: { kind: 'code', key: '4711' }, settings: { rounds: 1 } });
  await bench.start(task);
  await vi.waitFor(async () => expect(await bench.targets(task)).toMatchObject([{ state: 'w' }]), PATIENCE);
  await bench.rows('ALTER TABLE alerts_incoming_part ADD CONSTRAINT refused CHECK (place <> 1)');
  await expect(bench.sms.news.incoming(part(1, 2, 'Код 4711, '))).rejects.toThrow(/refused/);
  await bench.rows('ALTER TABLE alerts_incoming_part DROP CONSTRAINT refused');
  await bench.sms.news.incoming(part(1, 2, 'Код 4711, '));
  expect(await kept()).toHaveLength(1);
  await first.stop();
  await bench.hub();
  await vi.waitFor(() => expect(bench.sms.running).toBe(1), PATIENCE);
  await bench.sms.news.incoming(part(2, 2, 'выезжаю'));
  expect(await bench.targets(task)).toMatchObject([{ state: 'f', result: 3 }]);
  // Brought once more, as after a crash before the acknowledgement: nothing more follows.
  const replies = () => bench.rows(`SELECT FROM event WHERE type = 'vestnik.alerts.reply.received'`);
  const before = await replies();
  await bench.sms.news.incoming(part(2, 2, 'выезжаю'));
  expect(await replies()).toHaveLength(before.length);
});
