import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wav } from '../../test/support/wav.ts';
import { COMMANDS, type Command, type CommandName } from '../codec/commands.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

/** Every command succeeds once, in the order of a day of work, and its answer has the form of its row in the table (specification of alerts 3.2 to 3.7). */
let bench: LineBench;
let client: LineClient;
beforeAll(async () => {
  bench = await openLineBench({
    reportOf: async function* () {
      yield Buffer.from('report');
    },
  });
  await standardData(bench);
  await workingChannel(bench, 4, 'Почта');
  client = await bench.connect();
});
afterAll(() => bench.stop());

const SOUND = wav({ data: 8 });
const PERSON = '1 0 Иванов%20И.И. 10 2026-07-01 2026-07-14 4321  Заря Охрана Майор Инженер отпуск';
const TASK = '3 0 Сбор 1 1 5 1111 0;w=08:00-20:00 0 0 0 0 rounds=2';
const SESSION: readonly (readonly string[])[] = [
  ['PING token'],
  [`LOGIN admin ${PASSWORD}`],
  [`CHECKPASSW admin ${PASSWORD}`],
  ['MONITORING 0'],
  [`USERADD eve ${PASSWORD} Ева 1`],
  ['USERCHG eve  Ева%20А. 3 1'],
  ['USER eve'],
  ['USERS'],
  ['USERDEL eve'],
  ['GETCONFIG line'],
  ['SETCONFIG personGap 12'],
  ['ADDGROUP Цех x'],
  ['UPDATEGROUP 2 Цех%202 y'],
  ['GETGROUPS'],
  ['ADDLIST Ночь x'],
  ['UPDATLIST 2 Ночь%202 y'],
  ['GETLISTS'],
  [
    'ADDABONENT BEGIN',
    `ADDABONENT DATA ${PERSON}`,
    'ADDABONENT PHONE 1 +79161234567 1',
    'ADDABONENT EMAIL i@example.org',
    'ADDABONENT END',
  ],
  [
    'UPDATEABONENT BEGIN 1',
    `UPDATEABONENT DATA ${PERSON}`,
    'UPDATEABONENT PHONE 0 +79161234567 0',
    'UPDATEABONENT EMAIL i@example.org',
    'UPDATEABONENT END',
  ],
  ['GETABONENT 1'],
  ['GETABONENTS'],
  ['GROUPADDABONENTS 2 1'],
  ['LISTADDABONENTS 1 1'],
  ['LISTADDGROUPS 2 1,2'],
  ['LISTDELGROUPS2 1'],
  ['LISTADDABONENTS 2 1'],
  ['LISTDELABONENTS 2 1'],
  ['LISTCLEAR 2'],
  ['DELLIST 2'],
  [
    `SENDRAWFILE BEGIN a.wav ${SOUND.length}`,
    `SENDRAWFILE DATA ${SOUND.toString('hex')}`,
    `SENDRAWFILE END ${crc32(SOUND).toString(16).padStart(8, '0')}`,
  ],
  ['GETRAWFILE a.wav'],
  ['ADDMESSAGE 0 Сирена a.wav ru Сирена'],
  ['UPDATEMESSAGE 2 0 Сирена%202 a.wav ru Сирена'],
  ['MESSAGES'],
  ['DELMESSAGE 2'],
  [`ADDTASK ${TASK}`],
  [`UPDATETASK 2 ${TASK.replace(' 5 ', ' 4 ')}`],
  ['GETTASK 2'],
  ['GETTASKS'],
  ['STARTTASK 1 1'],
  ['GETTASKINFO 1'],
  ['STOPTASK 1'],
  ['GETREPORT 1 HTML 1'],
  ['DELTASK 2'],
  ['GETCHANNELS'],
  ['GETCHANINFO 1'],
  ['SETCHANINFO 1 1 Почта%202 window=7'],
  [`GETLOG ${Temporal.Now.zonedDateTimeISO('Europe/Moscow').toPlainDate()}`],
  ['DELABONENTS 1'],
  ['DELGROUP 2'],
  ['QUIT'],
];

/** Whether a line of an answer, without the command's name, has a form such as `DATA <id> <name>*`. */
function fits(words: readonly string[], form: string): boolean {
  const [kind = '', ...names] = form.replace(/\*$/, '').replace('[END]', 'END').split(' ');
  const least = names.filter((name) => name.startsWith('<')).length;
  return words[0] === kind && words.length - 1 >= least && words.length - 1 <= names.length;
}

const commandOf = (line: string): Command => COMMANDS.get(/^[A-Z]+/.exec(line)?.[0].replace('UPDATLIST', 'UPDATELIST') as CommandName)!;

test.each(SESSION)('%s', async (...lines) => {
  const command = commandOf(lines[0] ?? '');
  const name = command.answersAs;
  const spelling = lines[0]?.startsWith('UPDATLIST') ? 'UPDATLIST' : name;
  client.say(...lines);
  // All of an answer is there when its last form has come; the forms in between may come or not.
  const last = command.answer.at(-1) ?? '';
  const heard: string[][] = [];
  for (let more = true; more; ) {
    const [first = '', ...words] = (await client.line()).replace(/·$/, ' ').split(' ');
    const whole = first === 'HASP' ? ['HASP', ...words] : words;
    expect(first === 'HASP' ? command.name : first).toBe(first === 'HASP' ? 'LOGIN' : spelling);
    expect(
      command.answer.some((form) => fits(whole, form)),
      `${first} ${words.join(' ')}`,
    ).toBe(true);
    heard.push(whole);
    more = !fits(whole, last);
  }
  // Each form was seen: what a listing repeats stands in it at least once.
  for (const form of command.answer)
    expect(
      heard.some((words) => fits(words, form)),
      form,
    ).toBe(true);
});

test('no command was left out, but those of speech, which refuse', () => {
  const done = new Set(SESSION.map(([line = '']) => commandOf(line).name));
  expect([...COMMANDS.keys()].filter((name) => !done.has(name))).toEqual(['GETTTS', 'TTS']);
});
