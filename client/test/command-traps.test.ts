import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requires } from '../../test/support/requires.ts';
import { createKit, filesIn, type Kit, MAIN, runProgram, startProgram, until } from './kit.ts';
import { makeMessage, type Peer, startPeer } from './peer.ts';

/** What a user meets beside the straight way: the program in a pipe, folders behind links, a PEM of somebody else, answers in words. */
let peer: Peer;
let kit: Kit;

beforeAll(async () => {
  peer = await startPeer();
});
beforeEach(() => {
  peer.mailbox.clear();
  peer.onPull = () => 'serve';
  kit = createKit(peer);
});
afterEach(() => kit.remove());
afterAll(() => peer.stop());

const run = (...more: string[]) => runProgram(['-conf', kit.conf, ...more]);
const logOf = (of: Kit) => readFileSync(of.log, 'utf8');

test('-once ends when On_message has run for every file it took', async () => {
  const out = join(kit.folder, 'out');
  writeFileSync(
    join(kit.folder, 'slow.mjs'),
    `setTimeout(() => fs.appendFileSync(${JSON.stringify(out)}, 'x'), 50); import fs from 'node:fs';`,
  );
  appendFileSync(kit.conf, `On_message = "${process.execPath}" "${join(kit.folder, 'slow.mjs')}" {file}\n`);
  peer.enqueue(5);
  expect((await run('-once')).exit).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe('xxxxx');
  expect(logOf(kit)).not.toContain('OT1106');
});

describe('a screen that is gone', () => {
  test('a reader that closes its pipe is no failure', async () => {
    const child = spawn(process.execPath, [MAIN, '-conf', kit.conf, '-check'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let error = '';
    child.stderr.on('data', (part) => {
      error += part;
    });
    await once(child, 'close');
    expect({ exit: child.exitCode, error }).toEqual({ exit: 0, error: '' });
  });

  test('delivery goes on without a log and without a screen', async () => {
    mkdirSync(kit.log);
    const child = startProgram(['-conf', kit.conf]);
    try {
      child.stderr?.destroy();
      child.stdout?.destroy();
      peer.enqueue(2);
      await until(() => filesIn(kit.storage).size === 2, 'the first files');
      peer.enqueue(2);
      await until(() => filesIn(kit.storage).size === 4, 'further files');
    } finally {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    expect(child.exitCode).toBe(0);
  });
});

describe('-inspect', () => {
  const fill = () => writeFileSync(join(kit.storage, 'a.xml'), makeMessage(1).xml);

  test('a folder behind a link is read; links inside a folder are not followed', async () => {
    fill();
    symlinkSync(kit.storage, join(kit.folder, 'link'));
    symlinkSync('.', join(kit.storage, 'again.xml'));
    const { exit, out } = await runProgram(['-inspect', join(kit.folder, 'link')]);
    expect({ exit, files: /Files: (\d+)/.exec(out)?.[1] }).toEqual({ exit: 0, files: '1' });
  });

  requires('not Windows').test('a pipe among the files is not waited at; named itself it is refused', async () => {
    fill();
    const pipe = join(kit.storage, 'pipe.xml');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    expect((await runProgram(['-inspect', kit.storage])).exit).toBe(0);
    const named = await runProgram(['-inspect', pipe]);
    expect(named).toMatchObject({ exit: 2, error: expect.stringContaining('neither a file nor a folder') });
  });
});

requires('root').test('-protect tells that a PEM belongs to somebody else instead of calling it private', async () => {
  chownSync(kit.pem, 1234, 1234);
  expect((await run('-once')).exit).toBe(3);
  const { exit, error } = await run('-protect');
  expect({ exit, told: /belongs to another user/.test(error) }).toEqual({ exit: 3, told: true });
});

describe('what ends the program stands in its log once, under its own code', () => {
  test('a missing folder is OT2002, a missing certificate OT2009', async () => {
    rmSync(kit.storage, { recursive: true });
    expect((await run('-once')).exit).toBe(4);
    expect(logOf(kit)).toMatch(/^\S+ ERROR OT2002 folder .* is missing$/m);
    expect(logOf(kit)).not.toContain('OT2009');
    rmSync(join(kit.folder, 'ca.crt'));
    expect((await run('-once')).exit).toBe(3);
    expect(logOf(kit)).toMatch(/ ERROR OT2009 the program ends: .*ca\.crt does not exist$/m);
  });
});

test('refusals are told in the language of the user, and a replay that is not allowed is not blamed on the certificate', async () => {
  const { exit, out } = await run('-replay', 'seq:1-5', '-language', 'ru');
  expect(exit).toBe(6);
  expect(out).toMatch(/: сервер не разрешает этому клиенту запрашивать повторную выдачу \(NOT_ALLOWED\)/);
});

test('Log_level debug tells of every answer', async () => {
  peer.enqueue(3);
  expect((await run('-once', '-log_level', 'debug')).exit).toBe(0);
  expect(logOf(kit)).toMatch(/ DEBUG OT3001 answer of localhost:\d+: 3 messages, at most 0 behind them$/m);
});
