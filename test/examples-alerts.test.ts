import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createFolder, type Folder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { requires } from './support/requires.ts';

/** The commands of the guide to the alerts as a reader types them, one after the other, on a hub of its own; what the guide says of them is what comes. */
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SIMULATOR = 'vestnik alerts simulate';
const LINE_CLIENT = 'node_modules/.bin/node client/line/main.ts';

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Shell of a page, with this machine's ports and paths; pauses become conditions. */
function shellOf(page: string, ports: ReadonlyMap<string, string>): string[] {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.map((block) =>
    [...ports]
      .reduce((shell, [port, here]) => shell.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), here), block)
      .replaceAll(LINE_CLIENT, `"${process.execPath}" "${ROOT}client/line/main.ts"`)
      .replace('sleep 2\n', `until [ "$(vestnik alerts channel list --json | grep -c '"state": "free"')" = 2 ]; do :; done\n`)
      .replace(
        'sleep 4\n',
        `until vestnik alerts task runs 1 --json | tr -d '\\n ' | grep -q '"confirmed":2,"failed":2,"left":1,"queued":0,"waiting":1'; do :; done\n`,
      ),
  );
}

/** The simulators of the guide, until the test is over. @returns what they have printed so far */
async function simulate(command: string): Promise<() => string> {
  const child: ChildProcess = spawn('bash', ['-c', `exec ${command}`], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  undo.push(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return () => said;
}

async function openHub(folder: Folder): Promise<HubProcess> {
  const hub = createHubProcess({ folder: folder.at('hub') });
  undo.push(() => hub.stop());
  await hub.start();
  return hub;
}

const run = (script: string, cwd: string, environment: Readonly<Record<string, string>>) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    const env = { ...process.env, ...environment };
    execFile('bash', ['-c', script], { cwd, env, timeout: 200_000 }, (error, out, err) =>
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, out: `${out}\n${err}` }),
    );
  });

requires('Linux', 'openssl').test(
  'what the guide lets its reader type works, and comes out as it says',
  async () => {
    const folder = createFolder('examples-alerts');
    undo.push(() => folder.remove());
    const hub = await openHub(folder);
    const line = /^ +line +\S+:(\d+)$/m.exec(hub.tail())?.[1] ?? '';
    const [sms, mail] = [String(await freePort()), String(await freePort())];
    const shell = shellOf(
      'alerts.ru.md',
      new Map([
        ['2775', sms],
        ['2525', mail],
        ['8080', new URL(hub.http).port],
        ['8500', line],
      ]),
    );
    const simulator = shell.find((block) => block.startsWith(SIMULATOR)) ?? '';
    const program = simulator.trim().replace('vestnik', `"${process.execPath}" "${ROOT}hub/main.ts"`);
    const said = await simulate(`${program} --sms-port ${sms} --mail-port ${mail}`);
    const typed = shell.filter((block) => block !== simulator);
    const vestnik = `vestnik() { "${process.execPath}" "${ROOT}hub/main.ts" "$@" </dev/null; }`;
    const password =
      Buffer.from(hub.authorization.split(' ')[1] ?? '', 'base64')
        .toString()
        .split(':')[1] ?? '';
    const { code, out } = await run(['set -e', vestnik, ...typed].join('\n'), folder.path, {
      VESTNIK_DATA_FOLDER: hub.folder,
      VESTNIK_LANGUAGE: 'en',
      PASSWORD: password,
    });
    expect(code, out).toBe(0);
    // The table of runs that the guide shows: 5 people, 0 told without an answer, 2 confirmed, 2 not reached, 1 left.
    expect(out).toMatch(/^ +1 +running +\S+ \S+ +5 +0 +2 +2 +1$/m);
    expect(out).toContain('"refused":1');
    expect(out).toContain('"no_address":1');
    expect(out).toMatch(/^UPDATETASK OK 1 .* 2 3$/m);
    for (const file of ['report.xlsx', 'report.html']) expect(existsSync(folder.at(file)), file).toBe(true);
    await expect.poll(said, { timeout: 20_000 }).toContain('molchanov@example.org');
    // Once for each phone, though the line protocol continued the run that was stopped.
    for (const end of ['01', '02', '07']) expect(said().split(`+791600000${end} `)).toHaveLength(2);
  },
  240_000,
);

/** Commands of a page without what people write in them. */
const commandsOf = (page: string): string[] =>
  shellOf(page, new Map())
    .join('')
    .split('\n')
    .filter((line) => /^(vestnik|call|line|until|API=) ?/.test(line))
    .map((line) => line.replaceAll(/'[^']*'|"On duty"|"Дежурный"|name=[^ ']+/g, ''));

test('the guides in both languages let their readers type the same', () => {
  expect(commandsOf('alerts.md').length).toBeGreaterThan(15);
  expect(commandsOf('alerts.md')).toEqual(commandsOf('alerts.ru.md'));
});
