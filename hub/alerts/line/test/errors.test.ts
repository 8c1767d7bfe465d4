import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS, type LineErrorCode } from '../codec/errors.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

let bench: LineBench;
let admin: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  await standardData(bench);
  admin = await bench.client();
});
afterAll(() => bench.stop());

const seen = new Set<string>();
const refusalOf = (line: string, code: LineErrorCode, form?: 'deletion'): string => {
  seen.add(code);
  const { text, deletion } = ERRORS[code];
  return `${line.split(' ', 1)[0]} ${code} ${(form ? deletion : text)?.replaceAll(' ', '%20')}`;
};

/** Sessions of 3.11: what is sent last is refused with the code. */
const SESSIONS: readonly [LineErrorCode, readonly string[], form?: 'deletion'][] = [
  ['ERR_BADARGUMENT_COUNT', ['GETTASK']],
  ['ERR_USERALREADY', ['USERADD admin Secret-123 A 1']],
  ['ERR_CHECKPASSW', ['CHECKPASSW admin wrong']],
  ['ERR_USERADD', ['USERADD bob Secret-123 Bob 999']],
  ['ERR_USERCHG', ['USERCHG nobody  N 1']],
  ['ERR_USERDEL', ['USERDEL admin']],
  ['ERR_NOLOGFILE', ['GETLOG 1999-01-01']],
  ['ERR_BADSYNTAX', ['GETTASK abc']],
  ['ERR_DELABONENTS', ['DELABONENTS 999999']],
  ['ERR_ADDGROUP', ['ADDGROUP A x', 'ADDGROUP A x']],
  ['ERR_DELGROUP', ['DELGROUP 999999']],
  ['ERR_UPDATEGROUP', ['UPDATEGROUP 999999 B x']],
  ['ERR_GROUPADDABONENTS', ['GROUPADDABONENTS 1 999999']],
  ['ERR_ADDLIST', ['ADDLIST A x', 'ADDLIST A x']],
  ['ERR_UPDATELIST', ['UPDATELIST 999999 B x']],
  ['ERR_LISTADDABONENTS', ['LISTADDABONENTS 1 999999']],
  ['ERR_LISTADDABONENTS', ['LISTDELABONENTS 999999 1'], 'deletion'],
  ['ERR_LISTADDGROUPS', ['LISTADDGROUPS 1 999999']],
  ['ERR_LISTADDGROUPS', ['LISTDELGROUPS 999999 1'], 'deletion'],
  ['ERR_DELLIST', ['DELLIST 999999']],
  ['ERR_LISTCLEAR', ['LISTCLEAR 999999']],
  ['ERR_ADDMESSAGE', ['ADDMESSAGE 3    Hi']],
  ['ERR_ADDMESSAGE', ['ADDMESSAGE 4 N   Hi']],
  ['ERR_BADSYNTAX', ['ADDMESSAGE text N   Hi']],
  ['ERR_UPDATEMESSAGE', ['UPDATEMESSAGE 999999 3 N   Hi']],
  ['ERR_DELMESSAGE', ['DELMESSAGE 999999']],
  ['ERR_NOFILE', ['GETRAWFILE none.wav']],
  ['ERR_ADDTASK', ['ADDTASK 3 0 T 999999 1 5  0 0 0 0 0·']],
  ['ERR_UPDATETASK', ['UPDATETASK 1 3 0 T 999999 1 5  0 0 0 0 0·']],
  ['ERR_GETTASK', ['GETTASK 999999']],
  ['ERR_GETTTS', ['TTS novoice 100 Hi']],
  ['ERR_GETABONENT', ['GETABONENT 999999']],
  ['ERR_MESSAGEUSE', ['DELMESSAGE 1']],
  ['ERR_LISTUSE', ['DELLIST 1']],
  ['ERR_GETREPORT', ['GETREPORT 999999']],
  ['ERR_TASKNOTRUNNING', ['GETREPORT 1']],
];

