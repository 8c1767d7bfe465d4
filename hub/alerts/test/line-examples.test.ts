import { joinParams, splitParams } from '@vestnik/protocol/line/parameters.ts';
import { encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { expect, test } from 'vitest';
import { countedParameters, findCommand } from '../line/codec/commands.ts';
import { exclusionDate, wireDate } from '../line/codec/dates.ts';
import { readTask, writeCompounds } from '../line/codec/task-values.ts';
import { PHONE_TYPE, RESULT, readFlag, STATUS, TASK_TYPE } from '../line/codec.ts';

/** The lines of the specification's examples (3.13); `·` is a space at the end of a line. */
const CLIENT = [
  'LOGIN admin Secret-123',
  'GETTASKS',
  'GETTASK 1',
  'GETTASK 42',
  'ADDABONENT BEGIN',
  'ADDABONENT DATA 1 0 Иванов%20И.И. 10   4321  АО%20«Заря» Охрана  Инженер·',
  'ADDABONENT PHONE 1 +79161234567 1',
  'ADDABONENT EMAIL ivanov@example.org',
  'UPDATEABONENT BEGIN 15',
  'UPDATEABONENT DATA 1 0 Иванов%20И.И. 10 2026-07-01 2026-07-14 4321  АО%20«Заря» Охрана  Инженер отпуск',
  'UPDATEABONENT PHONE 1 +79161234567 1',
  'UPDATEABONENT END',
  'STARTTASK 1 1',
  'MONITORING 1',
  'STOPTASK 1',
  'GETREPORT 1 HTML',
  'UPDATLIST 3 Цех%202 ночная',
  'QUIT',
];
const SERVER = [
  'LOGIN OK Здравствуйте,%20Анна.%20Vestnik%201.0',
  'HASP 1 2 1 1 1 0',
  'GETTASKS BEGIN 2',
  'GETTASKS DATA 1 Пожар%20корпус%202 0 0',
  'GETTASKS DATA 7 Сбор%20дежурных 2 1',
  'GETTASKS END',
  'GETTASK OK 1 0 Пожар%20корпус%202 3 12 1 1111000 0;w=00:00-24:00 1;fire2;1 1;4711 0 2;t=10;n=3 rounds=3;ring=25',
  'GETTASK ERR_GETTASK Задание%20не%20найдено.',
  'ADDABONENT OK 15 1 0 Иванов%20И.И. 10   4321  2026-03-02T09:15:00 2026-03-02T09:15:00 АО%20«Заря» Охрана  Инженер·',
  'UPDATEABONENT OK 15 1 0 Иванов%20И.И. 10 2026-07-01 2026-07-14 4321  2026-03-02T09:15:00 2026-03-02T09:16:10 АО%20«Заря» Охрана  Инженер отпуск',
  'UPDATETASK OK 1 Пожар%20корпус%202 0 2',
  'MONITORING OK 1',
  'GETTASKINFO OK 1 5 2 2026-03-02T09:20:00 120 31 2 28 1 89',
  'GETTASKINFO ABON 1 5 15 3 1 2026-03-02T09:20:19 +79161234567 3',
  'UPDATETASK OK 1 Пожар%20корпус%202 0 3',
  'GETREPORT BEGIN HTML',
  'GETREPORT DATA 3C21646F63747970652068746D6C3E0A',
  'GETREPORT END',
  'UPDATLIST OK 3 Цех%202 ночная',
  'QUIT OK',
];

const bytesOf = (line: string) => encodeWindows1251(line.replace(/·$/, ' '), '?');
const wordsOf = (line: string): readonly string[] => {
  const words = splitParams(bytesOf(line));
  if ('fault' in words) throw new Error(`${line}: ${words.fault}`);
  return words;
};

test.each([...CLIENT, ...SERVER])('%s is decoded, and encoded to the same bytes', (line) => {
  expect(joinParams(wordsOf(line))).toEqual(new Uint8Array([...bytesOf(line), 13, 10]));
});

test.each(CLIENT)('%s has a command and as many parameters as it takes', (line) => {
  const [word = '', ...params] = wordsOf(line);
  const { command, spelling } = findCommand(word)!;
  expect(spelling).toBe(word);
  const [first = ''] = params;
  const counted = command.request
    ? countedParameters(params, command.request)
    : countedParameters(params.slice(1), command.block!.get(first)!);
  expect(counted).toEqual(command.request ? params : params.slice(1));
});

test('the values of the task are read and written again', () => {
  const [, , , ...values] = wordsOf(SERVER[6]!);
  const [ttype = '', ...rest] = values;
  const reading = readTask([ttype, '0', ...rest], true);
  if ('fault' in reading) throw new Error(reading.fault);
  expect(writeCompounds(reading.task)).toEqual(values.slice(6));
  expect(reading.task).toMatchObject({
    schedule: { start: { kind: 'none' }, windows: [{ from: '00:00', to: '24:00' }] },
    keyStart: { input: 'fire2', front: 'closing' },
    pinStart: { pin: '4711' },
    smsStart: null,
    confirmation: { kind: 'pin', wait: 10, tries: 3 },
  });
});

test('dates, flags and numbers of the subscriber and of the progress are read and written again', () => {
  const zone = 'Europe/Moscow';
  const subscriber = wordsOf(SERVER[9]!).slice(2);
  const [begin, end] = [exclusionDate.read(subscriber[5]!, 'begin', zone), exclusionDate.read(subscriber[6]!, 'end', zone)];
  if ('fault' in begin || 'fault' in end) throw new Error('no dates');
  expect([exclusionDate.write(begin.value, zone), exclusionDate.write(end.value, zone)]).toEqual(subscriber.slice(5, 7));
  for (const time of subscriber.slice(9, 11)) {
    const reading = wireDate.read(time, zone);
    expect('value' in reading && wireDate.write(reading.value, zone)).toBe(time);
  }
  const [, , flag, , type] = wordsOf('ADDABONENT PHONE 1 +79161234567 1');
  expect([readFlag(flag!), PHONE_TYPE.read(type!)]).toEqual([true, 1]);
  const [, , , , , result] = wordsOf(SERVER[13]!);
  expect(RESULT.read(result!)).toBe(3);
  const [, , , , ttype, status] = wordsOf(SERVER[14]!);
  expect([TASK_TYPE.read(ttype!), STATUS.read(status!)]).toEqual([0, 3]);
});
