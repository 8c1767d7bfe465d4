import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type CommandRun, newFolder, startCommand } from './support/command.ts';

let database: TestDatabase;
const runs: CommandRun[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    if (run.child.exitCode === null) run.child.kill('SIGKILL');
    await run.ended;
  }
});
afterAll(() => database.drop());

const cwd = newFolder();

function serve(environment: Record<string, string> = {}, folder = cwd): CommandRun {
  const run = startCommand(['serve'], { cwd: folder, environment: { VESTNIK_DATABASE__URL: database.url, ...environment } });
  runs.push(run);
  return run;
}

const urlOf = (run: CommandRun): string => /http +(http:\S+)/.exec(run.err)?.[1] ?? '';

test('serves, shows the first password once, stops in order with exit 0', async () => {
  const first = serve();
  await first.says(/Ctrl-C stops it/);
  const password = /^ +password +(\S+)$/m.exec(first.err)?.[1] ?? '';
  const url = urlOf(first);
  expect(((await (await fetch(`${url}/readyz`)).json()) as { status: string }).status).toBe('ready');
  const login = await fetch(`${url}/api/v1/identity/session`, {
    headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` },
  });
  expect(login.status).toBe(200);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(first.err).toMatch(/stopping; once more ends it at once\nstopped\n$/);
  // Standard output holds the log alone, one JSON a line, without the password.
  expect(
    first.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg),
  ).toContain('the hub is running');
  expect(first.out).not.toContain(password);

  const second = serve();
  await second.says(/Ctrl-C stops it/);
  expect(second.err).not.toContain('password');
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
});

test('a request under way keeps it until the deadline; a second signal ends it at once with exit 1', async () => {
  const run = serve();
  await run.says(/Ctrl-C stops it/);
  const { port } = new URL(urlOf(run));
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  // Half a body of a login: a request that does not end.
  socket.write('POST /api/v1/identity/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
  // Answered after that request has begun.
  expect((await fetch(`${urlOf(run)}/healthz`)).status).toBe(200);
  run.child.kill('SIGTERM');
  await run.says(/stopping/);
  const began = performance.now();
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(1);
  expect(performance.now() - began).toBeLessThan(8_000);
  socket.destroy();
});

test('a port in use, a folder that cannot be written, a wrong file: said in a line, with the exit code of the help', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  const busy = serve({ VESTNIK_HTTP__PORT: String(port) });
  const folder = serve({ VESTNIK_DATA_FOLDER: join(file, 'data') });
  const wrong = serve({ VESTNIK_TICKETS__QUEUE_DAYS: '31' });
  expect(await Promise.all([busy.ended, folder.ended, wrong.ended])).toEqual([4, 4, 2]);
  expect(busy.err).toMatch(
    new RegExp(
      `^vestnik: cannot listen on 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\): another program uses it; choose another http\\.port or stop that program\n$`,
    ),
  );
  expect(folder.err).toMatch(
    /^vestnik: the data folder .*\/file\/data cannot be written by .* \(ENOTDIR\): give it to this user, or set dataFolder to another one\n$/,
  );
  expect(wrong.err).toBe('vestnik: variable VESTNIK_TICKETS__QUEUE_DAYS: tickets.queueDays is 31; expected 1..30\n');
  taken.close();
});

test('a signal during the start stops it as well', async () => {
  // A database that accepts and says nothing keeps the start waiting.
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const accepted = new Promise<void>((resolve) => silent.once('connection', () => resolve()));
  const run = serve({ VESTNIK_DATABASE__URL: `postgresql://x@127.0.0.1:${port}/x` });
  await accepted;
  run.child.kill('SIGTERM');
  const began = performance.now();
  expect(await run.ended).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
  silent.close();
});
