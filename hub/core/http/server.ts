import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import cookie from '@fastify/cookie';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Configuration } from '../../config.ts';
import { HubError } from '../errors.ts';
import type { EventStore } from '../events/subscribe.ts';
import type { Authentication } from '../identity/identity.ts';
import { measure, notesOf } from '../telemetry/channels.ts';
import type { Health } from '../telemetry/health.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { addressOf, authenticate } from './authenticate.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { type CertificateWatch, readCertificatePair, watchCertificate } from './certificate-files.ts';
import { whereaboutsBy } from './client-address.ts';
import { CONNECTION, requestIdOf } from './connection-limits.ts';
import { createEventStreams, type ShowEvent, showByView } from './event-stream.ts';
import { pathOf, sendFailure } from './failure.ts';
import { type ForeignFace, serveForeign } from './foreign.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';
import { callerOf, placeRoutes, type RouteTable, registerRoutes } from './router.ts';
import { systemRoutes } from './system-routes.ts';

/**
 * The HTTP listener: REST below /api/v1, live updates, health, metrics.
 *
 * States: made -> listening -> stopping (not ready, no new connections, streams closed, requests under way finish; later ones on old
 * connections get SHUTTING_DOWN) -> stopped, by force after the deadline.
 */
export interface HttpServer {
  /** @throws HubError CONFLICT when the address cannot be had. */
  listen(): Promise<void>;
  /** `http://127.0.0.1:8080`; the real port after listen(). */
  readonly address: string;
  /** Reads the certificate again now (SIGHUP). */
  reloadCertificate(): void;
  /** @param deadline milliseconds until open connections are cut. (Default: 10000) */
  stop(deadline?: number): Promise<void>;
}

export interface HttpServerOptions {
  readonly configuration: Pick<Configuration, 'http' | 'language'>;
  readonly identity: Authentication;
  readonly events: Pick<EventStore, 'read' | 'tail'>;
  /** What a caller may see of an event in a live stream. (Default: all of it with the right `<module>.view`) */
  readonly showEvent?: ShowEvent;
  readonly routes: RouteTable;
  /** Routes by their whole path, outside the interface and its description. */
  readonly publicRoutes?: readonly Route[];
  /** Protocols that answer their addresses themselves, before the router. */
  readonly foreign?: readonly ForeignFace[];
  readonly health: Health;
  readonly metrics: Metrics;
  /** Version of the hub, for the OpenAPI document. */
  readonly version: string;
  /** Milliseconds, for tests. (Default: headers 10000, whole request 120000, heartbeat of streams 15000) */
  readonly timeouts?: { readonly headers: number; readonly request: number; readonly heartbeat: number };
}

