import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Configuration } from '../../config.ts';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { readCertificatePair, watchCertificate } from './certificate-files.ts';
import { whereaboutsBy } from './client-address.ts';
import { CONNECTION, requestIdOf } from './connection-limits.ts';
import { pathOf } from './failure.ts';
import { type ForeignFace, serveForeign } from './foreign.ts';

/**
 * A port of their own for foreign protocols, beside the hub's listener, for programs whose port cannot be changed.
 *
 * listening -> stopping (no new connections; what is under way finishes, later requests are refused) -> stopped, by force after the deadline.
 */
export interface ForeignListener {
  /** `http://127.0.0.1:8081` */
  readonly address: string;
  /** @param deadline milliseconds. (Default: 10000) */
  stop(deadline?: number): Promise<void>;
}

const notes = notesOf('http.foreign');

/** @throws HubError CONFLICT when the address cannot be had. @param setting names the setting of the port in that message */
export async function openForeignListener(
  { http, language }: Pick<Configuration, 'http' | 'language'>,
  at: { readonly host: string; readonly port: number; readonly setting: string },
  faces: readonly ForeignFace[],
): Promise<ForeignListener> {
  const pair = http.tls && readCertificatePair(http.tls);
  const limits = {
    maxHeaderSize: CONNECTION.headerBytes,
    headersTimeout: CONNECTION.headerTime,
    requestTimeout: CONNECTION.requestTime,
    keepAliveTimeout: CONNECTION.keepAlive,
    noDelay: true,
  };
  const whereabouts = whereaboutsBy(http.trustProxy);
  const underWay = new WeakMap<Socket, ServerResponse>();
  let stopping = false;
  const answer = (raw: IncomingMessage, response: ServerResponse): void => {
    underWay.set(raw.socket, response);
    const path = pathOf(raw.url ?? '/');
    const face = faces.find((one) => one.claims(path));
    if (face) {
      void serveForeign(face, raw, response, { requestId: requestIdOf(raw), whereabouts: whereabouts(raw), stopping: () => stopping });
      return;
    }
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end('There is nothing here.\n');
  };
  const server = pair
    ? createSecureServer({ ...limits, cert: pair.cert, key: pair.key, minVersion: 'TLSv1.2' }, answer)
    : createServer(limits, answer);
  server.setTimeout(CONNECTION.silence);
  server.on('clientError', (error, socket) => answerBrokenRequest(error, socket as Socket, underWay.get(socket as Socket), language));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new HubError('CONFLICT', `cannot listen on ${at.host}:${at.port} (${cause.code ?? cause.message}): choose another ${at.setting}`, {
          cause,
        }),
      ),
    );
    server.listen(at.port, at.host, resolve);
  });
  const watch =
    http.tls &&
    watchCertificate(http.tls, ({ cert, key }) =>
      (server as unknown as { setSecureContext(pair: object): void }).setSecureContext({ cert, key, minVersion: 'TLSv1.2' }),
    );
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return {
    address: `${pair ? 'https' : 'http'}://${host}:${(server.address() as AddressInfo).port}`,
    async stop(deadline = 10_000) {
      stopping = true;
      watch?.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const force = setTimeout(() => {
        notes.warn('requests under way are cut: the time to finish is over', { deadlineMs: deadline });
        server.closeAllConnections();
      }, deadline);
      await closed;
      clearInterval(idle);
      clearTimeout(force);
    },
  };
}
