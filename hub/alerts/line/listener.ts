import { constants } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import { HubError } from '../../core/errors.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { CertificateSource } from './certificate.ts';

/**
 * A TLS listener of the line protocol: listening -> stop(): nobody is let in any more -> stopped.
 *
 * A connection is accepted -> counted: above the rate, or the number of sessions, it is closed unheard -> handshake, 15 s -> handed over.
 */
export interface LineListener {
  readonly address: string;
  /** Nobody is let in any more; resolves when everybody is gone. @param deadline milliseconds after which connections are cut */
  stop(deadline: number): Promise<void>;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly certificate: CertificateSource;
  /** PEM; undefined: clients need no certificate. */
  readonly clientCa: string | undefined;
  /** TLS 1.0, for clients that know nothing newer. */
  readonly old: boolean;
  readonly handshake: number;
  /** Whether there is room for one more. */
  readonly admit: () => boolean;
  readonly connected: (socket: TLSSocket) => void;
}

const notes = notesOf('alerts.line');
/** Nobody has new keys made on a connection, which costs us more than them (specification of alerts 8.3.1). */
const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
const NEWEST: TlsOptions = { minVersion: 'TLSv1.2', secureOptions };
const OLD: TlsOptions = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0', secureOptions };

/** How many connections a second may come: as many at once, then one after the other. */
export function createRate(perSecond: number, clock: () => number = () => performance.now()): () => boolean {
  let room = perSecond;
  let at = clock();
  return () => {
    const now = clock();
    room = Math.min(perSecond, room + ((now - at) * perSecond) / 1_000);
    at = now;
    if (room < 1) return false;
    room -= 1;
    return true;
  };
}

/** Starts listening. @throws HubError CONFLICT when the address cannot be had */
export async function startListener(options: ListenerOptions): Promise<LineListener> {
  const { host, port, certificate, clientCa, old } = options;
  const common: TlsOptions = {
    ...(old ? OLD : NEWEST),
    ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  };
  const sockets = new Set<Socket>();
  const server: Server = createServer({
    ...common,
    ...certificate.first.pair,
    handshakeTimeout: options.handshake,
    // A script sends its commands and is done; its answers still leave.
    allowHalfOpen: true,
  });
  server.prependListener('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (!options.admit()) socket.destroy();
  });
  server.on('secureConnection', options.connected);
  server.on('tlsClientError', (error, socket) => {
    notes.debug('a handshake failed', { address: socket.remoteAddress, why: error.message });
    socket.destroy();
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (cause) {
    throw new HubError('CONFLICT', `the line protocol cannot listen on ${host}:${port}: ${(cause as Error).message}`, { cause });
  }
  server.on('error', (error) => notes.error('the listener of the line protocol failed', {}, error));
  const unwatch = certificate.watch(({ pair, fingerprint }) => {
    server.setSecureContext({ ...common, ...pair });
    notes.info('the line protocol has another certificate', { fingerprint });
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `${host}:${bound}`,
    async stop(deadline) {
      unwatch();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, deadline);
      await promisify(server.close.bind(server))().catch(() => undefined);
      clearTimeout(cut);
    },
  };
}
