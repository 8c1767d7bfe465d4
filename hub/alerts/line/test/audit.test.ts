import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wav } from '../../test/support/wav.ts';
import { COMMANDS, type CommandName } from '../codec/commands.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

/** Specification of alerts 8.3.5, on the line: every edit, start, stop, file access and report is audited. */
let bench: LineBench;
let client: LineClient;
beforeAll(async () => {
  bench = await openLineBench({
    reportOf: async function* () {
      yield Buffer.from('report');
    },
  });
  await standardData(bench);
  await workingChannel(bench, 4, 'Mail');
  client = await bench.client();
});
afterAll(() => bench.stop());

const SOUND = wav();
const card = (name: string): string => `DATA 1 0 ${name} 10   4321     ·`;

/** In the order in which they can be performed: what a command needs was made by those before it. */
const EDITS: readonly (readonly [CommandName, readonly string[], action: string, object: string])[] = [
  ['ADDGROUP', ['ADDGROUP A x'], 'alerts.group.add', '2'],
  ['UPDATEGROUP', ['UPDATEGROUP 2 B x'], 'alerts.group.change', '2'],
  ['ADDABONENT', ['ADDABONENT BEGIN', `ADDABONENT ${card('Anna')}`, 'ADDABONENT END'], 'alerts.person.add', '1'],
  ['UPDATEABONENT', ['UPDATEABONENT BEGIN 1', `UPDATEABONENT ${card('Anne')}`, 'UPDATEABONENT END'], 'alerts.person.change', '1'],
  ['GROUPADDABONENTS', ['GROUPADDABONENTS 2 1'], 'alerts.group.join', '2'],
  ['ADDLIST', ['ADDLIST L x'], 'alerts.list.add', '2'],
  ['UPDATELIST', ['UPDATELIST 2 M x'], 'alerts.list.change', '2'],
  ['LISTADDABONENTS', ['LISTADDABONENTS 2 1'], 'alerts.list.change-members', '2'],
  ['LISTADDGROUPS', ['LISTADDGROUPS 2 1'], 'alerts.list.change-members', '2'],
  ['LISTDELABONENTS', ['LISTDELABONENTS 2 1'], 'alerts.list.change-members', '2'],
  ['LISTDELGROUPS', ['LISTDELGROUPS 2 1'], 'alerts.list.change-members', '2'],
  ['LISTCLEAR', ['LISTADDABONENTS 2 1', 'LISTCLEAR 2'], 'alerts.list.clear', '2'],
  ['DELLIST', ['DELLIST 2'], 'alerts.list.delete', '2'],
  [
    'SENDRAWFILE',
    [`SENDRAWFILE BEGIN a.wav ${SOUND.length}`, `SENDRAWFILE DATA ${SOUND.toString('hex')}`, 'SENDRAWFILE END'],
    'alerts.file.add',
    'a.wav',
  ],
  ['GETRAWFILE', ['GETRAWFILE a.wav'], 'alerts.file.read', 'a.wav'],
  ['ADDMESSAGE', ['ADDMESSAGE 3 N   Hi'], 'alerts.message.add', '2'],
  ['UPDATEMESSAGE', ['UPDATEMESSAGE 2 3 N   Ho'], 'alerts.message.change', '2'],
  ['DELMESSAGE', ['DELMESSAGE 2'], 'alerts.message.delete', '2'],
  ['ADDTASK', ['ADDTASK 3 0 T 1 1 5  0 0 0 0 0·'], 'alerts.task.add', '2'],
  ['UPDATETASK', ['UPDATETASK 2 3 0 U 1 1 5  0 0 0 0 0·'], 'alerts.task.change', '2'],
  ['DELTASK', ['DELTASK 2'], 'alerts.task.delete', '2'],
  ['STARTTASK', ['STARTTASK 1 1'], 'alerts.task.start', '1'],
  ['STOPTASK', ['STOPTASK 1'], 'alerts.task.stop', '1'],
  ['STARTTASK', ['STARTTASK 1 0'], 'alerts.task.continue', '1'],
  ['GETREPORT', ['GETREPORT 1'], 'alerts.report.read', '1'],
  ['DELABONENTS', ['DELABONENTS 1'], 'alerts.person.delete', '1'],
  ['DELGROUP', ['DELGROUP 2'], 'alerts.group.delete', '2'],
  ['SETCHANINFO', ['SETCHANINFO 1 0 Mail window=3'], 'alerts.channel.change', '1'],
  ['SETCONFIG', ['SETCONFIG personGap 11'], 'alerts.setting.change', 'personGap'],
  ['USERADD', ['USERADD bob Secret-123 Bob 1'], 'identity.operator.add', 'bob'],
  ['USERCHG', ['USERCHG bob  Rob 3'], 'identity.operator.change', 'bob'],
  ['USERDEL', ['USERDEL bob'], 'identity.operator.remove', 'bob'],
];
/** They read, or are about the session; speech is not served. */
const OTHERS = (
  'LOGIN CHECKPASSW PING QUIT MONITORING USERS USER GETCONFIG GETLOG GETTASKS GETTASK GETTASKINFO GETGROUPS GETLISTS GETABONENTS GETABONENT ' +
  'MESSAGES GETTTS TTS GETCHANNELS GETCHANINFO'
).split(' ');

test('the table has every command that edits, starts, stops, or hands out a file', () => {
  const edits = new Set<string>(EDITS.map(([name]) => name));
  expect([...COMMANDS.keys()].filter((name) => !edits.has(name)).sort()).toEqual([...OTHERS].sort());
});

describe.each(EDITS)('%s', (_, lines, action, object) => {
  test(`${lines.at(-1)?.slice(0, 40)} is audited as ${action}`, async () => {
    const [before] = await bench.rows<{ id: string }>('SELECT COALESCE(max(id), 0)::text AS id FROM audit');
    client.say(...lines, 'PING done');
    const answers = await client.until(/^PING OK done$/);
    expect(answers.filter((line) => line.includes(' ERR_'))).toEqual([]);
    const written = await bench.rows(
      'SELECT login, face, address, action, object, request_id IS NOT NULL AS asked FROM audit WHERE id > $1',
      before?.id ?? '0',
    );
    expect(written).toContainEqual({ login: 'admin', face: 'line', address: '127.0.0.1', action, object, asked: true });
  });
});
