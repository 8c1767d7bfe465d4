import { afterAll, beforeAll, expect, test } from 'vitest';
import { addChannelGroup } from '../../add-channel-group.ts';
import { addGroup } from '../../add-group.ts';
import { addPerson } from '../../add-person.ts';
import { addTask } from '../../add-task.ts';
import { showPerson } from '../../list-people.ts';
import { showTask } from '../../list-tasks.ts';
import type { NewPersonInput } from '../../person.ts';
import { type LineBench, openLineBench, QUIET_KINDS } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData } from './support/standard-data.ts';

/** A client that reads a card and saves it, with nothing or with one field changed: the rest stays as it is stored, whatever of it the client could show. */
let bench: LineBench;
let client: LineClient;
beforeAll(async () => {
  bench = await openLineBench({ alerts: { zone: 'Europe/Berlin' } });
  await standardData(bench);
  await bench.write((tx, act) => addGroup(tx, act, { name: 'Ночь' }));
  client = await bench.client();
});
afterAll(() => bench.stop());

const words = (line: string): string[] => line.replace(/·$/, ' ').split(' ');
const said = (values: readonly string[]): string => values.join(' ').replace(/ $/, '·');

/** The 13 values of a task as GETTASK tells them, with a status in their place. */
async function taskValues(id: number): Promise<string[]> {
  const [type = '', ...rest] = words(await client.ask(`GETTASK ${id}`)).slice(3);
  return [type, '0', ...rest];
}
const saveTask = (id: number, values: readonly string[]): Promise<string> => client.ask(said([`UPDATETASK ${id}`, ...values]));

/** The lines of a subscriber, as UPDATEABONENT takes them. */
async function card(id: number): Promise<{ values: string[]; addresses: string[] }> {
  client.say(`GETABONENT ${id}`);
  const [, data = '', ...addresses] = (await client.until(/^GETABONENT END$/)).slice(0, -1);
  const values = words(data).slice(3);
  values.splice(8, 2);
  return { values, addresses: addresses.map((line) => line.replace('GETABONENT', 'UPDATEABONENT')) };
}
async function saveCard(id: number, { values, addresses }: { values: readonly string[]; addresses: readonly string[] }): Promise<string> {
  client.say(`UPDATEABONENT BEGIN ${id}`, said(['UPDATEABONENT DATA', ...values]), ...addresses, 'UPDATEABONENT END');
  return (await client.until(/END$|ERR_/))[0] ?? '';
}
async function person(input: Omit<NewPersonInput, 'group_id' | 'name'>): Promise<number> {
  return (await bench.write((tx, act) => addPerson(tx, act, { group_id: 1, name: 'Пак 朴', ...input }))).id;
}
const shown = (id: number) => showPerson(bench.db.database.work, bench.act, id);

test('a task keeps what windows-1251 lacks in each of its values', async () => {
  const task = await bench.write((tx, act) =>
    addTask(tx, act, {
      type: 2,
      name: '東京',
      list_id: 1,
      message_id: 1,
      settings: [
        { key: 'subject', value: '東京; =' },
        { key: 'x', value: 'é' },
      ],
      key_start: { input: 'дверь東', front: 'closing' },
      sms_start: { keyword: 'пожар東京', senders: ['Ωmega'] },
      pin_start: { pin: '4711', callers: [] },
    }),
  );
  const stored = () => showTask(bench.db.database.work, bench.act, task.id);
  const before = await stored();
  const values = await taskValues(task.id);
  expect(values.slice(-6)).toEqual(['0', '1;дверь?;1', '1;4711', '1;пожар??;?mega', '0', 'subject=??\\;%20\\=;x=?']);
  expect(await saveTask(task.id, values)).toBe(`UPDATETASK OK ${task.id} ?? 2 0`);
  expect(await stored()).toEqual(before);
  // One field that is changed takes nothing of the others along.
  expect(await saveTask(task.id, values.with(5, '1'))).toBe(`UPDATETASK OK ${task.id} ?? 2 0`);
  const { priority, version: _version, changed_at: _changed, ...rest } = await stored();
  expect(priority).toBe(1);
  expect(before).toMatchObject(rest);
  // A value that is changed is changed as a whole.
  expect(await saveTask(task.id, values.with(12, 'subject=Сбор'))).toMatch(/^UPDATETASK OK /);
  expect((await stored()).settings).toEqual([{ key: 'subject', value: 'Сбор' }]);
});

