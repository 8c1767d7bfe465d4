import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the hub's process says when it is up. */
export interface HubPeer {
  readonly rest: string;
  readonly feed: string;
  readonly databaseUrl: string;
  /** Authorization header of the administrator. */
  readonly authorization: string;
  /** Processor seconds so far: of the hub, and of its database. */
  processorSeconds(): { hub: number; database: number };
  /** The most memory that the hub's process has had so far, MiB. Linux only, elsewhere 0. */
  mostMemory(): number;
  stop(): Promise<void>;
}

const TICKS = 100;

/** Processor seconds of a process, user and system; with `children` also of its children, present and ended. Linux only, elsewhere 0. */
export function processorSecondsOf(pid: number, children: boolean): number {
  let sum = 0;
  if (!existsSync('/proc/self/stat')) return 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const own = (Number(fields[11]) + Number(fields[12])) / TICKS;
      if (Number(entry) === pid) sum += own + (children ? (Number(fields[13]) + Number(fields[14])) / TICKS : 0);
      else if (children && Number(fields[1]) === pid) sum += own;
    } catch {
      // It ended meanwhile.
    }
  }
  return sum;
}

export async function startHubPeer(dataFolder: string, more: Readonly<Record<string, string>> = {}): Promise<HubPeer> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./hub-process.ts', import.meta.url)), {
    // As `npm start` does.
    execArgv: ['--max-semi-space-size=64'],
    env: {
      ...process.env,
      VESTNIK_DATA_FOLDER: dataFolder,
      VESTNIK_HTTP__PORT: '0',
      VESTNIK_TICKETS__FEED_PORT: '0',
      VESTNIK_ALERTS__LINE__PORT: '0',
      VESTNIK_TICKETS__FEED_HOST: '127.0.0.1',
      VESTNIK_TICKETS__REQUESTS_PER_SECOND: '10000',
      ...more,
    },
  });
  const [message] = (await once(child, 'message')) as [
    { addresses: Record<string, string>; administrator: { login: string; password: string }; databaseUrl: string; databasePid: number },
  ];
  const { login, password } = message.administrator;
  return {
    rest: message.addresses['http'] ?? '',
    feed: message.addresses['feed'] ?? '',
    databaseUrl: message.databaseUrl,
    authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
    processorSeconds: () => ({ hub: processorSecondsOf(child.pid ?? 0, false), database: processorSecondsOf(message.databasePid, true) }),
    mostMemory() {
      const status = `/proc/${child.pid}/status`;
      const peak = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
      return Math.round(Number(peak ?? 0) / 1024);
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
