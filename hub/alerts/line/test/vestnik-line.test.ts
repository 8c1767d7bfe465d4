import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder, type Folder } from '../../../../test/support/folder.ts';
import { wav } from '../../test/support/wav.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import { standardData } from './support/standard-data.ts';

const PROGRAM = fileURLToPath(new URL('../../../../client/line/main.ts', import.meta.url));
let bench: LineBench;
let folder: Folder;
beforeAll(async () => {
  folder = createFolder('vestnik-line');
  writeFileSync(folder.at('password'), `${PASSWORD}\n`);
  writeFileSync(folder.at('тревога.wav'), wav({ data: 40_000 }));
  bench = await openLineBench();
  await standardData(bench);
});
afterAll(async () => {
  await bench.stop();
  folder.remove();
});

/** Runs the client of the command line. */
async function vestnikLine(words: readonly string[], input = ''): Promise<{ readonly code: number | null; readonly out: string }> {
  const port = bench.server.address.split(':')[1] ?? '';
  const options = ['--host', '127.0.0.1', '--port', port, '--fingerprint', bench.server.fingerprint, '--login', 'admin'];
  const child = spawn(process.execPath, [PROGRAM, ...options, '--password-file', folder.at('password'), ...words], { stdio: 'pipe' });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out };
}

test('our client of the command line reads what this server says', async () => {
  const { code, out } = await vestnikLine(['GETTASKS']);
  expect(out).toContain('Сбор дежурных');
  expect(code).toBe(0);
});

test('an error is exit code 1', async () => {
  const { code, out } = await vestnikLine(['GETTASK', '42']);
  expect(out).toContain('Задание не найдено.');
  expect(code).toBe(1);
});

test('it sends a file, and a script', async () => {
  expect(await vestnikLine(['send', folder.at('тревога.wav')])).toMatchObject({ code: 0 });
  const script = await vestnikLine([], 'ADDGROUP "Цех 2" ночная\nGETGROUPS\n');
  expect(script).toMatchObject({ code: 0 });
  expect(script.out).toContain('Цех 2');
  expect(await bench.rows('SELECT name, description FROM alerts_group WHERE group_id = 2')).toEqual([
    { name: 'Цех 2', description: 'ночная' },
  ]);
  expect(await bench.rows('SELECT name FROM alerts_file')).toEqual([{ name: 'тревога.wav' }]);
});
