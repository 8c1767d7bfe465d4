import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A request as its bytes came. */
export interface Received {
  /** Request line and headers as they were written, without the empty line. */
  readonly head: string;
  readonly body: Buffer;
  /** From 0: which connection it came over. */
  readonly connection: number;
}

/** Writes an answer, or does whatever else a receiver may do with its connection. */
export type Answer = (socket: Socket, request: Received) => void;

export interface Receiver {
  readonly port: number;
  readonly received: Received[];
  /** Connections that were accepted so far; over TLS: whose handshake is done. */
  connections(): number;
  /** Bytes that came in over all connections. */
  bytesRead(): number;
  /** Connections that are open. */
  open(): number;
  stop(): Promise<void>;
}

export const plainAnswer =
  (status: string, body = '', headers: readonly string[] = []): Answer =>
  (socket) =>
    void socket.write([`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', body].join('\r\n'));

export const OK = plainAnswer('200 OK', 'ok');

/** A receiver of bare bytes on a free port of 127.0.0.1: nothing of an HTTP library stands between the test and the wire. */
export async function startReceiver(answer: Answer = OK, tls?: TlsOptions): Promise<Receiver> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let read = 0;
  const accept = (socket: Socket): void => {
    const connection = connections;
    connections += 1;
    let waiting = Buffer.alloc(0);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      read += chunk.length;
      waiting = Buffer.concat([waiting, chunk]);
      while (true) {
        const end = waiting.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = waiting.toString('latin1', 0, end);
        const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
        if (waiting.length < end + 4 + length) return;
        const request = { head, body: Buffer.from(waiting.subarray(end + 4, end + 4 + length)), connection };
        waiting = waiting.subarray(end + 4 + length);
        received.push(request);
        answer(socket, request);
      }
    });
  };
  const server: Server = tls ? createTlsServer(tls, accept) : createServer(accept);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    received,
    connections: () => connections,
    bytesRead: () => read,
    open: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
