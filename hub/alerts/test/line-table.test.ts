import { createHash } from 'node:crypto';
import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { splitParams } from '@vestnik/protocol/line/parameters.ts';
import { decodeWindows1251, encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { describe, expect, test } from 'vitest';
import { COMMANDS, countedParameters, findCommand, refusedName } from '../line/codec/commands.ts';
import { ERRORS } from '../line/codec/errors.ts';
import {
  abonentsFilter,
  errorLine,
  haspLine,
  MESSAGE_TYPE,
  PHONE_TYPE,
  REMOTE,
  RESULT,
  STATUS,
  TASK_TYPE,
  welcomeLine,
} from '../line/codec.ts';

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const text = (out: LineWriter) => decodeWindows1251(out.take());
const commands = [...COMMANDS.values()];
const counts = (word: string) => {
  const request = findCommand(word)?.command.request;
  return [request?.least, request?.most];
};

describe('the commands', () => {
  test('are the 52 of Appendix A', () => {
    expect(commands).toHaveLength(52);
    expect(commands.map(({ number }) => number)).toEqual(Array.from({ length: 52 }, (_, index) => index + 1));
    // Of the names in the order of the appendix, which is that of the alphabet.
    expect(
      sha256(
        commands
          .map(({ name }) => name)
          .sort()
          .join('\n'),
      ),
    ).toBe('b13aaad43b6fcddbeb6be711fc2a879ec66d62385ecc713e562e8568d6fc959d');
  });

  test('take as many parameters as the specification says', () => {
    expect(counts('GETTASKS')).toEqual([0, 0]);
    expect(counts('LOGIN')).toEqual([2, 2]);
    expect(counts('ADDTASK')).toEqual([13, 13]);
    expect(counts('UPDATETASK')).toEqual([14, 14]);
    expect(counts('GETREPORT')).toEqual([1, 3]);
    expect(counts('GETABONENTS')).toEqual([0, 2]);
    expect(counts('USERCHG')).toEqual([4, 5]);
    const { block } = COMMANDS.get('UPDATEABONENT')!;
    expect(Array.from(block!, ([word, { least, most }]) => [word, least, most])).toEqual([
      ['BEGIN', 1, 1],
      ['DATA', 13, 13],
      ['PHONE', 3, 3],
      ['EMAIL', 1, 1],
      ['END', 0, 0],
    ]);
    expect(COMMANDS.get('SENDRAWFILE')!.block!.get('END')).toMatchObject({ least: 0, most: 1 });
  });

  test('have either one line or several, and parameters that may be missing stand last', () => {
    for (const { name, request, block } of commands) {
      expect(request === undefined, name).toBe(block !== undefined);
      for (const { names, least } of [...(request ? [request] : []), ...(block?.values() ?? [])]) {
        names.forEach((parameter, index) => void expect(parameter, name).toMatch(index < least ? /^<\w+>$/ : /^\[\w+\]$/));
      }
    }
  });

  test('ask for rights, and only three are served before a login', () => {
    expect(commands.filter(({ beforeLogin }) => beforeLogin).map(({ name }) => name)).toEqual(['LOGIN', 'PING', 'QUIT']);
    expect(commands.filter(({ rights }) => rights === 0).map(({ name }) => name)).toEqual([
      'LOGIN',
      'CHECKPASSW',
      'PING',
      'QUIT',
      'USER',
      'USERCHG',
    ]);
    expect(COMMANDS.get('STARTTASK')).toMatchObject({
      rights: 8,
      answersAs: 'UPDATETASK',
      errors: ['ERR_GETTASK', 'ERR_NOHASPFORSTART', 'ERR_NOGSM'],
    });
    expect(COMMANDS.get('GETLOG')?.rights).toBe(64);
  });

  test('name errors of which each is answered by some command', () => {
    const everywhere = ['ERR_BADARGUMENT_COUNT', 'ERR_BADSYNTAX', 'ERR_NOACCESS'];
    const named = new Set(commands.flatMap(({ errors }) => errors));
    expect([...named, ...everywhere].sort()).toEqual(Object.keys(ERRORS).sort());
  });

  test('are told in two languages', () => {
    for (const { name, en, ru } of commands) {
      expect(en, name).toMatch(/^[A-Z].*\.$/);
      expect(ru, name).toMatch(/^[А-ЯЁ].*\.$/);
    }
  });

  test('are found by their aliases, too', () => {
    expect(findCommand('UPDATLIST')).toMatchObject({ command: { name: 'UPDATELIST' }, spelling: 'UPDATLIST', attached: undefined });
    expect(findCommand('LISTDELGROUPS5')).toMatchObject({ command: { name: 'LISTDELGROUPS' }, spelling: 'LISTDELGROUPS', attached: '5' });
    for (const word of ['', 'gettasks', 'LISTDELGROUPS', 'LISTDELGROUPSx', 'LISTADDGROUPS5', 'constructor'])
      expect(findCommand(word)?.command.name).toBe(word === 'LISTDELGROUPS' ? word : undefined);
    expect(['FOO', 'A'.repeat(32), 'A'.repeat(33), 'foo', '', 'FOO1'].map(refusedName)).toEqual([
      'FOO',
      'A'.repeat(32),
      'UNKNOWN',
      'UNKNOWN',
      'UNKNOWN',
      'UNKNOWN',
    ]);
  });

  test('count an empty last parameter that may be missing as missing', () => {
    const request = COMMANDS.get('GETREPORT')!.request!;
    expect(countedParameters(['1', '', ''], request)).toEqual(['1']);
    expect(countedParameters(['1', '', '5'], request)).toEqual(['1', '', '5']);
    expect(countedParameters([], request)).toBeUndefined();
    expect(countedParameters(['1', '2', '3', ''], request)).toBeUndefined();
    expect(countedParameters([''], request)).toEqual(['']);
    expect(countedParameters([''], COMMANDS.get('GETTASKS')!.request!)).toBeUndefined();
  });
});

describe('the errors', () => {
  test('are the 40 lines of Appendix B, byte for byte', () => {
    const lines: string[] = [];
    for (const [code, { lines: numbers, text: words, deletion }] of Object.entries(ERRORS)) {
      lines[numbers[0]! - 1] = `${code} ${words}`;
      if (deletion !== undefined) lines[numbers[1]! - 1] = `${code} ${deletion}`;
    }
    expect(lines).toHaveLength(40);
    expect(Object.keys(ERRORS)).toHaveLength(37);
    expect(sha256(encodeWindows1251(lines.join('\n'), '?'))).toBe('098cc46bcf4239ac7aa23ff1362daba661e8d8c0cb11ff7ccd41d0fde077fbdf');
  });

  test('are written as one parameter; three have words of their own for deletions', () => {
    const out = new LineWriter();
    errorLine(out, 'GETTASK', 'ERR_GETTASK');
    expect(text(out)).toBe('GETTASK ERR_GETTASK Задание%20не%20найдено.\r\n');
    errorLine(out, 'DELTASK', 'ERR_ADDTASK', 'deletion');
    expect(text(out)).toBe('DELTASK ERR_ADDTASK не%20удалось%20удалить%20задание.\r\n');
    errorLine(out, 'ADDTASK', 'ERR_ADDTASK');
    expect(text(out)).toBe('ADDTASK ERR_ADDTASK не%20удалось%20создать%20задание.\r\n');
    errorLine(out, 'DELTASK', 'ERR_GETTASK', 'deletion');
    expect(splitParams(out.take().subarray(0, -2))).toEqual(['DELTASK', 'ERR_GETTASK', 'Задание не найдено.']);
  });
});

test('the greeting and the licence are lines of their own', () => {
  const licence = { present: true, boards: 2, gsmModems: 1, dynamicTts: true, email: true, e1: false };
  const out = new LineWriter();
  welcomeLine(out, 'Анна', '1.0', licence);
  expect(text(out)).toBe('LOGIN OK Здравствуйте,%20Анна.%20Vestnik%201.0\r\nHASP 1 2 1 1 1 0\r\n');
  haspLine(out, { ...licence, present: false, e1: true });
  expect(text(out)).toBe('HASP 0 2 1 1 1 1\r\n');
});

test('numbers of the closed lists are those of the specification, read with leading zeros and in no other spelling', () => {
  for (const [numbering, most] of [
    [TASK_TYPE, 3],
    [STATUS, 6],
    [MESSAGE_TYPE, 3],
    [PHONE_TYPE, 4],
    [REMOTE, 2],
    [RESULT, 15],
  ] as const) {
    for (let number = 0; number <= most; number++) {
      const read = numbering.read(String(number));
      expect(read).toBeDefined();
      expect((numbering.write as (value: unknown) => number)(read)).toBe(number);
      expect(numbering.read(`00${number}`)).toBe(read);
    }
    for (const wrong of [String(most + 1), '', '-1', '1.0', '+1', 'x', '1e0', ' 1']) expect(numbering.read(wrong)).toBeUndefined();
  }
});

test('a filter of subscribers is a group, a list, both or none', () => {
  expect(abonentsFilter([])).toEqual({ group: undefined, list: undefined, direct: true });
  expect(abonentsFilter(['3'])).toMatchObject({ group: 3, list: undefined });
  expect(abonentsFilter(['0', '5'])).toMatchObject({ group: undefined, list: 5 });
  expect(abonentsFilter(['', '5'])).toMatchObject({ group: undefined, list: 5 });
  expect(abonentsFilter(['3', '5'])).toMatchObject({ group: 3, list: 5 });
  for (const wrong of [['x'], ['3', '-1'], ['2147483648'], ['00', '1.5']]) expect(abonentsFilter(wrong)).toBeUndefined();
});
