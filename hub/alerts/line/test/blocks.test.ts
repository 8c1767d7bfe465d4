import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addGroup } from '../../add-group.ts';
import { changePerson } from '../../change-person.ts';
import { deletePeople } from '../../delete-people.ts';
import { chunk, wav } from '../../test/support/wav.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';

let bench: LineBench;
let client: LineClient;
beforeAll(async () => {
  bench = await openLineBench({ line: { blockSilence: 120 }, limits: { reopen: 2_000, upload: 300 } });
  await bench.write((tx, act) => addGroup(tx, act, { name: 'Охрана' }));
  client = await bench.client();
});
afterAll(() => bench.stop());

const BAD = 'ADDABONENT ERR_BADSYNTAX неправильный%20синтаксис%20команды.';
const data = (name: string, gid = '1'): string => `ADDABONENT DATA ${gid} 0 ${name}${' '.repeat(9)}·`;
const PING = ['PING now', 'PING OK now'] as const;
const people = async (name: string): Promise<number> => (await bench.rows('SELECT 1 FROM alerts_person WHERE name = $1', name)).length;
const block = (name: string, ...more: string[]): string[] => ['ADDABONENT BEGIN', data(name), ...more];
const okOf = (name: string): RegExp => new RegExp(`^ADDABONENT OK \\d+ 1 0 ${name} 100 `);