const notes = notesOf('http');

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Headers of every answer. They are set on the raw answer, so that streams which write by themselves carry them too. */
function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.setHeader('x-request-id', request.id);
  reply.raw.setHeader('x-content-type-options', 'nosniff');
  reply.raw.setHeader('x-frame-options', 'DENY');
  reply.raw.setHeader('referrer-policy', 'no-referrer');
  reply.raw.setHeader('cross-origin-resource-policy', 'same-origin');
  reply.raw.setHeader('content-security-policy', API_POLICY);
  reply.raw.setHeader('cache-control', 'no-store');
  if (request.protocol === 'https') reply.raw.setHeader('strict-transport-security', 'max-age=31536000');
}

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { http, language } = options.configuration;
  const timeouts = options.timeouts ?? { headers: CONNECTION.headerTime, request: CONNECTION.requestTime, heartbeat: 15_000 };
  const pair = http.tls && readCertificatePair(http.tls);
  const underWay = new WeakMap<Socket, ServerResponse>();
  const began = new WeakMap<object, number>();
  let stopping = false;

  const serverOptions = {
    maxHeaderSize: CONNECTION.headerBytes,
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    connectionsCheckingInterval: Math.min(5_000, timeouts.headers),
    noDelay: true,
    ...(pair && { cert: pair.cert, key: pair.key, minVersion: 'TLSv1.2' as const }),
  };
  const app = fastify({
    ...(pair ? { https: serverOptions } : { http: serverOptions }),
    trustProxy: http.trustProxy === false ? false : [...http.trustProxy],
    bodyLimit: http.bodyLimit,
    requestTimeout: timeouts.request,
    keepAliveTimeout: CONNECTION.keepAlive,
    connectionTimeout: CONNECTION.silence,
    return503OnClosing: false,
    requestIdHeader: false,
    routerOptions: { maxParamLength: 500 },
    genReqId: requestIdOf,
    // A path that cannot be read reaches none of the hooks below.
    frameworkErrors: (error, request, reply) => {
      setHeaders(request, reply);
      const status = sendFailure(error, request, reply, language);
      measure('vestnik_http_requests_total', 1, { method: request.method, route: 'unknown', status: String(status) });
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket as Socket, underWay.get(socket as Socket), language),
  }) as unknown as FastifyInstance;

  const { foreign = [] } = options;
  const whereabouts = whereaboutsBy(http.trustProxy);
  /** True when a foreign protocol has taken the request. */
  const takenAside = (raw: IncomingMessage, response: ServerResponse): boolean => {
    const path = pathOf(raw.url ?? '/');
    const face = foreign.find((one) => one.claims(path));
    if (!face) return false;
    underWay.set(raw.socket, response);
    void serveForeign(face, raw, response, { requestId: requestIdOf(raw), whereabouts: whereabouts(raw), stopping: () => stopping });
    return true;
  };

  await app.register(cookie);
  app.removeAllContentTypeParsers();
  // Types are checked by each route, before anything is read; then every body is bytes.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => {
    sendFailure(error, request, reply, language);
  });
  app.setNotFoundHandler((request) => {
    throw new HubError('NOT_FOUND', `there is nothing at ${pathOf(request.url)}`);
  });

  app.addHook('onRequest', async (request, reply) => {
    // Of the second address of `localhost`, which the framework listens on by itself.
    if (takenAside(request.raw, reply.raw)) return reply.hijack();
    began.set(request, performance.now());
    underWay.set(request.raw.socket, reply.raw);
    setHeaders(request, reply);
    if (stopping && !request.url.startsWith('/healthz') && !request.url.startsWith('/readyz')) {
      throw new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 });
    }
    // Before the body of a request to nowhere is read.
    if (request.is404) throw new HubError('NOT_FOUND', `there is nothing at ${pathOf(request.url)}`);
  });
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    const seconds = (performance.now() - (began.get(request) ?? performance.now())) / 1000;
    const { method } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = reply.raw.statusCode;
    measure('vestnik_http_requests_total', 1, { method, route, status: String(status) });
    if (!String(reply.raw.getHeader('content-type')).startsWith('text/event-stream'))
      measure('vestnik_http_request_seconds', seconds, { method, route });
    notes.debug('request', {
      requestId: request.id,
      method,
      path: pathOf(request.url),
      status,
      ms: Math.round(seconds * 1000),
      login: callerOf(request)?.login,
      address: addressOf(request),
    });
  });

  const recognise = (request: Parameters<typeof authenticate>[0]) => authenticate(request, options.identity);
  const streams = createEventStreams({
    events: options.events,
    show: options.showEvent ?? showByView,
    authenticate: recognise,
    heartbeat: timeouts.heartbeat,
  });
  options.metrics.addGauges(streams.gauges);
  const documented = placeRoutes({ ...options.routes, '': [...(options.routes[''] ?? []), ...streams.routes] });
  const document = openApiDocument(documented, { version: options.version, publicUrl: http.publicUrl });
  registerRoutes(app, {
    routes: [
      ...documented,
      ...systemRoutes(options.health, options.metrics, document),
      ...(options.publicRoutes ?? []).map((route) => ({ module: '', url: route.path, route })),
    ],
    bodyLimit: http.bodyLimit,
    authenticate: recognise,
  });
  await app.ready();
  // Before the framework, at its server: with a `serverFactory` it would leave out the second address of `localhost` and all of its timeouts.
  if (foreign.length > 0) {
    const route = app.server.listeners('request') as ((raw: IncomingMessage, response: ServerResponse) => void)[];
    app.server.removeAllListeners('request');
    app.server.on('request', (raw: IncomingMessage, response: ServerResponse) => {
      if (!takenAside(raw, response)) for (const listener of route) listener(raw, response);
    });
  }

  let watch: CertificateWatch | undefined;
  const port = (): number => (app.server.address() as AddressInfo | null)?.port ?? http.port;

  return {
    async listen() {
      try {
        await app.listen({ host: http.host, port: http.port });
      } catch (cause) {
        const why = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
        const next =
          why === 'EADDRINUSE' ? 'another program uses it; choose another http.port or stop that program' : 'check http.host and http.port';
        throw new HubError('CONFLICT', `cannot listen on ${http.host}:${http.port} (${why}): ${next}`, { cause });
      }
      if (http.tls)
        watch = watchCertificate(http.tls, ({ cert, key }) =>
          (app.server as unknown as { setSecureContext(pair: object): void }).setSecureContext({ cert, key, minVersion: 'TLSv1.2' }),
        );
    },
    get address() {
      const host = http.host.includes(':') ? `[${http.host}]` : http.host;
      return `${pair ? 'https' : 'http'}://${host}:${port()}`;
    },
    reloadCertificate() {
      watch?.reload();
    },
    async stop(deadline = 10_000) {
      stopping = true;
      options.health.stopping();
      watch?.stop();
      streams.stop();
      // A connection whose last request ends during the stop would else stay until its keep-alive runs out.
      const idle = setInterval(() => app.server.closeIdleConnections(), 50);
      const force = setTimeout(() => {
        notes.warn('requests under way are cut: the time to finish is over', { deadlineMs: deadline });
        app.server.closeAllConnections();
      }, deadline);
      try {
        await app.close();
      } finally {
        clearInterval(idle);
        clearTimeout(force);
      }
    },
  };
}
