import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';
import { AUTHORITY, runLine, type Script, type ScriptedServer, startServer } from './scripted-server.ts';

const folder = createFolder('line');
const open: ScriptedServer[] = [];
const ca = folder.at('ca.crt');
const password = folder.at('password');

beforeAll(() => {
  writeFileSync(ca, AUTHORITY.pem);
  writeFileSync(password, 'Secret-123\r\nsecond line\n');
});
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  folder.remove();
});

async function serve(script: Script): Promise<{ server: ScriptedServer; options: string[] }> {
  const server = await startServer(script);
  open.push(server);
  const options = ['--host', '127.0.0.1', '--port', String(server.port), '--ca', ca, '--login', 'admin', '--password-file', password];
  return { server, options };
}

/** Answers requests by a table; any other line is a syntax error. */
const table =
  (answers: Readonly<Record<string, readonly string[]>>): Script =>
  (line, peer) =>
    peer.send(...(answers[line] ?? [`${line.split(' ', 1)[0]} ERR_BADSYNTAX неправильный%20синтаксис%20команды.`]));

const TASKS = ['GETTASKS BEGIN 2', 'GETTASKS DATA 1 Пожар%20корпус%202 0 0', 'GETTASKS DATA 7  2 1', 'GETTASKS END'];
const PROGRESS = (status: number, done: number) => `1 5 ${status} 2026-03-02T09:20:00 120 ${done} 2 28 1 ${120 - done}`;

describe('one command', () => {
  test('is escaped and sent, and its answer printed as words', async () => {
    const { server, options } = await serve(table({ GETTASKS: TASKS, 'ADDGROUP Цех%202 100%25': ['ADDGROUP OK 7 Цех%202 100%25'] }));
    expect(await runLine([...options, 'GETTASKS'])).toEqual({
      exit: 0,
      out: 'GETTASKS BEGIN 2\nGETTASKS DATA 1 "Пожар корпус 2" 0 0\nGETTASKS DATA 7 "" 2 1\nGETTASKS END\n',
      error: '',
    });
    expect((await runLine([...options, 'ADDGROUP', 'Цех 2', '100%'])).out).toBe('ADDGROUP OK 7 "Цех 2" 100%\n');
    expect(server.received).toEqual([
      'LOGIN admin Secret-123',
      'GETTASKS',
      'QUIT',
      'LOGIN admin Secret-123',
      'ADDGROUP Цех%202 100%25',
      'QUIT',
    ]);
  });

  test('is printed as JSON or as it is on the wire', async () => {
    const { options } = await serve(table({ GETTASKS: TASKS }));
    expect((await runLine(['--json', ...options, 'GETTASKS'])).out.split('\n')[1]).toBe(
      '{"command":"GETTASKS","kind":"DATA","values":["1","Пожар корпус 2","0","0"]}',
    );
    expect((await runLine(['--raw', ...options, 'GETTASKS'])).out).toBe(`${TASKS.join('\n')}\n`);
  });

  test('that is refused ends with 1, the words on the other stream and what to do next', async () => {
    const { options } = await serve(table({}));
    const refused = await runLine([...options, 'GETTASK', 'x']);
    expect(refused).toMatchObject({
      exit: 1,
      out: '',
      error: expect.stringContaining('GETTASK ERR_BADSYNTAX неправильный синтаксис команды.\n'),
    });
    expect(refused.error).toContain('docs/alerts-protocol.md');
    expect(await runLine(['--json', ...options, 'GETTASK'])).toMatchObject({
      exit: 1,
      out: '{"command":"GETTASK","kind":"ERR_BADSYNTAX","values":["неправильный синтаксис команды."]}\n',
    });
  });

  test('may be refused in unescaped words, or under the name UNKNOWN', async () => {
    const { options } = await serve((line, peer) =>
      peer.send(line === 'GETTASK 1' ? 'GETTASK ERR_GETTASK Задание не найдено.' : 'UNKNOWN ERR_BADSYNTAX нет'),
    );
    expect((await runLine([...options, 'GETTASK', '1'])).error).toBe('GETTASK ERR_GETTASK Задание не найдено.');
    expect((await runLine([...options, `A${'B'.repeat(40)}`])).error).toContain('UNKNOWN ERR_BADSYNTAX нет');
  });

  test('gets its own answer among news of others', async () => {
    const { options } = await serve((line, peer) => {
      if (line === 'STARTTASK 1 1') {
        peer.send(
          'UPDATETASK OK 2 Другое 0 2',
          'REPORTREADY 1 4',
          'PING',
          'HASP 1 2 1 1 1 0',
          'UPDATETASK OK 1 Пожар 0 2',
          'UPDATETASK OK 3 Ещё 0 4',
        );
      } else if (line === 'GETTASKINFO 1') {
        peer.send(
          `GETTASKINFO OK ${PROGRESS(2, 31)}`,
          `GETTASKINFO BEGIN ${PROGRESS(2, 32)}`,
          'UPDATETASK OK 2 Другое 0 4',
          'GETTASKINFO END',
        );
      }
    });
    expect((await runLine([...options, 'STARTTASK', '1', '1'])).out).toBe('UPDATETASK OK 1 Пожар 0 2\n');
    expect((await runLine([...options, 'GETTASKINFO', '1'])).out).toBe(`GETTASKINFO BEGIN ${PROGRESS(2, 32)}\nGETTASKINFO END\n`);
  });

  test('cannot steer a terminal by its answer', async () => {
    const { options } = await serve(table({ GETTASK: ['GETTASK OK 1 %1B[2J%0Aпо%0Dдва"'] }));
    expect((await runLine([...options, 'GETTASK'])).out).toBe('GETTASK OK 1 "\\x1b[2J\\nпо\\rдва\\""\n');
  });
});

