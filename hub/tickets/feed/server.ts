import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { FEED_INSTANCE_HEADER, FEED_LIMITS, FEED_PATHS, isMessageId } from '@vestnik/protocol/feed.ts';
import { ERRORS, HubError, toHubError } from '../../core/errors.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import { createRate } from './rate.ts';

/**
 * The HTTPS listener of the feed: mutual TLS, three paths, one error form (spec 6).
 *
 * starting -> listening -> stopping (no new connections, waiting pulls answered) -> stopped. A connection is named by the SHA-256 of its
 * certificate; `cut` destroys all connections of one. A request reads its body, is counted against the client's rate, and is answered.
 */
export interface FeedServer {
  readonly port: number;
  /** Certificates with open connections. */
  readonly fingerprints: readonly string[];
  /** Destroys the connections of a certificate at once, waiting pulls included. */
  cut(fingerprint: string): void;
  /** Serves new connections with another certificate. */
  renew(pair: { certificatePem: string; keyPem: string }): void;
  /** Stops listening, waits up to `deadline` milliseconds for requests under way, then cuts them. */
  stop(deadline: number): Promise<void>;
}

/** A request that came through mutual TLS. */
export interface FeedRequest {
  readonly fingerprint: string;
  readonly instance: string | undefined;
  readonly address: string;
  readonly agent: string;
  /** The parsed body; undefined for GET. */
  readonly body: unknown;
  /** Aborted when the answer is sent or the connection has ended. */
  readonly gone: AbortSignal;
}

export interface FeedServerOptions {
  readonly host: string;
  readonly port: number;
  readonly rootPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Requests a second of one client, whichever of its certificates they come with. */
  readonly requestsPerSecond: number;
  /** For tests. (Default: TIMEOUTS) */
  readonly timeouts?: typeof TIMEOUTS;
  readonly handlers: {
    pull(request: FeedRequest): Promise<unknown>;
    status(request: FeedRequest): Promise<unknown>;
    replay(request: FeedRequest): Promise<unknown>;
  };
}

const notes = notesOf('tickets.feed');
const compress = promisify(gzip);
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
/**
 * Milliseconds. `silence`: a connection on which nothing moves in either direction; it is longer than the longest wait of a pull. A slow
 * reader moves, a dead one does not.
 */
const TIMEOUTS = { handshake: 15_000, request: 30_000, silence: 120_000 };
/** How often requests that do not come to their end are looked for. Milliseconds. */
const LOOK_EVERY = 5_000;
/** Longer than the longest wait of a pull, so that an idle program keeps its connection. */
const KEEP_ALIVE = 75_000;
const AGENT_LENGTH = 200;
/** Reason of `gone`: without one each request would make an error with a stack. */
const GONE = 'gone';
/** Connections of one certificate at once. */
const MOST_CONNECTIONS = 20;

const languageOf = (request: IncomingMessage): 'ru' | 'en' => (/^\s*ru\b/i.test(request.headers['accept-language'] ?? '') ? 'ru' : 'en');

/** Without the query, which is nobody's business. */
const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?', 1)[0]?.slice(0, 100) ?? '';

/** Reads by events: an iterator over so short a body costs more than everything else that is done with it. @throws HubError TOO_LARGE */
function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= FEED_LIMITS.requestBody) {
        chunks.push(chunk);
        return;
      }
      // Not destroyed: its sender is to hear why.
      request.pause();
      reject(new HubError('TOO_LARGE', `a request has at most ${FEED_LIMITS.requestBody} bytes`));
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the connection ended within the body')));
  });
}

