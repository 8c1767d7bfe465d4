import { realpathSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCheckout } from './checkout.ts';
import { start } from './process.ts';

/** A hub that tells how it was called, then ends with the code it is given. */
const TELLS = `console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), node: process.execPath, path: process.env.PATH }));
process.exitCode = Number(process.env.WANTED_CODE ?? 0);`;

/** A hub that waits for signals, and prints each. SIGINT three times ends it. */
const WAITS = `let ints = 0;
process.on('SIGINT', () => { console.log('SIGINT ' + ++ints); if (ints === 2) process.exit(9); });
process.on('SIGTERM', () => { console.log('SIGTERM'); setTimeout(() => process.exit(5), 50); });
setInterval(() => undefined, 1000);
console.log('ready');`;

test('arguments with spaces, quotes and dashes arrive as they were given, from any folder', async () => {
  const { root, write, install } = makeCheckout();
  install();
  write('hub/main.ts', TELLS);
  const args = ['tickets', 'check', 'a folder/with "quotes"', "it's", '--flag=x y', '', '$HOME', '*'];
  const run = start(join(root, 'scripts/run.mjs'), ['cli', ...args], { cwd: tmpdir() });
  expect(await run.ended).toEqual({ code: 0, signal: null });
  const told = JSON.parse(run.stdout());
  expect(told.args).toEqual(args);
  expect(told.cwd).toBe(realpathSync(tmpdir()));
  expect(told.path.startsWith(join(root, 'node_modules', '.bin'))).toBe(true);
  expect(run.stderr()).toBe('');
});

test('each verb starts its program with its own arguments first', async () => {
  const { root, write, install } = makeCheckout();
  install();
  for (const entry of ['hub/main.ts', 'bench/main.ts', 'scripts/check/main.ts', 'scripts/docs/main.ts']) write(entry, TELLS);
  const toldBy = async (...args: string[]): Promise<{ args: string[]; cwd: string }> => {
    const run = start(join(root, 'scripts/run.mjs'), args, { cwd: homedir() });
    expect((await run.ended).code).toBe(0);
    return JSON.parse(run.stdout());
  };
  expect(await toldBy('demo', '--once')).toMatchObject({ args: ['demo', '--once'], cwd: realpathSync(homedir()) });
  expect(await toldBy('serve')).toMatchObject({ args: ['serve'], cwd: realpathSync(homedir()) });
  expect(await toldBy('bench', 'feed')).toMatchObject({ args: ['feed'], cwd: realpathSync(root) });
  expect(await toldBy('check')).toMatchObject({ args: [], cwd: realpathSync(root) });
  expect(await toldBy('docs')).toMatchObject({ args: [], cwd: realpathSync(root) });
});

test('the exit code is passed on', async () => {
  const { root, write, install } = makeCheckout();
  install();
  write('hub/main.ts', TELLS);
  const run = start(join(root, 'scripts/run.mjs'), ['cli'], { env: { WANTED_CODE: '7' } });
  expect((await run.ended).code).toBe(7);
});

test('a program ended by a signal gives 128 and its number', async () => {
  const { root, write, install } = makeCheckout();
  install();
  write('hub/main.ts', "process.kill(process.pid, 'SIGKILL');");
  expect((await start(join(root, 'scripts/run.mjs'), ['serve']).ended).code).toBe(137);
});

test('SIGTERM is passed on, and the program has the time it needs to stop', async () => {
  const { root, write, install } = makeCheckout();
  install();
  write('hub/main.ts', WAITS);
  const run = start(join(root, 'scripts/run.mjs'), ['serve']);
  await run.printed('ready');
  run.child.kill('SIGTERM');
  expect((await run.ended).code).toBe(5);
  expect(run.stdout()).toContain('SIGTERM');
});

test('one Ctrl-C arrives once, although terminal and npm both send it; the next one arrives again', async () => {
  const { root, write, install } = makeCheckout();
  install();
  write('hub/main.ts', WAITS);
  const run = start(join(root, 'scripts/run.mjs'), ['demo']);
  await run.printed('ready');
  run.child.kill('SIGINT');
  await run.printed('SIGINT 1');
  // npm's echo comes at once; a person's second Ctrl-C only after the echo's time, so this waits until one gets through.
  for (let waited = 0; run.child.exitCode === null && waited < 100; waited++) {
    const before = performance.now();
    run.child.kill('SIGINT');
    if (waited === 0) expect(run.stdout()).not.toContain('SIGINT 2');
    while (run.child.exitCode === null && performance.now() - before < 600) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect((await run.ended).code).toBe(9);
  expect(run.stdout().match(/SIGINT/g)).toHaveLength(2);
});

test('a signal to the whole group, as a terminal sends it, reaches the program once', async () => {
  const { root, write, install } = makeCheckout();
  install();
  write('hub/main.ts', WAITS);
  const group = write(
    'group.mjs',
    `import { spawn } from 'node:child_process';
process.on('SIGINT', () => undefined);
const child = spawn(process.execPath, ['scripts/run.mjs', 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  if (String(chunk).includes('ready')) process.kill(0, 'SIGINT');
  if (String(chunk).includes('SIGINT 1')) setTimeout(() => child.kill('SIGTERM'), 200);
});
child.on('exit', (code) => { process.exitCode = code; });`,
  );
  // A group of its own, so that the signal does not reach the test.
  const run = start(group, [], { cwd: root, detached: true });
  expect(await run.ended).toEqual({ code: 5, signal: null });
  expect(run.stdout()).toBe('ready\nSIGINT 1\nSIGTERM\n');
});

test('unknown verbs and a missing verb are told what there is', async () => {
  const { root } = makeCheckout();
  const wrong = start(join(root, 'scripts/run.mjs'), ['toString']);
  expect((await wrong.ended).code).toBe(2);
  expect(wrong.stderr()).toMatch(/There is no verb "toString"[\s\S]*demo[\s\S]*serve[\s\S]*setup/);
  const none = start(join(root, 'scripts/run.mjs'), []);
  expect((await none.ended).code).toBe(2);
  const help = start(join(root, 'scripts/run.mjs'), ['--help']);
  expect((await help.ended).code).toBe(0);
  expect(help.stdout()).toMatch(/bench {3}/);
});

test('a program that is not there is named, with the next step', async () => {
  const { root, install } = makeCheckout();
  install();
  const run = start(join(root, 'scripts/run.mjs'), ['serve']);
  expect((await run.ended).code).toBe(1);
  expect(run.stderr()).toMatch(/^hub\/main.ts is missing in .*\nRestore it: git checkout/);
});

test('works through a symbolic link to the checkout', async () => {
  const { root, write, install } = makeCheckout();
  install();
  write('hub/main.ts', TELLS);
  const link = join(root, '..', 'link');
  symlinkSync(root, link);
  const run = start(join(link, 'scripts/run.mjs'), ['cli', 'x']);
  expect((await run.ended).code).toBe(0);
  expect(JSON.parse(run.stdout()).args).toEqual(['x']);
});
