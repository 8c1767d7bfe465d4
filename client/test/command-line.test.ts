import { CLIENT_OPTIONS } from '@vestnik/protocol/client-options.ts';
import { describe, expect, test } from 'vitest';
import { COMMANDS, parseCommandLine } from '../command-line.ts';
import { ExitError } from '../exit.ts';
import { renderHelp } from '../help.ts';
import { parseSelection } from '../replay.ts';

describe('keys', () => {
  test('one dash or two, any case, value apart or attached', () => {
    for (const argv of [['-WAIT', '5'], ['--wait', '5'], ['-Wait=5'], ['--wAIT=5']]) {
      expect(parseCommandLine(argv).values).toEqual(new Map([['Wait', '5']]));
    }
  });

  test('every key of the configuration is a key of the command line', () => {
    for (const { key } of CLIENT_OPTIONS) expect(parseCommandLine([`-${key.toLowerCase()}`, 'x']).values).toEqual(new Map([[key, 'x']]));
  });

  test('commands, -conf, and what stands beside them', () => {
    expect(parseCommandLine([]).command).toEqual({ kind: 'run' });
    expect(parseCommandLine(['--HELP']).command).toEqual({ kind: 'help' });
    expect(parseCommandLine(['-once', '-conf', 'a.conf', '-storage', '-x'])).toEqual({
      command: { kind: 'once' },
      file: 'a.conf',
      values: new Map([['Storage', '-x']]),
    });
    expect(parseCommandLine(['-inspect', 'dir']).command).toEqual({ kind: 'inspect', path: 'dir' });
    expect(parseCommandLine(['-replay=seq:1-2']).command).toEqual({ kind: 'replay', selection: 'seq:1-2' });
  });

  test.each([
    [['-colour', 'red']],
    [['once']],
    [['-']],
    [['-wait']],
    [['-wait', '1', '-Wait', '2']],
    [['-conf', 'a', '-conf', 'b']],
    [['-once', '-check']],
    [['-once=yes']],
    [['-inspect']],
    [['-\u0000']],
  ])('refused with exit 2: %s', (argv) => {
    try {
      parseCommandLine(argv);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ExitError);
      expect((error as ExitError).exit).toBe(2);
    }
  });
});

describe('help', () => {
  test.each(['en', 'ru'] as const)('in %s it has every key and every command, and fits a terminal', (language) => {
    const help = renderHelp(language);
    for (const { key } of CLIENT_OPTIONS) expect(help).toMatch(new RegExp(`^  -${key} `, 'm'));
    for (const { name } of COMMANDS) expect(help).toMatch(new RegExp(`^  -${name} `, 'm'));
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(125);
    expect(/[а-я]{4}/.test(help)).toBe(language === 'ru');
  });
});

describe('-replay', () => {
  const zone = 'Europe/Moscow';

  test('numbers, sequences, periods', () => {
    expect(parseSelection('4214200000002, 4214200000003', zone)).toEqual({ numbers: ['4214200000002', '4214200000003'] });
    expect(parseSelection('SEQ:100-200,300', zone)).toEqual({
      sequences: [
        { from: 100, to: 200 },
        { from: 300, to: 300 },
      ],
    });
    expect(parseSelection('2026-11-01..2026-11-02', zone)).toEqual({ from: '2026-10-31T21:00:00Z', to: '2026-11-02T21:00:00Z' });
    expect(parseSelection('2026-11-01T10:00:00+03:00..2026-11-01T11:00:00+03:00', zone)).toEqual({
      from: '2026-11-01T07:00:00Z',
      to: '2026-11-01T08:00:00Z',
    });
  });

  test.each([
    '',
    'seq:',
    'seq:0',
    'seq:5-3',
    'seq:1-',
    'a b',
    '1',
    '..',
    '2026-11-02..2026-11-01',
    '2026-02-31..2026-03-01',
    '../../x',
    'seq:1,2,x',
  ])('refused: %s', (selection) => {
    expect(() => parseSelection(selection, zone)).toThrow(ExitError);
  });
});
