import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';

const notes = notesOf('database.embedded');
/** How long a server may take to stop in order, and then at once. Milliseconds. */
const ORDERLY = 30_000;
const FORCED = 10_000;
/** A number no system gives to a process. */
const NOBODYS_PID = 2_147_483_647;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function commandOf(pid: number): string {
  const [program, ...args] =
    platform() === 'win32' ? ['tasklist', '/FI', `PID eq ${pid}`, '/NH'] : ['ps', '-o', 'command=', '-p', String(pid)];
  try {
    return execFileSync(program as string, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** Tells whether a process is a server on this data folder: all of them work in it. */
function serves(pid: number, data: string): boolean {
  if (platform() === 'win32') return commandOf(pid).includes('postgres.exe');
  if (platform() !== 'linux') return commandOf(pid).includes(data);
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'postgres\n' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    // Gone meanwhile, or another user's.
    return false;
  }
}

const pidFile = (data: string): string => join(data, 'postmaster.pid');

function writtenPid(data: string): number | undefined {
  if (!existsSync(pidFile(data))) return undefined;
  const pid = Number.parseInt(readFileSync(pidFile(data), 'utf8'), 10);
  return pid > 0 ? pid : undefined;
}

/**
 * PostgreSQL takes any process of this number for a running server and refuses to start: a stranger that got the number after a restart of the
 * machine or container, or a dead server that nobody has buried. Only the number is made harmless: by the rest of the file PostgreSQL finds out
 * whether processes of the old server still use its memory, which would ruin the data.
 */
function disownNumber(data: string): void {
  const pid = writtenPid(data);
  if (pid === undefined || pid === NOBODYS_PID || !isAlive(pid) || serves(pid, data)) return;
  notes.info('the process number of the last run does not belong to a database server', { pid });
  writeFileSync(pidFile(data), readFileSync(pidFile(data), 'utf8').replace(/^\s*\d+/, String(NOBODYS_PID)));
}

/** Processes that have outlived their main process: a statement may go on, and keeps a new server from starting. */
function stragglers(data: string): number[] {
  if (platform() !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && serves(Number(name), data))
    .map(Number);
}

/** @returns true when `alive` became false within the time. */
async function waitWhile(alive: () => boolean, milliseconds: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds; alive(); await pause(20)) if (performance.now() > end) return false;
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Ends what a killed hub or a killed server left running on a data folder. The caller holds the folder's lock.
 * @throws HubError STORE_UNAVAILABLE when a process does not end.
 */
export async function endLeftovers({ data, socket }: { readonly data: string; readonly socket: string }): Promise<void> {
  if (!existsSync(data)) return;
  const main = writtenPid(data);
  if (main !== undefined && isAlive(main) && serves(main, data)) {
    notes.info('a database server without a hub is running; stopping it in order', { pid: main });
    const running = (): boolean => isAlive(main) && serves(main, data);
    signal(main, 'SIGINT');
    if (!(await waitWhile(running, ORDERLY))) {
      signal(main, 'SIGQUIT');
      if (!(await waitWhile(running, FORCED)))
        throw new HubError('STORE_UNAVAILABLE', `the database server left by another hub (process ${main}) does not stop: end it by hand`);
    }
  }
  for (const pid of stragglers(data)) signal(pid, 'SIGQUIT');
  let left: number[] = [];
  const remain = (): boolean => {
    left = stragglers(data);
    return left.length > 0;
  };
  if (!(await waitWhile(remain, FORCED)))
    throw new HubError('STORE_UNAVAILABLE', `processes of the last database server do not end (${left.join(', ')}): end them by hand`);
  disownNumber(data);
  // The same number stands beside the socket, where it guards nothing: the folder is ours alone.
  for (const name of readdirSync(socket)) rmSync(join(socket, name), { force: true });
}
