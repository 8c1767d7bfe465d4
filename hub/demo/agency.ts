import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';

/**
 * An agency of the demonstration: a folder with the unpacked bundle, and Stat_Client as a program of its own.
 * unpacked -> running -> (kill: SIGKILL, nothing is tidied) -> running again -> stopped (SIGTERM).
 */
export interface Agency {
  readonly folder: string;
  readonly storage: string;
  readonly pid: number | undefined;
  start(): void;
  /** Runs the program with other arguments and answers what it printed. */
  ask(...args: string[]): Promise<{ code: number | null; output: string }>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Names of the XML files in the folder, sorted. */
  files(): string[];
  /** SHA-256 of every file, hex, by name. */
  digests(): Map<string, string>;
  /** Calls `seen` with the name of each file as it appears. */
  watch(seen: (name: string) => void): () => void;
}

const PROGRAM = fileURLToPath(new URL('../../client/main.ts', import.meta.url));
const STOP_DEADLINE = 15_000;

const exited = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });

/** Unpacks a bundle as its receiver would. @param language of the program's messages. @param more arguments beside the configuration file. */
export function openAgency(folder: string, bundle: Uint8Array, language: 'ru' | 'en', more: readonly string[] = []): Agency {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(bundle))) {
    const path = join(folder, name);
    writeFileSync(path, bytes, { mode: 0o600 });
    if (name.endsWith('.pem')) chmodSync(path, 0o600);
  }
  const storage = join(folder, 'xml');
  mkdirSync(storage, { recursive: true });
  const args = [PROGRAM, '-conf', join(folder, 'Stat_Client.conf'), '-language', language, ...more];
  let child: ChildProcess | undefined;

  return {
    folder,
    storage,
    get pid() {
      return child?.pid;
    },
    start() {
      const output = openSync(join(folder, 'console.out'), 'a');
      // A group of its own: Ctrl-C in the terminal reaches the demonstration, which stops everything in order.
      child = spawn(process.execPath, args, { cwd: folder, detached: true, stdio: ['ignore', output, output] });
      closeSync(output);
    },
    async ask(...question) {
      const asked = spawn(process.execPath, [...args, ...question], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      const chunks: Buffer[] = [];
      asked.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      asked.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
      const closed = new Promise<void>((resolve) => asked.once('close', resolve));
      const code = await exited(asked);
      await closed;
      return { code, output: Buffer.concat(chunks).toString('utf8') };
    },
    async kill() {
      if (!child) return;
      child.kill('SIGKILL');
      await exited(child);
    },
    async stop() {
      if (!child) return;
      const last = child;
      const force = setTimeout(() => last.kill('SIGKILL'), STOP_DEADLINE);
      last.kill('SIGTERM');
      await exited(last);
      clearTimeout(force);
    },
    files: () =>
      readdirSync(storage)
        .filter((name) => name.endsWith('.xml'))
        .sort(),
    digests() {
      return new Map(this.files().map((name) => [name, hash('sha256', readFileSync(join(storage, name)), 'hex')]));
    },
    watch(seen) {
      const watcher = watch(storage, (_, name) => {
        if (name?.endsWith('.xml')) seen(name);
      });
      return () => watcher.close();
    },
  };
}