test.each(SESSIONS)('%s: %s', async (code, lines, form) => {
  admin.say(...lines);
  const answers = await admin.lines(lines.length);
  expect(answers.at(-1)).toBe(refusalOf(lines.at(-1) ?? '', code, form));
  for (const [at, before] of lines.slice(0, -1).entries()) expect(answers[at]).toMatch(new RegExp(`^${before.split(' ', 1)[0]} OK `));
});

test('ERR_BADLOGIN and ERR_NOACCESS before a login', async () => {
  const client = await bench.connect();
  expect(await client.ask('LOGIN admin wrong')).toBe(refusalOf('LOGIN', 'ERR_BADLOGIN'));
  expect(await client.ask('GETTASKS')).toBe(refusalOf('GETTASKS', 'ERR_NOACCESS'));
});

test('ERR_NOGSM where no channel for SMS works, ERR_ADDTASK with the words of deleting for one that runs', async () => {
  expect(await admin.ask('ADDTASK 2 0 SMS 1 1 5  0 0 0 0 0·')).toBe('ADDTASK OK 3 SMS 2 0');
  expect(await admin.ask('STARTTASK 3 1')).toBe(refusalOf('STARTTASK', 'ERR_NOGSM'));
  await workingChannel(bench, 3, 'SMSC');
  expect(await admin.ask('STARTTASK 3 1')).toBe('UPDATETASK OK 3 SMS 2 2');
  expect(await admin.ask('DELTASK 3')).toBe(refusalOf('DELTASK', 'ERR_ADDTASK', 'deletion'));
});

test('ERR_NOHASPFORSTART and ERR_NOHASP by the licence', async () => {
  expect(await admin.ask('SETCONFIG licence.email no')).toBe('SETCONFIG OK licence.email no');
  expect(await admin.line()).toBe('HASP 1 2 8 1 0 0');
  expect(await admin.ask('STARTTASK 1 1')).toBe(refusalOf('STARTTASK', 'ERR_NOHASPFORSTART'));
  admin.say('SETCONFIG licence.present no');
  expect(await admin.lines(2)).toEqual(['SETCONFIG OK licence.present no', 'HASP 0 2 8 1 0 0']);
  expect(await admin.ask('TTS ru 100 Hi')).toBe(refusalOf('TTS', 'ERR_NOHASP'));
  expect(await admin.ask('ADDMESSAGE 2 T   Hi,%20{name}')).toBe(refusalOf('ADDMESSAGE', 'ERR_NOHASP'));
  admin.say('SETCONFIG licence.present yes', 'SETCONFIG licence.email yes');
  // Two changes between two rests are one push.
  expect(await admin.until(/^HASP 1 2 8 1 1 0$/)).toContain('SETCONFIG OK licence.email yes');
});

test('an SMS with a licence for no modem needs a message centre: without one it is the licence, with one that does not work it is the channel', async () => {
  admin.say('SETCONFIG licence.gsmModems 0');
  await admin.until(/^HASP 1 2 0 /);
  expect(await admin.ask('STOPTASK 3')).toBe('UPDATETASK OK 3 SMS 2 3');
  await bench.rows('UPDATE alerts_channel SET state = 6');
  expect(await admin.ask('STARTTASK 3 1')).toBe(refusalOf('STARTTASK', 'ERR_NOGSM'));
  await bench.rows('UPDATE alerts_channel_group SET deleted_at = now()');
  expect(await admin.ask('STARTTASK 3 1')).toBe(refusalOf('STARTTASK', 'ERR_NOHASPFORSTART'));
  // A modem that works does not help, as long as the licence has none.
  admin.say('SETCONFIG licence.gsmModems 1');
  await admin.until(/^HASP 1 2 1 /);
  await workingChannel(bench, 1, 'Модем');
  admin.say('SETCONFIG licence.gsmModems 0');
  await admin.until(/^HASP 1 2 0 /);
  expect(await admin.ask('STARTTASK 3 1')).toBe(refusalOf('STARTTASK', 'ERR_NOHASPFORSTART'));
});

test('all 37 codes were seen', () => {
  expect([...seen].sort()).toEqual(Object.keys(ERRORS).sort());
});
