import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HubPeer } from '../hub/hub-peer.ts';
import type { Puller } from './queue-path.ts';

const PROGRAM = fileURLToPath(new URL('../../client/main.ts', import.meta.url));
const LOOK_EVERY = 100;

/** Peak resident memory of a process in MiB, read from the kernel; 0 where it cannot be. */
function peakMemory(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/**
 * Stat_Client, as a program of its own, empties a mailbox into a folder (`-once`).
 * @returns files a second from its start to its end, and its peak memory in MiB.
 */
export async function filePath(
  hub: HubPeer,
  puller: Puller,
  folder: string,
  count: number,
): Promise<{ perSecond: number; memory: number }> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'xml'), { recursive: true });
  writeFileSync(join(folder, 'ca.crt'), puller.ca);
  writeFileSync(join(folder, 'client.pem'), puller.pem, { mode: 0o600 });
  const lines = [
    `Connect = ${hub.feed}`,
    'Ca_cert = ca.crt',
    'Client_cert = client.pem',
    'Storage = xml',
    'Logger = Client.out',
    'Language = en',
  ];
  writeFileSync(join(folder, 'Stat_Client.conf'), `${lines.join('\n')}\n`);
  const begun = performance.now();
  const child = spawn(process.execPath, [PROGRAM, '-conf', join(folder, 'Stat_Client.conf'), '-once'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let memory = 0;
  const looking = setInterval(() => {
    memory = Math.max(memory, peakMemory(child.pid ?? 0));
  }, LOOK_EVERY);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(looking);
  const seconds = (performance.now() - begun) / 1000;
  const files = readdirSync(join(folder, 'xml')).filter((name) => name.endsWith('.xml')).length;
  if (code !== 0 || files !== count)
    throw new Error(`Stat_Client ended with ${code} and ${files} of ${count} files; see ${folder}/Client.out`);
  rmSync(folder, { recursive: true, force: true });
  return { perSecond: count / seconds, memory };
}
