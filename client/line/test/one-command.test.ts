import { afterAll, describe, expect, test } from 'vitest';
import { openBench, progress, TASKS, table } from './bench.ts';
import { runLine } from './scripted-server.ts';

const bench = openBench();
const { serve } = bench;
afterAll(() => bench.close());

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

  test('that adds a user is told which logins there can be, in the language of the reader', async () => {
    const words = 'USERADD ERR_USERADD не%20удалось%20создать%20пользователя.';
    const { options } = await serve(table({ 'USERADD борис Secret-123 Борис 1': [words] }));
    const ask = ['USERADD', 'борис', 'Secret-123', 'Борис', '1'];
    expect((await runLine([...options, ...ask])).error).toContain('1 to 64 of the characters a-z 0-9 . _ @ -');
    expect((await runLine([...options, '--language', 'ru', ...ask])).error).toContain('без кириллицы');
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
          `GETTASKINFO OK ${progress(2, 31)}`,
          `GETTASKINFO BEGIN ${progress(2, 32)}`,
          'UPDATETASK OK 2 Другое 0 4',
          'GETTASKINFO END',
        );
      }
    });
    expect((await runLine([...options, 'STARTTASK', '1', '1'])).out).toBe('UPDATETASK OK 1 Пожар 0 2\n');
    expect((await runLine([...options, 'GETTASKINFO', '1'])).out).toBe(`GETTASKINFO BEGIN ${progress(2, 32)}\nGETTASKINFO END\n`);
  });

  test('cannot steer a terminal by its answer', async () => {
    const { options } = await serve(table({ GETTASK: ['GETTASK OK 1 %1B[2J%0Aпо%0Dдва"'] }));
    expect((await runLine([...options, 'GETTASK'])).out).toBe('GETTASK OK 1 "\\x1b[2J\\nпо\\rдва\\""\n');
  });
});