test('a value that was kept without being understood may come back when the protocol is strict again', async () => {
  await client.ask('SETCONFIG line.strict no');
  const [, , id = ''] = words(await client.ask('ADDTASK 3 0 Свой 1 1 5  9;daily 0 0 0 0·'));
  await client.ask('SETCONFIG line.strict yes');
  const values = await taskValues(Number(id));
  expect(await saveTask(Number(id), values.with(2, 'Моё'))).toBe(`UPDATETASK OK ${id} Моё 3 0`);
  expect((await taskValues(Number(id)))[7]).toBe('9;daily');
  expect(await saveTask(Number(id), values.with(7, '9;weekly'))).toMatch(/^UPDATETASK ERR_BADSYNTAX /);
});

test('form comes before state: a wrong value is told of an unknown task, too', async () => {
  const values = await taskValues(1);
  expect(await saveTask(999, values.with(7, '9'))).toMatch(/^UPDATETASK ERR_BADSYNTAX /);
  expect(await saveTask(999, values)).toMatch(/^UPDATETASK ERR_GETTASK /);
});

test('a subscriber keeps phones and e-mails that look alike on the wire, each in its place', async () => {
  const id = await person({
    pin: '朴1',
    phones: [
      { number: '東', type: 3 },
      { number: '西', type: 3, enabled: false },
    ],
    emails: [{ address: 'é@example.org', enabled: false }, { address: 'è@example.org' }],
  });
  const before = await shown(id);
  const read = await card(id);
  expect(read.addresses).toEqual([
    'UPDATEABONENT PHONE 1 ? 3',
    'UPDATEABONENT PHONE 0 ? 3',
    'UPDATEABONENT EMAIL ?@example.org',
    'UPDATEABONENT EMAIL ?@example.org',
  ]);
  expect(await saveCard(id, read)).toMatch(/^UPDATEABONENT OK /);
  expect(await shown(id)).toEqual(before);
  const more = [...read.addresses, 'UPDATEABONENT PHONE 1 +79160000001 1'];
  expect(await saveCard(id, { ...read, addresses: more })).toMatch(/^UPDATEABONENT OK /);
  expect((await shown(id)).phones.map(({ number }) => number)).toEqual(['東', '西', '+79160000001']);
});

test('an exclusion keeps its parts of a second, and the hour that autumn brings twice', async () => {
  const id = await person({ exclusion_begin: '2026-03-02T09:15:00.5Z', exclusion_end: '2026-10-25T01:30:00Z' });
  const read = await card(id);
  expect(read.values.slice(4, 6)).toEqual(['2026-03-02T10:15:00', '2026-10-25T02:30:00']);
  expect(await saveCard(id, { ...read, values: read.values.with(12, 'отпуск') })).toMatch(/^UPDATEABONENT OK /);
  expect(await shown(id)).toMatchObject({
    exclusion_begin: '2026-03-02T09:15:00.5Z',
    exclusion_end: '2026-10-25T01:30:00Z',
    description: 'отпуск',
  });
  // One that is typed means the first of the two.
  expect(await saveCard(id, { ...read, values: read.values.with(5, '2026-10-25T02:31:00') })).toMatch(/^UPDATEABONENT OK /);
  expect((await shown(id)).exclusion_end).toBe('2026-10-25T00:31:00Z');
  expect(await saveCard(id, { ...read, values: read.values.with(4, '').with(5, '') })).toMatch(/^UPDATEABONENT OK /);
  expect(await shown(id)).toMatchObject({ exclusion_begin: null, exclusion_end: null });
});

test('a channel keeps its name and the settings of its group', async () => {
  const group = await bench.write((tx, act) =>
    addChannelGroup(tx, act, QUIET_KINDS, { kind: 3, name: 'Центр 東', settings: { host: 'узел東', secret: '西' } }),
  );
  const [number] = await bench.rows<{ number: number }>('SELECT number FROM alerts_channel WHERE group_id = $1', group);
  const sent = `SETCHANINFO OK ${number?.number} 1 Центр%20? host=узел?;window=12;secret=***`;
  expect(await client.ask(sent.replace(' OK', ''))).toBe(sent);
  expect(await bench.rows('SELECT name, settings FROM alerts_channel_group WHERE group_id = $1', group)).toEqual([
    { name: 'Центр 東', settings: expect.objectContaining({ host: 'узел東', window: 12 }) },
  ]);
  expect(await client.ask(sent.replace(' OK', '').replace('узел?', 'узел'))).toBe(sent.replace('узел?', 'узел'));
});
