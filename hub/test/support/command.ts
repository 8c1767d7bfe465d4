import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

export interface CommandRun {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What came so far. */
  readonly out: string;
  readonly err: string;
  /** Waits until both streams together say it. @throws after 30 s, or when the process ends without saying it. */
  says(text: RegExp): Promise<string>;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

let room: ReturnType<typeof createFolder> | undefined;
afterAll(() => room?.remove());

/** An empty folder, which goes when the tests of the file are done. */
export function newFolder(): string {
  room ??= createFolder('command');
  return mkdtempSync(room.at('in-'));
}

/** Starts `vestnik ...` as a process of its own, with nothing of this environment but PATH. */
export function startCommand(
  args: readonly string[],
  options: { environment?: Record<string, string>; cwd?: string; input?: string } = {},
): CommandRun {
  const { environment = {}, cwd = newFolder(), input } = options;
  const env = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'en_US.UTF-8',
    VESTNIK_HTTP__PORT: '0',
    VESTNIK_TICKETS__FEED_PORT: '0',
    VESTNIK_ALERTS__LINE__PORT: '0',
    VESTNIK_TICKETS__MIN_FREE_BYTES: '0',
    VESTNIK_TICKETS__MIN_FREE_PERCENT: '0',
    ...environment,
  };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  let code: number | null | undefined;
  const watchers = new Set<() => void>();
  const wake = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
    wake();
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (given) => {
      code = given;
      resolve(given);
      wake();
    }),
  );
  return {
    child,
    pid: child.pid ?? 0,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`did not say ${text} within 30 s: ${out}${err}`)), 30_000);
        const look = (): void => {
          const said = text.test(out) || text.test(err);
          if (!said && code === undefined) return;
          clearTimeout(late);
          watchers.delete(look);
          if (said) resolve(out + err);
          else reject(new Error(`ended with ${code} without saying ${text}: ${out}${err}`));
        };
        watchers.add(look);
        look();
      }),
  };
}

/** Runs `vestnik ...` to its end. */
export async function runCommand(
  args: readonly string[],
  options: Parameters<typeof startCommand>[1] = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const run = startCommand(args, options);
  const code = await run.ended;
  return { code, out: run.out, err: run.err };
}
