import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  FEED_INSTANCE_HEADER,
  FEED_LIMITS,
  FEED_PATHS,
  FeedFormatError,
  type PullAnswer,
  type PullRequest,
  parseFeedError,
  parsePullAnswer,
  parseReplayAnswer,
  parseStatusAnswer,
  type ReplayAnswer,
  type ReplayRequest,
  type StatusAnswer,
} from '@vestnik/protocol/feed.ts';
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import {
  AcknowledgementMismatch,
  Busy,
  Cancelled,
  CertificateRefused,
  type FeedFailure,
  isFeedFailure,
  ProtocolDefect,
  SessionTaken,
  Unreachable,
} from './feed-failure.ts';
import type { Language } from './messages.ts';
import type { FeedAddress, ProxySetting } from './options.ts';
import { type Clock, errorCode } from './ports.ts';

/**
 * The connection to one address of the feed: HTTP/1.1 keep-alive over TLS, trusting `ca.crt` alone, with the client's certificate, through
 * a proxy where one is set. Every request fails with one of the classes of feed-failure.ts and with nothing else.
 */
export type Feed = {
  /** @param signal takes the request back. */
  pull(request: PullRequest, signal?: AbortSignal): Promise<PullAnswer>;
  status(signal?: AbortSignal): Promise<StatusAnswer>;
  replay(request: ReplayRequest, signal?: AbortSignal): Promise<ReplayAnswer>;
  /** Cuts the connection at once; the next request opens a new one with a fresh DNS answer. */
  disconnect(): Promise<void>;
};

export type FeedOptions = {
  address: FeedAddress;
  /** PEM texts. `certificate` holds the certificate and the key. */
  ca: string;
  certificate: string;
  proxy: ProxySetting | undefined;
  instance: string;
  userAgent: string;
  language: Language;
  clock: Clock;
  /**
   * Why a server of this authority would not accept the certificate now, as far as its files tell. A server on Node closes such a
   * connection without a TLS alert, so a connection that ends without an answer is explained by it.
   */
  rejection: (now: number) => string | undefined;
};

/** A request that stays silent this much longer than it may wait is dead (spec online-ticket 7.3). */
const SILENCE_SECONDS = 15;
const CONNECT_TIMEOUT = 15_000;
const KEEP_ALIVE_PROBE = 20_000;
/** The server's long poll leaves no idle connection, but the client's own pauses (a full disk) may. */
const IDLE_TIMEOUT = 90_000;
/** Twice the largest batch, for JSON's escapes, and room for the texts around it. */
const MOST_ANSWER = 2 * FEED_LIMITS.maxBytes + 8 * 1024 * 1024;
const MOST_RETRY_AFTER = 600_000;

const CUT_CODES: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const unpack = promisify(gunzip);

export function createFeed(options: FeedOptions): Feed {
  const { address, clock } = options;
  const authority = address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
  const origin = `https://${authority}`;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': options.userAgent,
    'accept-language': options.language,
    [FEED_INSTANCE_HEADER]: options.instance,
  };
  // On the own machine the network costs nothing, and packing would only take time from both programs.
  if (!isLoopback(address.host)) headers['accept-encoding'] = 'gzip';
  let dispatcher: Dispatcher | undefined;

  async function send(method: 'GET' | 'POST', path: string, body: unknown, waitSeconds: number, signal?: AbortSignal): Promise<unknown> {
    const watch = watchSilence(clock, (waitSeconds + SILENCE_SECONDS) * 1000, signal);
    try {
      if (signal?.aborted) throw new Cancelled('stopped');
      dispatcher ??= connect(options, origin);
      const answer = await dispatcher.request({
        origin,
        path,
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: watch.signal,
      });
      watch.heard();
      const content = await readBody(answer, watch.heard);
      if (answer.statusCode === 200) return content;
      throw failureOf(answer.statusCode, content, answer.headers['retry-after'], clock.now());
    } catch (error) {
      if (isFeedFailure(error)) throw error;
      if (signal?.aborted) throw new Cancelled('stopped');
      if (watch.silent()) throw new Unreachable(`no answer for ${waitSeconds + SILENCE_SECONDS} s`, { cause: error });
      const failure = asFailure(error);
      const rejection =
        failure instanceof Unreachable && CUT_CODES.has(errorCode(error) ?? '') ? options.rejection(clock.now()) : undefined;
      throw rejection === undefined ? failure : new CertificateRefused(rejection, error);
    } finally {
      watch.end();
    }
  }

  async function parsed<T>(answer: Promise<unknown>, parse: (value: unknown) => T): Promise<T> {
    const content = await answer;
    try {
      return parse(content);
    } catch (error) {
      if (error instanceof FeedFormatError) throw new ProtocolDefect(`answer not understood: ${error.message}`, { cause: error });
      throw error;
    }
  }

  return {
    pull: (request, signal) =>
      parsed(send('POST', FEED_PATHS.pull, request, request.waitSeconds ?? FEED_LIMITS.defaultWaitSeconds, signal), parsePullAnswer),
    status: (signal) => parsed(send('GET', FEED_PATHS.status, undefined, 0, signal), parseStatusAnswer),
    replay: (request, signal) => parsed(send('POST', FEED_PATHS.replay, request, 0, signal), parseReplayAnswer),
    async disconnect() {
      const old = dispatcher;
      dispatcher = undefined;
      await old?.destroy();
    },
  };
}

