import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import { decodeWindows1251, encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { createAuthority, issue } from '../../test/certificates.ts';
import { main } from '../program.ts';

/** What the server does with a line; lines it sends are wire text without CR LF. */
export type Script = (line: string, peer: Peer) => void;
export type Peer = { send(...lines: string[]): void; cut(): void; readonly socket: TLSSocket };

export const AUTHORITY = createAuthority();
const CERTIFICATE = issue(AUTHORITY, 'alerts', { names: ['localhost', '127.0.0.1'] });

export type ScriptedServer = {
  readonly port: number;
  /** Every line that came, decoded from windows-1251 but with its escapes. */
  readonly received: string[];
  close(): Promise<void>;
};

/** A server of the line protocol that knows LOGIN and QUIT, and for the rest does what its script says. */
export async function startServer(script: Script): Promise<ScriptedServer> {
  const received: string[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert: CERTIFICATE.certificate, key: CERTIFICATE.key }, (socket) => {
    sockets.add(socket);
    const peer: Peer = {
      send: (...lines) => void socket.write(encodeWindows1251(lines.map((line) => `${line}\r\n`).join(''), '?')),
      cut: () => void socket.destroy(),
      socket,
    };
    let waiting = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      const lines = (waiting + decodeWindows1251(chunk)).split('\r\n');
      waiting = lines.pop()!;
      for (const line of lines) {
        received.push(line);
        if (line === 'LOGIN admin Secret-123') peer.send('LOGIN OK Здравствуйте,%20Анна.%20Vestnik%201.0', 'HASP 1 2 1 1 1 0');
        else if (line.startsWith('LOGIN '))
          peer.send('LOGIN ERR_BADLOGIN указанная%20учетная%20запись%20не%20существует%20либо%20неверный%20пароль.');
        else if (line === 'QUIT') {
          peer.send('QUIT OK');
          socket.end();
        } else script(line, peer);
      }
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export type Outcome = { readonly exit: number; readonly out: string; readonly error: string };

/** Runs the program in this process. @param input what stands on standard input */
export async function runLine(argv: readonly string[], input: string | Readable = '', stop?: AbortSignal): Promise<Outcome> {
  const pieces: Uint8Array[] = [];
  const errors: string[] = [];
  const exit = await main(argv, {
    input: typeof input === 'string' ? Readable.from([input]) : input,
    output: new PassThrough(),
    screen: { out: async (text) => void pieces.push(Buffer.from(text)), error: (line) => void errors.push(line) },
    isTerminal: false,
    env: { LANG: 'en_US.UTF-8' },
    stop: stop ?? new AbortController().signal,
  });
  return { exit, out: Buffer.concat(pieces).toString(), error: errors.join('\n') };
}
