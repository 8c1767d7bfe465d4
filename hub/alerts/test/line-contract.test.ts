import { expect, test } from 'vitest';
import { COMMANDS, type Command } from '../line/codec/commands.ts';

/**
 * The 52 commands as the specification has them (alerts, 3.2 to 3.7): request, rights (- none, 0 any login), own errors. Written down a second time on purpose: a slip
 * in the table by which the server counts, admits and documents is found here and nowhere else.
 */
const TASK = '<ttype> <tstatus> <name> <listid> <messageid> <priority> <channels> <shedule> <rkey> <rpin> <rsms> <confirm> <addinfo>';
const PERSON =
  '<gid> <remote> <name> <priority> <experiodbegin> <experiodend> <pin> <ipaddress> <organization> <departament> <rank> <position> <description>';
const CONTRACT = `
LOGIN <login> <password> | - | ERR_BADLOGIN
CHECKPASSW <login> <password> | 0 | ERR_CHECKPASSW
PING [token] | - |
QUIT | - |
MONITORING <mask> | 1 |
USERS | 32 |
USER [login] | 0 | ERR_BADLOGIN
USERADD <login> <password> <name> <rights> | 32 | ERR_USERALREADY ERR_USERADD
USERCHG <login> <password> <name> <rights> [enabled] | 0 | ERR_USERCHG
USERDEL <login> | 32 | ERR_USERDEL
GETCONFIG [prefix] | 16 |
SETCONFIG <key> <value> | 16 |
GETLOG <date> [offset] | 64 | ERR_NOLOGFILE
GETTASKS | 1 |
GETTASK <id> | 1 | ERR_GETTASK
GETTASKINFO <id> [run] | 1 | ERR_GETTASK ERR_TASKNOTRUNNING
ADDTASK ${TASK} | 4 | ERR_ADDTASK
UPDATETASK <id> ${TASK} | 4 | ERR_GETTASK ERR_UPDATETASK
DELTASK <id> | 4 | ERR_GETTASK ERR_ADDTASK
STARTTASK <id> <restart> | 8 | ERR_GETTASK ERR_NOHASPFORSTART ERR_NOGSM
STOPTASK <id> | 8 | ERR_GETTASK
GETREPORT <id> [format] [run] | 1 | ERR_GETREPORT ERR_TASKNOTRUNNING
GETGROUPS [lid] | 1 |
ADDGROUP <name> <desc> | 2 | ERR_ADDGROUP
UPDATEGROUP <id> <name> <desc> | 2 | ERR_UPDATEGROUP
DELGROUP <id> | 2 | ERR_DELGROUP
GROUPADDABONENTS <gid> <ids> | 2 | ERR_GROUPADDABONENTS
GETLISTS | 1 |
ADDLIST <name> <desc> | 2 | ERR_ADDLIST
UPDATELIST <id> <name> <desc> | 2 | ERR_UPDATELIST
DELLIST <id> | 2 | ERR_LISTUSE ERR_DELLIST
LISTCLEAR <lid> | 2 | ERR_LISTCLEAR
LISTADDABONENTS <lid> <ids> | 2 | ERR_LISTADDABONENTS
LISTADDGROUPS <lid> <gids> | 2 | ERR_LISTADDGROUPS
LISTDELABONENTS <lid> <ids> | 2 | ERR_LISTADDABONENTS
LISTDELGROUPS <lid> <gids> | 2 | ERR_LISTADDGROUPS
GETABONENTS [gid] [lid] | 1 |
GETABONENT <id> | 1 | ERR_GETABONENT
ADDABONENT BEGIN / DATA ${PERSON} / PHONE <enabled> <phone> <type> / EMAIL <email> / END | 2 | ERR_GROUPADDABONENTS
UPDATEABONENT BEGIN <id> / DATA ${PERSON} / PHONE <enabled> <phone> <type> / EMAIL <email> / END | 2 | ERR_GETABONENT ERR_GROUPADDABONENTS
DELABONENTS <ids> | 2 | ERR_DELABONENTS
MESSAGES | 1 |
ADDMESSAGE <type> <name> <file> <voice> <text> | 2 | ERR_NOFILE ERR_NOHASP ERR_ADDMESSAGE
UPDATEMESSAGE <id> <type> <name> <file> <voice> <text> | 2 | ERR_NOFILE ERR_UPDATEMESSAGE
DELMESSAGE <id> | 2 | ERR_MESSAGEUSE ERR_DELMESSAGE
SENDRAWFILE BEGIN <name> <size> / DATA <hex> / END [crc32] | 2 |
GETRAWFILE <file> | 1 | ERR_NOFILE
GETTTS | 1 | ERR_GETTTS
TTS <voice> <rate> <text> | 2 | ERR_NOHASP ERR_GETTTS
GETCHANNELS | 1 |
GETCHANINFO <n> | 1 |
SETCHANINFO <n> <enabled> <name> <params> | 16 | ERR_NOHASP
`;

const requestOf = ({ name, request, block }: Command): string => {
  if (request) return [name, ...request.names].join(' ');
  return `${name} ${Array.from(block ?? [], ([word, { names }]) => [word, ...names].join(' ')).join(' / ')}`;
};
const rightsOf = ({ beforeLogin, rights }: Command): string => (beforeLogin ? '-' : String(rights));

test('each command is asked, admitted and refused as the specification says', () => {
  const table = Array.from(COMMANDS.values(), (command) =>
    `${requestOf(command)} | ${rightsOf(command)} | ${command.errors.join(' ')}`.trimEnd(),
  );
  expect(table).toEqual(CONTRACT.trim().split('\n'));
});

test('answers carry the name of their command, but those of a start and a stop', () => {
  const others = Array.from(COMMANDS.values()).filter(({ name, answersAs }) => name !== answersAs);
  expect(others.map(({ name, answersAs }) => [name, answersAs])).toEqual([
    ['STARTTASK', 'UPDATETASK'],
    ['STOPTASK', 'UPDATETASK'],
  ]);
});
