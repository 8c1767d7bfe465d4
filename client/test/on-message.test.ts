import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fillArguments, parseCommand } from '../command-template.ts';
import { createMessageRunner } from '../on-message.ts';
import { systemClock } from '../ports.ts';
import { createRecordingLog } from './fakes.ts';
import { temporaryFolder, until } from './kit.ts';
import { makeMessage } from './peer.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const node = (script: string, ...more: string[]) => ({ program: process.execPath, arguments: ['-e', script, ...more] });

describe('the command line of On_message', () => {
  test.each([
    ['tool {file}', { program: 'tool', arguments: ['{file}'] }],
    ['"C:\\Program Files\\x.exe"  -a "b c" ""', { program: join('/conf', 'C:\\Program Files\\x.exe'), arguments: ['-a', 'b c', ''] }],
    ['./import --in={file}', { program: '/conf/import', arguments: ['--in={file}'] }],
    ['a"b c"d', { program: 'ab cd', arguments: [] }],
  ])('%s', (text, expected) => {
    expect(parseCommand(text, '/conf')).toEqual({ value: expected });
  });

  test('{file} is filled in everywhere, and a path is one argument whatever is in it', () => {
    const template = { program: 'x', arguments: ['{file}', 'a={file},{file}'] };
    expect(fillArguments(template, '/x y/$&;rm -rf *')).toEqual(['/x y/$&;rm -rf *', 'a=/x y/$&;rm -rf *,/x y/$&;rm -rf *']);
  });
});

describe('running', () => {
  test('after each file, in order, with the variables, without a shell', async () => {
    const out = join(folder, 'out');
    const log = createRecordingLog();
    const script = `require('fs').appendFileSync(${JSON.stringify(out)}, [process.argv[1], process.env.OT_FILE, process.env.OT_ID, process.env.OT_NUMBER, process.env.OT_TYPE].join('|') + '\\n')`;
    const runner = createMessageRunner(node(script, '{file}'), log, systemClock);
    const messages = [1, 2, 3].map((sequence) => makeMessage(sequence));
    for (const message of messages) runner.stored(message, `/xml/$(touch x) ${message.sequence}.xml`);
    await until(() => existsSync(out) && readFileSync(out, 'utf8').split('\n').length === 4, 'three runs');
    await runner.stop(10_000);
    expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toEqual(
      messages.map(({ sequence, id, meta }) => {
        const file = `/xml/$(touch x) ${sequence}.xml`;
        return [file, file, id, meta.number, 'ETICKET'].join('|');
      }),
    );
    expect(log.lines).toEqual([]);
  });

  test('a failure is logged and stops nothing', async () => {
    const log = createRecordingLog();
    const missing = createMessageRunner({ program: join(folder, 'no-such-program'), arguments: [] }, log, systemClock);
    missing.stored(makeMessage(1), '/xml/1.xml');
    const failing = createMessageRunner(node('process.exit(3)'), log, systemClock);
    failing.stored(makeMessage(2), '/xml/2.xml');
    failing.stored(makeMessage(3, { meta: { type: 'a\0b', opType: '', transType: '', number: '\0' } }), '/xml/3.xml');
    await until(() => log.lines.length === 3, 'three failures');
    expect(log.lines.sort()).toEqual([
      'OT1106 On_message: exit code 3 (/xml/2.xml)',
      'OT1106 On_message: exit code 3 (/xml/3.xml)',
      'OT1106 On_message: not started (ENOENT) (/xml/1.xml)',
    ]);
  });

  test('a program that does not end is ended after 60 s', async () => {
    const log = createRecordingLog();
    const timers: { milliseconds: number; call: () => void }[] = [];
    const clock = {
      ...systemClock,
      after(milliseconds: number, call: () => void) {
        timers.push({ milliseconds, call });
        return () => undefined;
      },
    };
    const runner = createMessageRunner(node('setInterval(() => {}, 1000)'), log, clock);
    runner.stored(makeMessage(1), '/xml/1.xml');
    await until(() => timers.length === 1, 'limit set');
    expect(timers[0]?.milliseconds).toBe(60_000);
    timers[0]?.call();
    await until(() => log.lines.length === 1, 'ended');
    expect(log.lines).toEqual(['OT1106 On_message: ended after 60 s (/xml/1.xml)']);
  });

  test('at most 10,000 files wait for it, and a stop drops them with a line in the log', async () => {
    const log = createRecordingLog();
    let release = () => {};
    const clock = {
      ...systemClock,
      after(_milliseconds: number, call: () => void) {
        release = call;
        return () => undefined;
      },
    };
    const runner = createMessageRunner(node('setInterval(() => {}, 1000)'), log, clock);
    for (let i = 0; i <= 10_001; i++) runner.stored(makeMessage(1), '/xml/1.xml');
    expect(log.lines).toEqual(['OT1106 On_message: not run, 10000 files are waiting for it (/xml/1.xml)']);
    const stopped = runner.stop(10_000);
    release();
    await stopped;
    expect(log.lines.some((line) => line.includes('not run for 10000 files at the stop'))).toBe(true);
  });

  test('drain waits for every file, and no longer once it is told to stop', async () => {
    const out = join(folder, 'out');
    const log = createRecordingLog();
    const runner = createMessageRunner(node(`require('fs').appendFileSync(${JSON.stringify(out)}, 'x')`), log, systemClock);
    for (const sequence of [1, 2, 3]) runner.stored(makeMessage(sequence), `/xml/${sequence}.xml`);
    await runner.drain(new AbortController().signal);
    expect(readFileSync(out, 'utf8')).toBe('xxx');
    await runner.drain(new AbortController().signal);

    const endless = createMessageRunner(node('setInterval(() => {}, 1000)'), log, { ...systemClock, after: () => () => undefined });
    endless.stored(makeMessage(4), '/xml/4.xml');
    const stopping = new AbortController();
    const drained = endless.drain(stopping.signal);
    stopping.abort();
    await drained;
    expect(log.lines).toEqual([]);
  });

  test('a program that does not end holds up the stop no longer than is allowed', async () => {
    const pidFile = join(folder, 'pid');
    const log = createRecordingLog();
    const script = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const runner = createMessageRunner(node(script), log, systemClock);
    runner.stored(makeMessage(1), '/xml/1.xml');
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', 'the program runs');
    const begun = performance.now();
    await runner.stop(50);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(log.lines).toEqual(['OT1106 On_message: still running at the stop (/xml/1.xml)']);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  });
});
