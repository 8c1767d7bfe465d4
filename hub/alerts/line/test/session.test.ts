import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';

let bench: LineBench;
beforeAll(async () => {
  bench = await openLineBench();
});
afterAll(() => bench.stop());

const WELCOME = ['LOGIN OK Здравствуйте,%20Анна.%20Vestnik%201.0', 'HASP 1 2 8 1 1 0'];

test('a login is greeted and told the licence', async () => {
  const client = await bench.connect();
  client.say(`LOGIN admin ${PASSWORD}`);
  expect(await client.lines(2)).toEqual(WELCOME);
});

test('before a login only LOGIN, PING and QUIT are served', async () => {
  const client = await bench.connect();
  client.say('PING', 'PING a%20b', 'GETTASKS', 'MONITORING 1', 'CHECKPASSW admin x', 'FOO', 'foo', '%50ING x', 'ADDABONENT BEGIN', 'QUIT');
  expect(await client.closed()).toEqual([
    'PING OK',
    'PING OK a%20b',
    'GETTASKS ERR_NOACCESS У%20вас%20нет%20прав%20для%20данной%20операции.',
    'MONITORING ERR_NOACCESS У%20вас%20нет%20прав%20для%20данной%20операции.',
    'CHECKPASSW ERR_NOACCESS У%20вас%20нет%20прав%20для%20данной%20операции.',
    'FOO ERR_BADSYNTAX неправильный%20синтаксис%20команды.',
    'UNKNOWN ERR_BADSYNTAX неправильный%20синтаксис%20команды.',
    'UNKNOWN ERR_BADSYNTAX неправильный%20синтаксис%20команды.',
    'ADDABONENT ERR_NOACCESS У%20вас%20нет%20прав%20для%20данной%20операции.',
    'QUIT OK',
  ]);
});

test('a wrong password is refused; a second LOGIN that fails logs out', async () => {
  const client = await bench.connect();
  expect(await client.ask('LOGIN admin wrong')).toBe(
    'LOGIN ERR_BADLOGIN указанная%20учетная%20запись%20не%20существует%20либо%20неверный%20пароль.',
  );
  client.say(`LOGIN admin ${PASSWORD}`);
  expect(await client.lines(2)).toEqual(WELCOME);
  expect(await client.ask('MONITORING 3')).toBe('MONITORING OK 3');
  expect(await client.ask('LOGIN nobody wrong')).toMatch(/^LOGIN ERR_BADLOGIN /);
  expect(await client.ask('MONITORING 3')).toMatch(/^MONITORING ERR_NOACCESS /);
});

test('CHECKPASSW keeps the user of the session', async () => {
  const client = await bench.client();
  expect(await client.ask(`CHECKPASSW admin ${PASSWORD}`)).toBe('CHECKPASSW OK admin');
  expect(await client.ask('CHECKPASSW admin wrong')).toBe('CHECKPASSW ERR_CHECKPASSW неверный%20логин/пароль.');
  expect(await client.ask('MONITORING 15')).toBe('MONITORING OK 15');
});

test('answers keep the order of pipelined requests, those that take time included', async () => {
  const client = await bench.client();
  const lines = Array.from({ length: 300 }, (_, at) => (at % 10 === 0 ? `CHECKPASSW admin ${PASSWORD}` : `PING ${at}`));
  client.say(...lines);
  expect(await client.lines(300)).toEqual(lines.map((_, at) => (at % 10 === 0 ? 'CHECKPASSW OK admin' : `PING OK ${at}`)));
});

test('wrong masks and counts are refused', async () => {
  const client = await bench.client();
  expect(await client.ask('MONITORING 16')).toMatch(/^MONITORING ERR_BADSYNTAX /);
  expect(await client.ask('MONITORING')).toMatch(/^MONITORING ERR_BADARGUMENT_COUNT /);
  expect(await client.ask('MONITORING 1 2')).toMatch(/^MONITORING ERR_BADARGUMENT_COUNT /);
  expect(await client.ask('QUIT now')).toMatch(/^QUIT ERR_BADARGUMENT_COUNT /);
});