describe('a script', () => {
  const answers: Script = (line, peer) => {
    if (line === 'GETTASKS') peer.send(...TASKS);
    else if (line.endsWith(' END')) peer.send('ADDABONENT OK 15 1 0 Иванов', 'ADDABONENT PHONE 1 +79161234567 1', 'ADDABONENT END');
    else if (!line.startsWith('ADDABONENT')) peer.send(`${line.split(' ', 1)[0]} ERR_BADSYNTAX x`);
  };

  test('is carried out line by line, blocks as a whole, and ends with the worst code', async () => {
    const { server, options } = await serve(answers);
    const script =
      '# comment\r\n\r\nADDABONENT BEGIN\nADDABONENT DATA 1 0 "Иванов И.И." ""\nADDABONENT PHONE 1 +79161234567 1\nGETTASKS\nWRONG x\nGETTASKS\n';
    const outcome = await runLine(options, script);
    expect(outcome.exit).toBe(1);
    expect(server.received).toEqual([
      'LOGIN admin Secret-123',
      'ADDABONENT BEGIN',
      'ADDABONENT DATA 1 0 Иванов%20И.И. ',
      'ADDABONENT PHONE 1 +79161234567 1',
      'ADDABONENT END',
      'GETTASKS',
      'WRONG x',
      'GETTASKS',
      'QUIT',
    ]);
    expect(outcome.out).toMatch(/^ADDABONENT OK 15 1 0 Иванов\nADDABONENT PHONE 1 \+79161234567 1\nADDABONENT END\nGETTASKS BEGIN/);
  });

  test('ends at the first error when told to', async () => {
    const { server, options } = await serve(answers);
    expect((await runLine(['--stop', ...options], 'WRONG\nGETTASKS\n')).exit).toBe(1);
    expect(server.received).not.toContain('GETTASKS');
    expect((await runLine(['--stop', ...options], 'ADDGROUP "x\nGETTASKS\n')).exit).toBe(2);
  });

  test('of raw lines is passed as it is, and an answer without END ends with silence or another line', async () => {
    const { server, options } = await serve((line, peer) => {
      if (line === 'ADDABONENT END') peer.send('ADDABONENT OK 15 1 0 x', 'ADDABONENT EMAIL a@b');
      if (line === 'UPDATEABONENT END') peer.send('UPDATEABONENT OK 15 1 0 x', 'UPDATETASK OK 2 y 0 2');
    });
    const outcome = await runLine(
      ['--raw', ...options],
      'ADDABONENT BEGIN\nADDABONENT DATA %20%  x \nADDABONENT END\nUPDATEABONENT BEGIN 15\nUPDATEABONENT END\n',
    );
    expect(outcome).toMatchObject({ exit: 0, out: 'ADDABONENT OK 15 1 0 x\nADDABONENT EMAIL a@b\nUPDATEABONENT OK 15 1 0 x\n' });
    expect(server.received[2]).toBe('ADDABONENT DATA %20%  x ');
  });

  test('hears news once it has asked for them', async () => {
    const { options } = await serve((line, peer) => {
      if (line === 'MONITORING 1')
        peer.send('UPDATETASK OK 1 a 0 2', 'MONITORING OK 1', 'UPDATETASK OK 1 a 0 4', 'PING', `GETTASKINFO OK ${PROGRESS(4, 120)}`);
      else peer.send('UPDATETASK OK 9 b 0 2', 'PING OK');
    });
    expect((await runLine(['--json', ...options], 'PING\nMONITORING 1\nPING\n')).out.split('\n').map((line) => line.slice(0, 60))).toEqual(
      [
        '{"command":"PING","kind":"OK","values":[]}',
        '{"command":"UPDATETASK","kind":"OK","values":["1","a","0","2"',
        '{"command":"MONITORING","kind":"OK","values":["1"]}',
        '{"command":"UPDATETASK","kind":"OK","values":["1","a","0","4"',
        '{"command":"GETTASKINFO","kind":"OK","values":["1","5","4","2',
        '{"command":"UPDATETASK","kind":"OK","values":["9","b","0","2"',
        '{"command":"PING","kind":"OK","values":[]}',
        '',
      ].map((line) => line.slice(0, 60)),
    );
  });

  test('with an answer of many thousand lines is printed whole', async () => {
    const { options } = await serve((_line, peer) => {
      peer.send('GETGROUPS BEGIN', ...Array.from({ length: 20_000 }, (_, n) => `GETGROUPS DATA ${n} Группа%20${n} `), 'GETGROUPS END');
    });
    const { out } = await runLine(options, 'GETGROUPS\n');
    expect(out.split('\n')).toHaveLength(20_003);
    expect(out).toContain('GETGROUPS DATA 19999 "Группа 19999" ""\n');
  });
});

