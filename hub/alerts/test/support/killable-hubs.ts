import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Processes that carry runs out (engine-process.ts), to be killed. */
export interface KillableHubs {
  /** Resolves when it works. */
  start(): Promise<ChildProcess>;
  /** SIGKILL. */
  kill(hub: ChildProcess): Promise<void>;
  /** Lets it end in order. */
  stop(hub: ChildProcess): Promise<void>;
  /** SIGKILL to all that are left. */
  end(): void;
}

const PROGRAM = fileURLToPath(new URL('./engine-process.ts', import.meta.url));

/** @param url of the database that they share */
export function killableHubs(url: string): KillableHubs {
  const children = new Set<ChildProcess>();
  const gone = async (hub: ChildProcess, how: () => void): Promise<void> => {
    const exit = once(hub, 'exit');
    how();
    await exit;
    children.delete(hub);
  };
  return {
    async start() {
      const hub = spawn(process.execPath, [PROGRAM, url], { stdio: ['pipe', 'pipe', 'inherit'] });
      children.add(hub);
      await once(hub.stdout, 'data');
      return hub;
    },
    kill: (hub) => gone(hub, () => hub.kill('SIGKILL')),
    stop: (hub) => gone(hub, () => hub.stdin?.end()),
    end() {
      for (const hub of children) hub.kill('SIGKILL');
    },
  };
}
