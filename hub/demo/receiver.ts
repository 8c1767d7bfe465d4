import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A callback as it came in. */
export interface Received {
  /** When its last byte was there, by `performance.now()`. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What it was answered; undefined: nothing. */
  readonly status: number | undefined;
}

/** A customer's web service of the demonstration: listening -> `stop` (connections are cut, also those without an answer) -> gone. */
export interface Receiver {
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly received: readonly Received[];
  stop(): Promise<void>;
}

/**
 * Opens a web service on a free port of this machine.
 * @param answer the status for a request, of which `earlier` came before; undefined: it never answers.
 */
export async function openReceiver(answer: (earlier: number) => number | undefined): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // The hub has given it up.
      return;
    }
    const status = answer(received.length);
    const { method = '', url: path = '', headers } = request;
    received.push({ at: performance.now(), method, path, headers, body: Buffer.concat(parts).toString('utf8'), status });
    if (status !== undefined) response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    received,
    async stop() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}
