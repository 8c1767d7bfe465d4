import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openBench, progress } from './bench.ts';
import { runLine } from './scripted-server.ts';

const bench = openBench();
const { folder, serve } = bench;
afterAll(() => bench.close());

describe('watch, report and send', () => {
  test('a run is watched until it ends', async () => {
    let asked = 0;
    const { server, options } = await serve((line, peer) => {
      if (line === 'MONITORING 1') peer.send('MONITORING OK 1');
      else if (line === 'MONITORING 0') peer.send('MONITORING OK 0');
      else if (line === 'GETTASKINFO 1') {
        asked += 1;
        peer.send(
          `GETTASKINFO BEGIN ${progress(asked === 1 ? 2 : 4, asked === 1 ? 31 : 120)}`,
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
      else peer.send(`GETTASKINFO BEGIN ${progress(2, 31)}`, 'GETTASKINFO END');
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