describe('watch, report and send', () => {
  test('a run is watched until it ends', async () => {
    let asked = 0;
    const { server, options } = await serve((line, peer) => {
      if (line === 'MONITORING 1') peer.send('MONITORING OK 1');
      else if (line === 'MONITORING 0') peer.send('MONITORING OK 0');
      else if (line === 'GETTASKINFO 1') {
        asked += 1;
        peer.send(
          `GETTASKINFO BEGIN ${PROGRESS(asked === 1 ? 2 : 4, asked === 1 ? 31 : 120)}`,
          'GETTASKINFO DATA 1 5 15 3 1 x y 3',
          'GETTASKINFO END',
        );
        if (asked > 1) return;
        peer.send('GETTASKINFO ABON 2 5 15 2 1 2026-03-02T09:20:19 +7000 3', 'UPDATETASK OK 2 x 0 4', 'REPORTREADY 2 1');
        peer.send('GETTASKINFO ABON 1 5 15 3 1 2026-03-02T09:20:19 +79161234567 3', 'UPDATETASK OK 1 x 0 2', 'REPORTREADY 1 5');
      }
    });
    const outcome = await runLine([...options, 'watch', '01']);
    expect(outcome).toEqual({
      exit: 0,
      error: '',
      out:
        'run 5, 2026-03-02T09:20:00, running: done 31 of 120, notified 2, confirmed 28, failed 1, left 89\n' +
        '  2026-03-02T09:20:19 confirmed: subscriber 15 +79161234567 (1, 3)\n' +
        'run 5, 2026-03-02T09:20:00, finished: done 120 of 120, notified 2, confirmed 28, failed 1, left 0\n',
    });
    expect(server.received.slice(1)).toEqual(['MONITORING 1', 'GETTASKINFO 1', 'GETTASKINFO 1', 'MONITORING 0', 'QUIT']);
    asked = 1;
    expect((await runLine(['--language', 'ru', ...options, 'watch', '1'])).out).toContain('завершено: готово 120 из 120');
  });

  test('watching ends when the user breaks off, and fails when the connection breaks', async () => {
    const stop = new AbortController();
    const { options } = await serve((line, peer) => {
      if (line.startsWith('MONITORING')) peer.send(line.replace(' ', ' OK '));
      else peer.send(`GETTASKINFO BEGIN ${PROGRESS(2, 31)}`, 'GETTASKINFO END');
      if (line.startsWith('GETTASKINFO 1')) stop.abort();
      if (line.startsWith('GETTASKINFO 2')) setImmediate(() => peer.cut());
    });
    expect((await runLine([...options, 'watch', '1'], '', stop.signal)).exit).toBe(0);
    expect((await runLine([...options, 'watch', '2'])).exit).toBe(3);
    expect((await runLine([...options, 'watch', 'x'])).exit).toBe(2);
  });

  test('a report is stored whole or not at all', async () => {
    const content = Buffer.from('<!doctype html>\n'.repeat(1000));
    const { server, options } = await serve((line, peer) => {
      if (line.startsWith('GETREPORT 42')) return peer.send('GETREPORT ERR_GETREPORT x');
      peer.send('GETREPORT BEGIN HTML');
      for (let at = 0; at < content.length; at += 2048)
        peer.send(
          `GETREPORT DATA ${content
            .subarray(at, at + 2048)
            .toString('hex')
            .toUpperCase()}`,
        );
      if (line === 'GETREPORT 9 HTML') return peer.cut();
      peer.send('GETREPORT END');
    });
    const out = folder.at('r.html');
    expect(await runLine([...options, 'report', '1', '--run', '5', '--out', out])).toMatchObject({
      exit: 0,
      error: expect.stringContaining('16000'),
    });
    expect(readFileSync(out)).toEqual(content);
    expect((await runLine([...options, 'report', '1', '--out', '-'])).out).toBe(content.toString());
    expect((await runLine([...options, 'report', '1', '--out', folder.at('r.xls')])).exit).toBe(0);
    expect(server.received.filter((line) => line.startsWith('GETREPORT'))).toEqual([
      'GETREPORT 1 HTML 5',
      'GETREPORT 1 HTML',
      'GETREPORT 1 XLS',
    ]);
    expect((await runLine([...options, 'report', '42', '--out', folder.at('none')])).exit).toBe(1);
    expect((await runLine([...options, 'report', '9', '--out', folder.at('none')])).exit).toBe(3);
    expect((await runLine([...options, 'report', '1', '--out', folder.at('missing', 'r.html')])).exit).toBe(2);
    expect((await runLine([...options, 'report', '1', '--format', 'PDF'])).exit).toBe(2);
    expect(existsSync(folder.at('none')) || existsSync(folder.at('none.part'))).toBe(false);
  });

  test('a file is sent in pieces with its size and checksum', async () => {
    const content = Buffer.from(Array.from({ length: 20_000 }, (_, n) => n & 255));
    writeFileSync(folder.at('тревога 1.wav'), content);
    const { server, options } = await serve((line, peer) => {
      if (line.startsWith('SENDRAWFILE END')) peer.send('SENDRAWFILE OK тревога%201.wav 20000');
    });
    expect(await runLine([...options, 'send', folder.at('тревога 1.wav')])).toMatchObject({
      exit: 0,
      out: 'SENDRAWFILE OK "тревога 1.wav" 20000\n',
    });
    const lines = server.received.filter((line) => line.startsWith('SENDRAWFILE'));
    expect(lines[0]).toBe('SENDRAWFILE BEGIN тревога%201.wav 20000');
    expect(lines.at(-1)).toBe(`SENDRAWFILE END ${crc32(content).toString(16).toUpperCase().padStart(8, '0')}`);
    expect(Buffer.concat(lines.slice(1, -1).map((line) => Buffer.from(line.split(' ')[2]!, 'hex')))).toEqual(content);
    expect((await runLine([...options, 'send', folder.at('nothing')])).exit).toBe(2);
    expect((await runLine([...options, 'send'])).exit).toBe(2);
  });
});