describe('the end of a block', () => {
  test('END: the answer ends with END, too', async () => {
    client.say(...block('Антон', 'ADDABONENT PHONE 1 +79160000001 1', 'ADDABONENT END'));
    const [ok = '', ...rest] = await client.lines(3);
    expect(ok).toMatch(okOf('Антон'));
    expect(rest).toEqual(['ADDABONENT PHONE 1 +79160000001 1', 'ADDABONENT END']);
  });

  test('a foreign line: the block is answered first, in the form of the source', async () => {
    client.say(...block('Борис', 'ADDABONENT EMAIL b@example.org'), PING[0]);
    const [ok = '', ...rest] = await client.lines(3);
    expect(ok).toMatch(okOf('Борис'));
    expect(rest).toEqual(['ADDABONENT EMAIL b@example.org', PING[1]]);
  });

  test('another BEGIN', async () => {
    client.say(...block('Вера'), ...block('Глеб', 'ADDABONENT END'));
    const [first = '', second = '', end] = await client.lines(3);
    expect(first).toMatch(okOf('Вера'));
    expect(second).toMatch(okOf('Глеб'));
    expect(end).toBe('ADDABONENT END');
  });

  test('silence after DATA, but none before it', async () => {
    client.say('ADDABONENT BEGIN');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(client.heard()).toEqual([]);
    client.say(data('Дина'));
    expect(await client.line()).toMatch(okOf('Дина'));
  });

  test('bytes that come slowly are no silence', async () => {
    client.say(...block('Егор'));
    for (const byte of Buffer.from('ADDABONENT PHONE 1 +79160000002 1\r\n')) {
      client.write(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [ok = '', phone] = await client.lines(2);
    expect(ok).toMatch(okOf('Егор'));
    expect(phone).toBe('ADDABONENT PHONE 1 +79160000002 1');
  });

  test('a connection that ends before writes nothing', async () => {
    const other = await bench.client();
    other.say(...block('Жанна'));
    other.socket.end();
    expect(await other.closed()).toEqual([]);
    const cut = await bench.client();
    cut.say(...block('Жанна'), 'ADDABONENT PHONE 1 +791');
    cut.socket.destroy();
    await expect.poll(() => bench.server.sessions).toBe(1);
    expect(await people('Жанна')).toBe(0);
  });
});

describe('late lines', () => {
  test('reopen the block: they are appended, and the whole is answered again', async () => {
    client.say(...block('Зоя', 'ADDABONENT PHONE 1 +79160000003 1'));
    const [first = ''] = await client.lines(2);
    client.say('ADDABONENT PHONE 0 +79160000004 0', 'ADDABONENT EMAIL zoya@example.org');
    const again = await client.lines(4);
    expect(again[0]?.split(' ')[2]).toBe(first.split(' ')[2]);
    expect(again.slice(1)).toEqual([
      'ADDABONENT PHONE 1 +79160000003 1',
      'ADDABONENT PHONE 0 +79160000004 0',
      'ADDABONENT EMAIL zoya@example.org',
    ]);
    client.say('ADDABONENT EMAIL z@example.org', 'ADDABONENT END');
    expect((await client.until(/END$/)).slice(1)).toEqual([
      'ADDABONENT PHONE 1 +79160000003 1',
      'ADDABONENT PHONE 0 +79160000004 0',
      'ADDABONENT EMAIL zoya@example.org',
      'ADDABONENT EMAIL z@example.org',
      'ADDABONENT END',
    ]);
    expect(await people('Зоя')).toBe(1);
  });

  test('leave what others have changed meanwhile', async () => {
    client.say(...block('Инна', 'ADDABONENT PHONE 1 +79160000011 1'));
    const [first = ''] = await client.lines(2);
    const id = Number(first.split(' ')[2]);
    const phones = [{ number: '+79160000012', type: 1, enabled: true }] as const;
    await bench.write((tx, act) => changePerson(tx, act, { id, change: { name: 'Инна Львовна', phones: [...phones], pin: '77' } }));
    client.say('ADDABONENT PHONE 1 +79160000013 1', 'ADDABONENT END');
    const again = await client.until(/END$/);
    expect(again[0]).toContain(` ${id} 1 0 Инна%20Львовна 100   77 `);
    expect(again.slice(1)).toEqual(['ADDABONENT PHONE 1 +79160000012 1', 'ADDABONENT PHONE 1 +79160000013 1', 'ADDABONENT END']);
  });

  test('of a subscriber who was deleted meanwhile are refused', async () => {
    client.say(...block('Яна'));
    const id = Number((await client.line()).split(' ')[2]);
    await bench.write((tx, act) => deletePeople(tx, act, [id]));
    client.say('ADDABONENT EMAIL yana@example.org', 'ADDABONENT END');
    expect(await client.line()).toBe(BAD);
    expect(await people('Яна')).toBe(0);
  });

  test('an END that was late is answered', async () => {
    client.say(...block('Иван'));
    await client.line();
    client.say('ADDABONENT END');
    expect((await client.lines(2))[1]).toBe('ADDABONENT END');
  });

  test('not after another command, nor after their time', async () => {
    client.say(...block('Клара'));
    await client.line();
    expect(await client.ask(PING[0])).toBe(PING[1]);
    expect(await client.ask('ADDABONENT PHONE 1 +79160000005 1')).toBe(BAD);
    client.say(...block('Лев'));
    await client.line();
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await client.ask('ADDABONENT PHONE 1 +79160000005 1')).toBe(BAD);
  });
});

describe('a wrong block is one error at its end and writes nothing', () => {
  const phones = Array.from({ length: 21 }, (_, at) => `ADDABONENT PHONE 1 +7916000${1000 + at} 1`);
  test.each([
    ['two DATA', [...block('Муха'), data('Муха')]],
    ['PHONE first', ['ADDABONENT BEGIN', 'ADDABONENT PHONE 1 +79160000001 1', data('Муха')]],
    ['21 phones', block('Муха', ...phones)],
    ['21 mails', block('Муха', ...phones.map((_, at) => `ADDABONENT EMAIL m${at}@example.org`))],
    ['no DATA', ['ADDABONENT BEGIN']],
    ['a flag that is none', block('Муха', 'ADDABONENT PHONE 2 +79160000001 1')],
    ['a phone that is none', block('Муха', 'ADDABONENT PHONE 1 abc 1')],
    ['a mail that is none', block('Муха', 'ADDABONENT EMAIL abc')],
    ['a NUL', block('Муха', 'ADDABONENT EMAIL a%00@example.org')],
    ['a tab', block('Муха', 'ADDABONENT EMAIL a\t@example.org')],
    ['a line over the limit', block('Муха', `ADDABONENT EMAIL ${'a'.repeat(70_000)}`)],
    ['a group that is no number', ['ADDABONENT BEGIN', data('Муха', 'x')]],
  ])('%s', async (_, lines) => {
    client.say(...lines, 'ADDABONENT END', PING[0]);
    expect(await client.lines(2)).toEqual([BAD, PING[1]]);
    expect(await people('Муха')).toBe(0);
  });

  test('wrong counts of values, before and behind', async () => {
    client.say('ADDABONENT BEGIN', 'ADDABONENT DATA 1 0 Муха', 'ADDABONENT END', PING[0]);
    expect(await client.lines(2)).toEqual([
      BAD.replace(/ERR.*/, 'ERR_BADARGUMENT_COUNT синтаксическая%20ошибка:%20неправильное%20количество%20аргументов.'),
      PING[1],
    ]);
    client.say('ADDABONENT BEGIN 7', data('Муха'), 'ADDABONENT END', PING[0]);
    expect((await client.lines(2))[0]).toMatch(/^ADDABONENT ERR_BADARGUMENT_COUNT /);
  });

  test('lines of a block that was never begun', async () => {
    expect(await client.ask('ADDABONENT END')).toBe(BAD);
    expect(await client.ask('ADDABONENT FOO')).toBe(BAD);
    expect(await client.ask('ADDABONENT')).toMatch(/^ADDABONENT ERR_BADARGUMENT_COUNT /);
    expect(await client.ask(data('Муха'))).toBe(BAD);
  });

  test('an unknown group, an unknown subscriber', async () => {
    client.say('ADDABONENT BEGIN', data('Муха', '777'), 'ADDABONENT END', PING[0]);
    expect(await client.lines(2)).toEqual(['ADDABONENT ERR_GROUPADDABONENTS не%20удалось%20добавить%20абонентов%20в%20группу', PING[1]]);
    client.say('UPDATEABONENT BEGIN 777', data('Муха').replace('ADD', 'UPDATE'), 'UPDATEABONENT END', PING[0]);
    expect(await client.lines(2)).toEqual(['UPDATEABONENT ERR_GETABONENT Абонент%20не%20найден.', PING[1]]);
  });

  test('without the right, the block is swallowed and refused once', async () => {
    await bench.operator('viewer', ['alerts.view']);
    const viewer = await bench.client('viewer');
    viewer.say(...block('Муха', 'ADDABONENT END'), PING[0]);
    expect(await viewer.lines(2)).toEqual(['ADDABONENT ERR_NOACCESS У%20вас%20нет%20прав%20для%20данной%20операции.', PING[1]]);
  });
});

describe('files', () => {
  const sound = wav({ data: 30_000 });
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const lines = (name: string, content: Buffer, size = content.length, end = 'SENDRAWFILE END'): string[] => {
    const pieces = Array.from({ length: Math.ceil(content.length / 10_000) }, (_, at) => content.subarray(at * 10_000, (at + 1) * 10_000));
    return [`SENDRAWFILE BEGIN ${name} ${size}`, ...pieces.map((piece) => `SENDRAWFILE DATA ${hex(piece)}`), end];
  };
  const REFUSED = 'SENDRAWFILE ERR_BADSYNTAX неправильный%20синтаксис%20команды.';

  test('are stored as sent, and read as they were', async () => {
    client.say(...lines('тревога.wav', sound, sound.length, `SENDRAWFILE END ${crc32(sound).toString(16).padStart(8, '0')}`));
    expect(await client.line()).toBe(`SENDRAWFILE OK тревога.wav ${sound.length}`);
    client.say('GETRAWFILE тревога.wav');
    const [begin, ...rest] = await client.until(/^GETRAWFILE END$/);
    expect(begin).toBe(`GETRAWFILE BEGIN тревога.wav ${sound.length}`);
    const bytes = rest.slice(0, -1).map((line) => line.slice('GETRAWFILE DATA '.length));
    expect(Buffer.from(bytes.join(''), 'hex').equals(sound)).toBe(true);
    expect(new Set(bytes.slice(0, -1).map((line) => line.length))).toEqual(new Set([4_096]));
    expect(bytes.join('')).toBe(bytes.join('').toUpperCase());
  });

  test.each([
    ['odd digits', ['SENDRAWFILE BEGIN a.wav 2', 'SENDRAWFILE DATA 52494', 'SENDRAWFILE END']],
    ['no digits', ['SENDRAWFILE BEGIN a.wav 2', 'SENDRAWFILE DATA xy', 'SENDRAWFILE END']],
    ['an empty line of data', ['SENDRAWFILE BEGIN a.wav 2', 'SENDRAWFILE DATA·', 'SENDRAWFILE END']],
    [
      'too long a line of data',
      lines('a.wav', sound).map((line) => (line.includes('DATA') ? `SENDRAWFILE DATA ${'00'.repeat(16_385)}` : line)),
    ],
    ['a size too small', lines('a.wav', sound, sound.length - 1)],
    ['a size too large', lines('a.wav', sound, sound.length + 1)],
    ['no size', lines('a.wav', sound, 0)],
    ['more than 20 MiB', lines('a.wav', sound, 20 * 1024 * 1024 + 1)],
    ['a path', lines('../x', sound)],
    ['another checksum', lines('a.wav', sound, sound.length, 'SENDRAWFILE END 00000000')],
    ['a checksum that is none', lines('a.wav', sound, sound.length, 'SENDRAWFILE END 123')],
    [
      'chunk sizes that lie',
      lines('a.wav', Buffer.concat([chunk('RIFF', Buffer.from('WAVE'), 2 ** 31), chunk('fmt ', Buffer.alloc(16), 2 ** 31)])),
    ],
    ['a zip', lines('a.wav', Buffer.from('PK\u0003\u0004zip'.padEnd(200, 'x')))],
  ])('%s: one error, nothing is stored', async (_, sent) => {
    client.say(...sent, PING[0]);
    expect(await client.lines(2)).toEqual([REFUSED, PING[1]]);
    expect(await client.ask('GETRAWFILE a.wav')).toMatch(/^GETRAWFILE ERR_NOFILE /);
  });

  test('a foreign line and silence make half a file fail', async () => {
    client.say(...lines('a.wav', sound).slice(0, -1), PING[0]);
    expect(await client.lines(2)).toEqual([REFUSED, PING[1]]);
    client.say(...lines('a.wav', sound).slice(0, -1));
    expect(await client.line()).toBe(REFUSED);
  });

  test('what is being sent to one hub is bounded', async () => {
    const big = `SENDRAWFILE BEGIN big.wav ${20 * 1024 * 1024}`;
    const before = bench.server.sessions;
    const sessions = await Promise.all(Array.from({ length: 5 }, () => bench.client()));
    for (const one of sessions) one.say(PING[0], big);
    for (const one of sessions) expect(await one.line()).toBe(PING[1]);
    client.say(big, 'SENDRAWFILE END', PING[0]);
    expect(await client.lines(2)).toEqual([REFUSED, PING[1]]);
    for (const one of sessions) one.end();
    await expect.poll(() => bench.server.sessions).toBe(before);
    client.say(...lines('b.wav', sound));
    expect(await client.line()).toBe(`SENDRAWFILE OK b.wav ${sound.length}`);
  });
});
