import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** A TCP way to a server on a unix socket, which can fall silent in both directions without closing anything. */
export interface TcpProxy {
  /** The URL with host and port of the proxy. */
  readonly url: string;
  /** Connections made so far. */
  readonly connections: number;
  /** Nothing passes any more on the connections there are; new ones work. */
  swallow(): void;
  /** New connections are accepted and never answered. */
  swallowNew(on: boolean): void;
  close(): Promise<void>;
}

export async function startTcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const url = new URL(databaseUrl);
  const path = join(decodeURIComponent(url.hostname), '.s.PGSQL.5432');
  const open = new Set<Socket>();
  let silent = new Set<Socket>();
  let deaf = false;
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    open.add(near);
    near.on('error', () => undefined);
    if (deaf) return;
    const far = connect(path);
    open.add(far);
    far.on('error', () => near.destroy());
    near.on('data', (chunk) => silent.has(near) || far.write(chunk));
    far.on('data', (chunk) => silent.has(near) || near.write(chunk));
    near.on('close', () => silent.has(near) || far.end());
    far.on('close', () => silent.has(near) || near.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: databaseUrl.replace(url.host, `127.0.0.1:${address.port}`),
    get connections() {
      return connections;
    },
    swallow() {
      silent = new Set(open);
    },
    swallowNew(on) {
      deaf = on;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
