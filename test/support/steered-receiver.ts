import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Received } from './callbacks-hub.ts';

/** A web service whose every answer a test decides. */
export interface SteeredReceiver {
  /** `http://127.0.0.1:port` */
  readonly address: string;
  readonly port: number;
  readonly received: Received[];
  /** Requests that have no answer yet, and the most there were at once. */
  readonly open: number;
  readonly mostOpen: number;
  /** Answers a request; it may take its time. (Default: status 200) */
  answer: (request: Received, response: ServerResponse) => unknown;
  stop(): Promise<void>;
}

const respond = (status: number) => (_: Received, response: ServerResponse) => void response.writeHead(status).end();

export async function startSteeredReceiver(): Promise<SteeredReceiver> {
  const received: Received[] = [];
  let open = 0;
  let mostOpen = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    response.once('close', () => {
      open -= 1;
    });
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // A sender that was killed in the middle of its request has sent nothing.
      return;
    }
    const { method = '', url: path = '', headers, rawHeaders } = request;
    const whole = { method, path, headers, rawHeaders, body: Buffer.concat(parts).toString('utf8') };
    received.push(whole);
    await receiver.answer(whole, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: SteeredReceiver = {
    address: `http://127.0.0.1:${port}`,
    port,
    received,
    get open() {
      return open;
    },
    get mostOpen() {
      return mostOpen;
    },
    answer: respond(200),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
