import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openBench, TASKS, table } from './bench.ts';
import { runLine } from './scripted-server.ts';

const bench = openBench();
const { password, serve } = bench;
afterAll(() => bench.close());

describe('the command line', () => {
  test.each([
    [[], '--host'],
    [['--host', 'x'], '--login'],
    [['--nonsense'], '--nonsense'],
    [['--host'], 'needs a value'],
    [['--host', 'x', '--host', 'y'], 'twice'],
    [['--host', 'x', '--login', 'a', '--port', '0'], '65535'],
    [['--host', 'x', '--login', 'a', '--json', '--raw'], 'exclude'],
    [['--host', 'x', '--login', 'a', '--json=1'], 'no value'],
    [['--host', 'x', '--login', 'a', '--fingerprint', 'ab'], '64'],
    [['--host', 'x', '--login', 'a', '--password-file', '/nonexistent'], 'ENOENT'],
    [['--host', 'x', '--login', 'a', 'GETTASKS'], '--password-file'],
    [['--language', 'de'], 'en or ru'],
  ] as [string[], string][])('%j is refused', async (argv, part) => {
    expect(await runLine(argv)).toMatchObject({ exit: 2, out: '', error: expect.stringContaining(part) });
  });

  test('helps in both languages and tells its version', async () => {
    const english = await runLine(['--help']);
    const russian = await runLine(['--help', '--language', 'ru']);
    expect(english).toMatchObject({ exit: 0, out: expect.stringContaining('Exit codes') });
    expect(russian.out).toContain('Коды завершения');
    for (const text of [english.out, russian.out]) {
      for (const option of ['--host', '--fingerprint', '--password-file', '--raw', '--timeout']) expect(text).toContain(option);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(122);
    }
    expect((await runLine(['--version'])).out).toMatch(/^vestnik-line \d+\.\d+\.\d+\n$/);
  });

  test('refuses what no command can be, and blocks that are not piped', async () => {
    const { options } = await serve(table({}));
    expect((await runLine([...options, '??'])).exit).toBe(2);
    expect(await runLine([...options, 'ADDABONENT', 'BEGIN'])).toMatchObject({ exit: 2, error: expect.stringContaining('standard input') });
  });

  test('sends nothing that the wire would spoil: it says which character, but none of a password', async () => {
    const { server, options } = await serve(table({ PING: ['PING OK'] }));
    const refused = await runLine([...options, 'ADDGROUP', 'Цех 東京', 'x']);
    expect(refused).toMatchObject({ exit: 2, out: '' });
    expect(refused.error).toContain('U+6771 (東)');
    expect((await runLine([...options, '--raw', 'ADDGROUP Ω x'])).error).toContain('U+03A9');
    expect((await runLine([...options, 'send', password, '--name', '🚒.wav'])).error).toContain('U+1F692');
    const secret = await runLine([...options, 'USERADD', 'eve', 'Паролъ-東', 'Ева', '1']);
    expect(secret.exit).toBe(2);
    expect(secret.error).not.toMatch(/東|6771/);
    // A script goes on behind such a line, and tells it by its exit code.
    expect(await runLine(options, 'ADDGROUP 東 x\nPING\n')).toMatchObject({ exit: 2, out: 'PING OK\n' });
    expect(server.received.filter((line) => !/^(LOGIN|QUIT|PING)/.test(line))).toEqual([]);
  });

  test('is a program: from pipe to pipe', async () => {
    const { options } = await serve(table({ gettasks: [], GETTASKS: TASKS }));
    const program = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...options], {
      env: { ...process.env, LANG: 'ru_RU.UTF-8' },
    });
    let out = '';
    program.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    program.stdin.end('gettasks\n');
    const [exit] = await once(program, 'close');
    expect([exit, out]).toEqual([0, 'GETTASKS BEGIN 2\nGETTASKS DATA 1 "Пожар корпус 2" 0 0\nGETTASKS DATA 7 "" 2 1\nGETTASKS END\n']);
  });
});
