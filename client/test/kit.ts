import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Issued, issue } from './certificates.ts';
import type { Peer } from './peer.ts';

/** A client's folder with everything the bundle and the kit give it. */
export type Kit = { folder: string; storage: string; log: string; conf: string; pem: string; identity: Issued; remove(): void };

export const MAIN = join(import.meta.dirname, '..', 'main.ts');

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'stat-client-'));
}

/** @param extra further lines of the configuration. */
export function createKit(peer: Pick<Peer, 'port' | 'authority'>, extra: readonly string[] = [], name = 'agency-17'): Kit {
  const folder = temporaryFolder();
  const identity = issue(peer.authority, name);
  const kit = {
    folder,
    storage: join(folder, 'xml'),
    log: join(folder, 'Client.out'),
    conf: join(folder, 'Stat_Client.conf'),
    pem: join(folder, `${name}.pem`),
    identity,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  mkdirSync(kit.storage);
  writeFileSync(join(folder, 'ca.crt'), peer.authority.pem);
  writeFileSync(kit.pem, identity.pem);
  chmodSync(kit.pem, 0o600);
  writeFileSync(
    kit.conf,
    [
      `Connect = localhost:${peer.port}`,
      'Ca_cert = ca.crt',
      `Client_cert = ${name}.pem`,
      'Storage = xml',
      'Logger = Client.out',
      'Language = en',
      ...extra,
      '',
    ].join('\n'),
  );
  return kit;
}

/** Starts the real program. */
export function startProgram(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, LANG: 'C', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the real program to its end. */
export async function runProgram(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ exit: number | null; out: string; error: string }> {
  const child = startProgram(args, environment);
  let out = '';
  let error = '';
  child.stdout?.on('data', (part) => {
    out += part;
  });
  child.stderr?.on('data', (part) => {
    error += part;
  });
  await once(child, 'close');
  return { exit: child.exitCode, out, error };
}

/** Waits until a condition holds, at most 20 s. */
export async function until(condition: () => boolean, what = 'condition'): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not reached in 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The XML files of a folder with their content. */
export function filesIn(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.xml')) files.set(name, readFileSync(join(folder, name), 'utf8'));
  }
  return files;
}
