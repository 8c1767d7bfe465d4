import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach } from 'vitest';
import { discardEmbedded } from '../../discard-embedded.ts';
import { type EmbeddedDatabase, startEmbedded } from '../../embedded.ts';
import type { ReaderPort } from '../../embedded-address.ts';
import type { EmbeddedHome } from '../../embedded-home.ts';

export const RUN_AS = 'nobody';
const copy = promisify(execFile);

const folders: string[] = [];
const running: EmbeddedDatabase[] = [];
const children: ChildProcess[] = [];

/** Stops and removes everything that a test made. */
export function cleanUpEmbedded(): void {
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(running.splice(0).map((embedded) => embedded.stop()));
    for (const folder of folders.splice(0)) {
      const discard = () => discardEmbedded({ dataFolder: folder, runAs: RUN_AS });
      // The lock of a killed child is free when the system has buried it.
      while (!(await discard())) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }, 60_000);
  afterAll(async () => {
    if (template) await rm(await template, { recursive: true, force: true });
  });
}

/** A data folder of one's own. */
export async function dataFolder(prefix = 'vestnik-embedded-', mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), prefix));
  await chmod(folder, mode);
  folders.push(folder);
  return folder;
}

let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'vestnik-template-'));
  await chmod(folder, 0o755);
  await (await startEmbedded({ dataFolder: folder, runAs: RUN_AS })).stop();
  return folder;
}

/** A data folder with a cluster in it that has been stopped in order: a copy, which is quicker than making one. */
export async function dataFolderWithCluster(prefix?: string): Promise<string> {
  template ??= makeTemplate();
  const folder = await dataFolder(prefix);
  for (const name of ['postgres', 'postgres.password']) await copy('cp', ['-a', join(await template, name), join(folder, name)]);
  return folder;
}

export async function start(folder: string, pools = 0, readers?: ReaderPort): Promise<EmbeddedDatabase> {
  const embedded = await startEmbedded({ dataFolder: folder, runAs: RUN_AS, pools, readers });
  running.push(embedded);
  return embedded;
}

export interface Child {
  readonly process: ChildProcess;
  readonly said: { url: string; owner: boolean; pid: number; home: EmbeddedHome; error?: string };
  readonly ended: Promise<number | null>;
}

/** Another hub process on the folder. @param program a module like embedded-child.ts. */
export async function startChild(
  folder: string,
  options: { uid?: number; gid?: number; program?: string; cwd?: string; args?: string[] } = {},
): Promise<Child> {
  const { program = fileURLToPath(new URL('embedded-child.ts', import.meta.url)), args = [], ...spawned } = options;
  const child = spawn(process.execPath, [program, folder, ...args], { ...spawned, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let text = '';
  const line = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error(`the child ended: ${text}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text);
    });
  });
  return { process: child, said: JSON.parse(line), ended };
}

/** Processes of PostgreSQL that work on a data folder. */
export async function serverProcesses(data: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [name, cwd] = await Promise.all([
      readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
    ]);
    if (name === 'postgres\n' && cwd === data) found.push(Number(pid));
  }
  return found;
}
