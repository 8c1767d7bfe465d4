import { afterAll, describe, expect, test } from 'vitest';
import { openBench, progress, TASKS } from './bench.ts';
import { runLine, type Script } from './scripted-server.ts';

const bench = openBench();
const { serve } = bench;
afterAll(() => bench.close());

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
        peer.send('UPDATETASK OK 1 a 0 2', 'MONITORING OK 1', 'UPDATETASK OK 1 a 0 4', 'PING', `GETTASKINFO OK ${progress(4, 120)}`);
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
