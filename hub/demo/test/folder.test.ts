import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { requires } from '../../../test/support/requires.ts';
import { emptyFolder } from '../folder.ts';

const made: string[] = [];
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-demo-test-'));
  made.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('an absent or empty folder becomes the demonstration’s, and is emptied the next time', async () => {
  const folder = join(temporary(), 'new');
  expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('ready');
  writeFileSync(join(folder, 'left.xml'), 'x');
  mkdirSync(join(folder, 'agency'));
  expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('ready');
  expect(readdirSync(folder)).toEqual(['.vestnik-demo']);
});

test('a folder with somebody’s files is refused and left as it is', async () => {
  const folder = temporary();
  writeFileSync(join(folder, 'thesis.odt'), 'x');
  expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('foreign');
  expect(existsSync(join(folder, 'thesis.odt'))).toBe(true);
});

requires('Linux').test(
  'a client that an earlier demonstration left running is ended, and nobody else whose number stands in a lock',
  async () => {
    const folder = join(temporary(), 'demo');
    expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('ready');
    const leave = async (name: string, ...args: string[]) => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', ...args], { stdio: 'ignore' });
      await once(child, 'spawn');
      mkdirSync(join(folder, name, 'xml', '.stat_client'), { recursive: true });
      writeFileSync(join(folder, name, 'xml', '.stat_client', 'lock'), JSON.stringify({ host: 'x', pid: child.pid, token: 'x' }));
      return child;
    };
    const left = await leave('agency-17', '-conf', join(folder, 'agency-17', 'Stat_Client.conf'));
    const stranger = await leave('carrier-s7', 'something else');
    const ended = once(left, 'exit');
    expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('ready');
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  },
);