function connect(options: FeedOptions, origin: string): Dispatcher {
  const tls = {
    ca: options.ca,
    cert: options.certificate,
    key: options.certificate,
    minVersion: 'TLSv1.2' as const,
    rejectUnauthorized: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE,
  };
  const shared = {
    connections: 1,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_TIMEOUT,
    keepAliveMaxTimeout: IDLE_TIMEOUT,
    // Silence is watched by the request itself, with the client's own clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const { proxy } = options;
  if (proxy === undefined) return new Pool(origin, { ...shared, connect: { ...tls, timeout: CONNECT_TIMEOUT } });
  const credentials = proxy.credentials;
  return new ProxyAgent({
    ...shared,
    uri: proxy.origin,
    ...(credentials === undefined
      ? {}
      : { token: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}` }),
    requestTls: { ...tls, timeout: CONNECT_TIMEOUT },
  });
}

/** Aborts a request on which nothing was heard for a time, or which the caller takes back. */
function watchSilence(clock: Clock, milliseconds: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let silent = false;
  const begin = () =>
    clock.after(milliseconds, () => {
      silent = true;
      controller.abort();
    });
  let cancel = begin();
  const takeBack = () => controller.abort();
  outer?.addEventListener('abort', takeBack);
  return {
    signal: controller.signal,
    silent: () => silent,
    heard() {
      cancel();
      cancel = begin();
    },
    end() {
      cancel();
      outer?.removeEventListener('abort', takeBack);
    },
  };
}

/** The JSON of an answer; of an answer that is no JSON (a proxy's page) the text's length is all that is known. */
async function readBody(answer: Dispatcher.ResponseData, heard: () => void): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer.body) {
    heard();
    const bytes = part as Buffer;
    length += bytes.length;
    if (length > MOST_ANSWER) throw new ProtocolDefect(`answer is longer than ${MOST_ANSWER} bytes`);
    parts.push(bytes);
  }
  let content: Buffer = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  try {
    if (answer.headers['content-encoding'] === 'gzip') content = await unpack(content, { maxOutputLength: MOST_ANSWER });
    return content.length === 0 ? undefined : JSON.parse(content.toString('utf8'));
  } catch (error) {
    if (answer.statusCode !== 200) return undefined;
    throw new ProtocolDefect(`answer of ${content.length} bytes is no JSON`, { cause: error });
  }
}

function failureOf(status: number, content: unknown, retryAfter: string | string[] | undefined, now: number): FeedFailure {
  const error = parseFeedError(content);
  const what = `${status}${error === undefined ? '' : ` ${error.code}${error.message === '' ? '' : `: ${error.message}`}`}`;
  switch (error?.code) {
    case 'CERT_UNKNOWN':
    case 'CERT_REVOKED':
    case 'CLIENT_CLOSED':
    case 'NOT_ALLOWED':
      return new CertificateRefused(error.code);
    case 'SESSION_TAKEN':
      return new SessionTaken(what);
    case 'ACK_MISMATCH':
      return new AcknowledgementMismatch(what);
    case 'TOO_MANY_REQUESTS':
    case 'STORE_UNAVAILABLE':
    case 'SHUTTING_DOWN':
      return new Busy(error.code, what, parseRetryAfter(retryAfter, now));
    default:
      if (status === 429) return new Busy('TOO_MANY_REQUESTS', what, parseRetryAfter(retryAfter, now));
      // A balancer or proxy before the hub speaks with these when the hub itself is away.
      if (status === 502 || status === 503 || status === 504) return new Unreachable(`the server answers ${what}`);
      return new ProtocolDefect(`the server answers ${what}`);
  }
}

function parseRetryAfter(value: string | string[] | undefined, now: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const wait = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MOST_RETRY_AFTER);
}

/** TLS alerts about a certificate that the server sends; OpenSSL spells them by the age of the alert. */
const REFUSED_BY_ALERT = /ALERT_(?:BAD|UNSUPPORTED|NO)_CERTIFICATE|ALERT_CERTIFICATE_|ALERT_UNKNOWN_CA|ALERT_ACCESS_DENIED/;

function asFailure(error: unknown): FeedFailure {
  let deepest = error;
  for (let depth = 0; depth < 5 && deepest instanceof Error; depth++) {
    const code = errorCode(deepest) ?? '';
    if (REFUSED_BY_ALERT.test(code)) return new CertificateRefused(code.replace(/^ERR_SSL_/, ''), error);
    if (deepest instanceof AggregateError && deepest.errors.length > 0) deepest = deepest.errors[0];
    else if (deepest.cause === undefined) break;
    else deepest = deepest.cause;
  }
  const reason = deepest instanceof Error ? deepest.message || errorCode(deepest) || deepest.name : String(deepest);
  return new Unreachable(reason, { cause: error });
}

/** True for an address of the own machine. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
