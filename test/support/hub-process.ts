import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atExit } from './at-exit.ts';

/**
 * A hub as an administrator runs it: `vestnik serve` from source, configured by variables, on its own PostgreSQL or on a given one.
 *
 * made -> start(): starting -> running (it has said so in its log) -> kill(): gone at once, its PostgreSQL lives on | stop(): gone in order
 * -> start() again on the same folder and the same ports.
 */
export interface HubProcess {
  readonly folder: string;
  /** `http://127.0.0.1:8080` */
  readonly http: string;
  /** `localhost:8443` */
  readonly feed: string;
  readonly pid: number;
  /** True from start() to the end of the process. */
  readonly alive: boolean;
  /** Basic authorization of the administrator. */
  readonly authorization: string;
  start(): Promise<void>;
  /** SIGKILL to the hub alone. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
  /** Process id of the hub's own PostgreSQL; undefined while none runs. Linux. */
  databasePid(): number | undefined;
  /** The last lines it wrote, for a message about why a test failed. */
  tail(): string;
}

export interface HubOptions {
  /** Folder of its data; made when it is not there. */
  readonly folder: string;
  /** (Default: its own PostgreSQL) */
  readonly databaseUrl?: string;
  /** VESTNIK_... variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The administrator, when another hub on this database was the first. */
  readonly authorization?: string;
}

const MAIN = fileURLToPath(new URL('../../hub/main.ts', import.meta.url));
const START_DEADLINE = 60_000;
const STOP_DEADLINE = 20_000;
const KEPT = 200_000;

export const basic = (login: string, password: string): string => `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

/** Makes a hub without starting it. */
export function createHubProcess(options: HubOptions): HubProcess {
  // PostgreSQL runs as another user when we are root, and must be able to pass through.
  mkdirSync(options.folder, { recursive: true, mode: 0o755 });
  let child: ChildProcess | undefined;
  let said = '';
  let addresses: { http: string; feed: string } | undefined;
  let authorization = options.authorization;

  const environment = (): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    TMPDIR: process.env['TMPDIR'] ?? '',
    // As containers have it.
    TZ: '',
    VESTNIK_DATA_FOLDER: options.folder,
    VESTNIK_HTTP__PORT: addresses ? (addresses.http.split(':').at(-1) ?? '0') : '0',
    VESTNIK_TICKETS__FEED_PORT: addresses ? (addresses.feed.split(':').at(-1) ?? '0') : '0',
    VESTNIK_ALERTS__LINE__PORT: '0',
    VESTNIK_TICKETS__FEED_HOST: '127.0.0.1',
    // How full the disk of this machine is, is no matter of the tests.
    VESTNIK_TICKETS__MIN_FREE_BYTES: '0',
    VESTNIK_TICKETS__MIN_FREE_PERCENT: '0',
    VESTNIK_LOG__FORMAT: 'json',
    ...(options.databaseUrl !== undefined && { VESTNIK_DATABASE__URL: options.databaseUrl }),
    ...options.environment,
  });

  const tail = (): string => said.split('\n').slice(-25).join('\n');
  const killGroup = (): void => {
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  };

  const databasePid = (): number | undefined => {
    const file = join(options.folder, 'postgres', 'postmaster.pid');
    if (!existsSync(file)) return undefined;
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    const commandLine = `/proc/${pid}/cmdline`;
    // The file outlives a killed server, and its number may by now belong to a stranger.
    return pid > 1 && existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(options.folder) ? pid : undefined;
  };
  const endAll = (): void => {
    killGroup();
    const pid = databasePid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  };
  let forget: (() => void) | undefined;

  const ended = async (): Promise<void> => {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };

  return {
    folder: options.folder,
    get http() {
      return addresses?.http ?? '';
    },
    get feed() {
      return addresses?.feed ?? '';
    },
    get pid() {
      return child?.pid ?? 0;
    },
    get alive() {
      return child !== undefined && child.exitCode === null && child.signalCode === null;
    },
    get authorization() {
      return authorization ?? '';
    },
    async start() {
      forget ??= atExit(endAll);
      const started = spawn(process.execPath, [MAIN, '--lang', 'en', 'serve'], {
        cwd: options.folder,
        env: environment(),
        // A group of its own: what kills the hub must not reach the tests.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      let line = '';
      const running = new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => {
          killGroup();
          reject(new Error(`the hub did not run within ${START_DEADLINE / 1000} s:\n${tail()}`));
        }, START_DEADLINE);
        const settle = (failure?: Error): void => {
          clearTimeout(late);
          if (failure) reject(failure);
          else resolve();
        };
        const hear = (text: string): void => {
          said = (said + text).slice(-KEPT);
          const lines = (line + text).split('\n');
          line = lines.pop() ?? '';
          for (const each of lines) {
            if (!each.includes('"the hub is running"')) continue;
            const { http, feed } = JSON.parse(each) as { http: string; feed: string };
            addresses = { http, feed };
          }
        };
        started.stdout?.setEncoding('utf8').on('data', hear);
        // The summary, with the password of a first start, comes last and on its own stream.
        started.stderr?.setEncoding('utf8').on('data', (text: string) => {
          said = (said + text).slice(-KEPT);
          const [, login, password] = /^ +login +(\S+)\n +password +(\S+)$/m.exec(said) ?? [];
          if (login && password) authorization ??= basic(login, password);
          if (addresses && said.includes('Ctrl-C stops it.')) settle();
        });
        started.stdout?.on('data', () => {
          if (said.includes('Ctrl-C stops it.') && addresses) settle();
        });
        started.once('exit', (code, signal) => settle(new Error(`the hub ended at its start with ${code ?? signal}:\n${tail()}`)));
        started.once('error', settle);
      });
      said = '';
      await running;
    },
    async kill() {
      child?.kill('SIGKILL');
      await ended();
    },
    async stop() {
      forget?.();
      forget = undefined;
      if (!child) return null;
      const force = setTimeout(killGroup, STOP_DEADLINE);
      child.kill('SIGTERM');
      await ended();
      clearTimeout(force);
      return child.exitCode;
    },
    databasePid,
    tail,
  };
}
