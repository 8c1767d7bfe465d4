import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { processorSecondsOf } from '../hub/hub-peer.ts';

/** Starts a file of this folder that serves beside the hub, a process of its own on the same database. */
export async function startPeer(
  file: string,
  url: string,
): Promise<{ readonly address: string; processorSeconds(): number; stop(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [url]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    address: `http://127.0.0.1:${port}`,
    processorSeconds: () => processorSecondsOf(child.pid ?? 0, false),
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