describe('who answers', () => {
  const fingerprintOf = async (port: number): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = new X509Certificate(socket.getPeerX509Certificate()!.raw);
    socket.destroy();
    return fingerprint256;
  };

  test('is trusted by its fingerprint alone; any other certificate is told, and gets no password', async () => {
    const { server, options } = await serve(table({ GETTASKS: TASKS }));
    const at = options.indexOf('--ca');
    const bare = options.toSpliced(at, 2);
    const fingerprint = await fingerprintOf(server.port);
    expect((await runLine(['--fingerprint', fingerprint.toLowerCase(), ...bare, 'GETTASKS'])).exit).toBe(0);
    const other = await runLine(['--fingerprint', '00'.repeat(32), ...bare, 'GETTASKS']);
    expect(other).toMatchObject({ exit: 3, error: expect.stringContaining(fingerprint) });
    const unknown = await runLine([...bare, 'GETTASKS']);
    expect(unknown).toMatchObject({ exit: 3, error: expect.stringMatching(/not trusted.*--ca FILE.*--fingerprint/s) });
    const elsewhere = await runLine([...options.with(options.indexOf('127.0.0.1'), 'localhost.'), 'GETTASKS']);
    expect([0, 3]).toContain(elsewhere.exit);
    expect(server.received.filter((line) => line.startsWith('LOGIN')).length).toBe(elsewhere.exit === 0 ? 2 : 1);
  });

  test('with a wrong password, nobody, no TLS, silence or a cut says what to do next', async () => {
    const { options } = await serve((line, peer) => (line === 'CUT' ? peer.cut() : undefined));
    writeFileSync(folder.at('wrong'), 'wrong');
    expect(await runLine([...options.with(options.indexOf(password), folder.at('wrong')), 'PING'])).toMatchObject({
      exit: 1,
      error: expect.stringMatching(/ERR_BADLOGIN.*\n {2}check --login/),
    });
    expect(await runLine([...options, '--timeout', '1', 'PING'])).toMatchObject({ exit: 3, error: expect.stringContaining('--timeout') });
    expect(await runLine([...options, 'CUT'])).toMatchObject({ exit: 3 });
    const deaf = await serve((_line, peer) => void peer.socket.pause());
    writeFileSync(folder.at('large'), Buffer.alloc(16 * 1024 * 1024));
    expect(await runLine([...deaf.options, '--timeout', '1', 'send', folder.at('large')])).toMatchObject({
      exit: 3,
      error: expect.stringContaining('SENDRAWFILE: no answer for 1 s'),
    });
    const plain = createServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .resume()
          .end('HTTP/1.0 400 Bad Request\r\n\r\n'),
    ).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as { port: number };
    const with_ = (value: number) => [...options.with(options.indexOf('--port') + 1, String(value)), 'PING'];
    expect(await runLine(with_(port))).toMatchObject({ exit: 3, error: expect.stringContaining('Check') });
    plain.close();
    await once(plain, 'close');
    expect(await runLine(with_(port))).toMatchObject({ exit: 3, error: expect.stringContaining('ECONNREFUSED') });
  });
});

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