async function parseBody(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new HubError('UNSUPPORTED_MEDIA', 'the content type must be application/json');
  }
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > FEED_LIMITS.requestBody) throw new HubError('TOO_LARGE', `a request has at most ${FEED_LIMITS.requestBody} bytes`);
  const bytes = await readBody(request);
  try {
    return JSON.parse(strictUtf8.decode(bytes));
  } catch (cause) {
    throw new HubError('BAD_REQUEST', `the body is not JSON in UTF-8: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): Promise<void> {
  let body: Buffer = Buffer.from(JSON.stringify(value));
  const all: Record<string, string> = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers };
  if (body.length > FEED_LIMITS.gzipAbove && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    body = await compress(body, { level: constants.Z_BEST_SPEED });
    all['content-encoding'] = 'gzip';
  }
  if (response.destroyed) return;
  response.writeHead(status, { ...all, 'content-length': String(body.length) });
  response.end(body);
}

/** Starts listening. @throws HubError CONFLICT when the address cannot be had. */
export async function startFeedServer(options: FeedServerOptions): Promise<FeedServer> {
  const sockets = new Map<string, Set<Socket>>();
  const names = new WeakMap<Socket, { readonly fingerprint: string; readonly subject: string }>();
  const allowed = createRate(options.requestsPerSecond);
  const timeouts = options.timeouts ?? TIMEOUTS;
  let stopping = false;

  const route = (request: IncomingMessage): { method: string; handle: (request: FeedRequest) => Promise<unknown> } => {
    const path = pathOf(request);
    const found =
      path === FEED_PATHS.pull
        ? { method: 'POST', handle: options.handlers.pull }
        : path === FEED_PATHS.status
          ? { method: 'GET', handle: options.handlers.status }
          : path === FEED_PATHS.replay
            ? { method: 'POST', handle: options.handlers.replay }
            : undefined;
    if (!found) throw new HubError('NOT_FOUND', `there is ${Object.values(FEED_PATHS).join(', ')}`);
    if (found.method !== request.method) throw new HubError('BAD_REQUEST', `${path} is asked with ${found.method}`);
    return found;
  };

  const closing = (): Record<string, string> => (stopping ? { connection: 'close' } : {});

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => gone.abort(GONE));
    try {
      if (stopping) throw new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 });
      const name = names.get(request.socket);
      if (!name) throw new HubError('CERT_UNKNOWN');
      const { fingerprint } = name;
      if (!allowed(name.subject))
        throw new HubError('TOO_MANY_REQUESTS', `more than ${options.requestsPerSecond} requests a second`, { retryAfter: 1 });
      const { method, handle } = route(request);
      const body = method === 'POST' ? await parseBody(request) : undefined;
      const instance = request.headers[FEED_INSTANCE_HEADER];
      if (instance !== undefined && (typeof instance !== 'string' || !isMessageId(instance))) {
        throw new HubError('BAD_REQUEST', `the header ${FEED_INSTANCE_HEADER} must be one UUID`);
      }
      const answer = await handle({
        fingerprint,
        instance: instance?.toLowerCase(),
        address: request.socket.remoteAddress ?? '',
        agent: (request.headers['user-agent'] ?? '').slice(0, AGENT_LENGTH),
        body,
        gone: gone.signal,
      });
      await send(request, response, 200, answer, closing());
    } catch (thrown) {
      if (gone.signal.aborted) return;
      const error = toHubError(thrown);
      measure('vestnik_feed_errors_total', 1, { code: error.code });
      if (error.code === 'INTERNAL') notes.error('a request of the feed failed', { path: pathOf(request) }, error.cause);
      const language = languageOf(request);
      // The message of the table in the caller's language; the detail, which names fields, in English.
      const message = error.message === ERRORS[error.code].en || language === 'ru' ? ERRORS[error.code][language] : error.message;
      const detail = language === 'ru' && error.message !== ERRORS[error.code].en ? `${message}: ${error.message}` : message;
      const headers = closing();
      if (error.retryAfter !== undefined) headers['retry-after'] = String(error.retryAfter);
      // What is left of a body that was not read cannot be told from the next request.
      if (error.code === 'TOO_LARGE' || error.code === 'UNSUPPORTED_MEDIA') headers['connection'] = 'close';
      await send(request, response, error.status, { error: { code: error.code, message: detail } }, headers);
    }
  };

  const server: Server = createServer(
    {
      ca: options.rootPem,
      cert: options.certificatePem,
      key: options.keyPem,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      handshakeTimeout: timeouts.handshake,
      requestTimeout: timeouts.request,
      connectionsCheckingInterval: Math.min(LOOK_EVERY, timeouts.request),
      headersTimeout: timeouts.request,
      keepAliveTimeout: KEEP_ALIVE,
      keepAlive: true,
      keepAliveInitialDelay: 20_000,
      noDelay: true,
    },
    (request, response) =>
      void serve(request, response).catch((error) => {
        notes.error('an answer of the feed could not be sent', {}, error);
        response.destroy();
      }),
  );
  server.timeout = timeouts.silence;
  server.on('secureConnection', (socket: TLSSocket) => {
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) {
      socket.destroy();
      return;
    }
    /** SHA-256 of the certificate's DER form, lower-case hex; the identity of a client's program. */
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    names.set(socket, { fingerprint, subject: certificate.subject });
    const set = sockets.get(fingerprint) ?? new Set<Socket>();
    // A program keeps one connection or two. Those left half-open by a broken network go first.
    const [oldest] = set;
    if (set.size >= MOST_CONNECTIONS) oldest?.destroy();
    set.add(socket);
    sockets.set(fingerprint, set);
    socket.once('close', () => {
      set.delete(socket);
      if (set.size === 0 && sockets.get(fingerprint) === set) sockets.delete(fingerprint);
    });
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', (error, socket) => {
    measure('vestnik_feed_errors_total', 1, { code: 'TLS' });
    notes.debug('a TLS handshake failed', { why: error.message, address: socket.remoteAddress });
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const next =
        cause.code === 'EADDRINUSE'
          ? 'another program uses it; choose another tickets.feedPort or stop that program'
          : 'check tickets.feedHost and tickets.feedPort';
      const where = `${options.host}:${options.port}`;
      reject(new HubError('CONFLICT', `the feed cannot listen on ${where} (${cause.code ?? cause.message}): ${next}`, { cause }));
    };
    server.once('error', refuse);
    server.listen(options.port, options.host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  // Later failures of the listener, such as too many open files, end no connection that is there.
  server.on('error', (error) => notes.error('the listener of the feed failed', {}, error));

  return {
    get port() {
      return (server.address() as AddressInfo).port;
    },
    get fingerprints() {
      return [...sockets.keys()];
    },
    cut(fingerprint) {
      for (const socket of sockets.get(fingerprint) ?? []) socket.destroy();
    },
    renew({ certificatePem, keyPem }) {
      server.setSecureContext({ ca: options.rootPem, cert: certificatePem, key: keyPem, minVersion: 'TLSv1.2' });
    },
    async stop(deadline) {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection whose last request ends during the stop would else stay until its keep-alive runs out.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const force = setTimeout(() => {
        for (const set of sockets.values()) for (const socket of set) socket.destroy();
      }, deadline);
      await closed;
      clearInterval(idle);
      clearTimeout(force);
    },
  };
}
