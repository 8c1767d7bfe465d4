import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HubError, toHubError } from '../errors.ts';
import { measure, notesOf } from '../telemetry/channels.ts';
import { requestContext } from '../telemetry/request-context.ts';
import type { Whereabouts } from './client-address.ts';
import { pathOf } from './failure.ts';

/** A request of a foreign program, read whole. */
export interface ForeignRequest extends Whereabouts {
  readonly method: string;
  /** Path and query as they came: nothing is decoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked. */
  readonly body: Buffer;
  readonly requestId: string;
}

export interface ForeignAnswer {
  readonly status: number;
  /** Without length, date and connection. */
  readonly headers: OutgoingHttpHeaders;
  /** The whole, or its beginning where `rest` follows. */
  readonly body: string | Buffer;
  /** What comes behind `body`: asked for as fast as it is taken, and not at all from where the caller went away. What it throws cuts the answer off. */
  readonly rest?: AsyncIterable<string> | undefined;
}

/**
 * A protocol of a module on addresses that no route can name (any prefix, of any depth), with answers of its own. Requests go to it before the
 * router sees them: no login, no problem details, no schema; it does all of that itself. What stays the same: request ids, bounds of headers and
 * times, metrics, the orderly stop.
 */
export interface ForeignFace {
  /** Stands for the path in metrics. */
  readonly name: string;
  /** @param path without the query. */
  claims(path: string): boolean;
  /** Bytes of a body, also of what a packed one unpacks to. */
  readonly bodyLimit: number;
  /** Milliseconds until the body must be there. */
  readonly bodyTime: number;
  handle(request: ForeignRequest): Promise<ForeignAnswer>;
  /** The answer when there is no request to handle: TOO_LARGE, REQUEST_TIMEOUT, UNSUPPORTED_MEDIA, BAD_REQUEST, SHUTTING_DOWN, INTERNAL. */
  refuse(failure: HubError, request: Omit<ForeignRequest, 'body'>): ForeignAnswer;
}

const notes = notesOf('http.foreign');
const unpack = promisify(gunzip);
const EMPTY = Buffer.alloc(0);

/** Bytes of a body that is too large which are still taken in and thrown away, so that the sender sees the answer and not a reset. */
const MOST_DISCARDED = 64 * 1024 * 1024;

/** Reads a body. @throws HubError TOO_LARGE, REQUEST_TIMEOUT, BAD_REQUEST (the sender went away). */
function readBody(request: IncomingMessage, limit: number, time: number): Promise<Buffer> {
  const length = Number(request.headers['content-length'] ?? 0);
  const tooLarge = (): HubError => new HubError('TOO_LARGE', `the body is larger than ${limit} bytes`);
  if (length > MOST_DISCARDED) return Promise.reject(tooLarge());
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return Promise.resolve(EMPTY);
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const end = (failure?: HubError): void => {
      clearTimeout(late);
      request.off('data', take);
      if (failure) reject(failure);
      else if (size > limit) reject(tooLarge());
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    const late = setTimeout(() => end(new HubError('REQUEST_TIMEOUT')), time);
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks = [];
      if (size > MOST_DISCARDED) end(tooLarge());
    };
    request.on('data', take);
    request.once('end', () => end());
    request.once('error', (cause) => end(new HubError('BAD_REQUEST', 'the body broke off', { cause })));
    request.once('close', () => end(request.complete ? undefined : new HubError('BAD_REQUEST', 'the body broke off')));
  });
}

async function unpackBody(request: IncomingMessage, body: Buffer, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity' || body.length === 0) return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new HubError('UNSUPPORTED_MEDIA', `content-encoding ${JSON.stringify(encoding.slice(0, 40))} is not taken: gzip or none`);
  try {
    return await unpack(body, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new HubError('TOO_LARGE', `the body unpacks to more than ${limit} bytes`, { cause });
    throw new HubError('BAD_REQUEST', 'the body is not gzip', { cause });
  }
}

/** What the listener knows of a request before its body. */
export interface ForeignContext {
  readonly requestId: string;
  readonly whereabouts: Whereabouts;
  /** True from the moment of the stop on. */
  stopping(): boolean;
}

/** Reads a request, lets the face answer it, writes the answer. Never rejects. */
export async function serveForeign(
  face: ForeignFace,
  raw: IncomingMessage,
  response: ServerResponse,
  about: ForeignContext,
): Promise<void> {
  const began = performance.now();
  const { requestId } = about;
  const { method = 'GET', url = '/', headers } = raw;
  const request = { method, url, headers, requestId, ...about.whereabouts };
  let answer: ForeignAnswer;
  try {
    if (about.stopping()) throw new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 });
    const body = await unpackBody(raw, await readBody(raw, face.bodyLimit, face.bodyTime), face.bodyLimit);
    answer = await requestContext.run({ requestId }, () => face.handle({ ...request, body }));
  } catch (thrown) {
    const failure = toHubError(thrown);
    if (failure.code === 'INTERNAL') notes.error('a request failed', { requestId, method, path: pathOf(url) }, failure.cause ?? failure);
    answer = face.refuse(failure, request);
  }
  try {
    await write(raw, response, answer, requestId, about.stopping());
  } catch (error) {
    notes.error('an answer could not be written', { requestId, method, path: pathOf(url) }, error);
    response.destroy();
  }
  const seconds = (performance.now() - began) / 1000;
  measure('vestnik_http_requests_total', 1, { method, route: face.name, status: String(answer.status) });
  measure('vestnik_http_request_seconds', seconds, { method, route: face.name });
  notes.debug('request', {
    requestId,
    method,
    path: pathOf(url),
    status: answer.status,
    ms: Math.round(seconds * 1000),
    address: request.address,
  });
}

/** Resolves when more can be written, or nobody takes it any more. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });

async function write(
  raw: IncomingMessage,
  response: ServerResponse,
  { status, headers: own, body, rest }: ForeignAnswer,
  requestId: string,
  stopping: boolean,
): Promise<void> {
  if (response.destroyed || response.headersSent) return;
  const headers: OutgoingHttpHeaders = { ...own, 'x-request-id': requestId, 'x-content-type-options': 'nosniff' };
  // Without its length it goes in chunks.
  if (!rest) headers['content-length'] = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  // What is left of an unread body cannot be told from the next request.
  if (stopping || !raw.complete) headers.connection = 'close';
  response.writeHead(status, headers);
  if (!rest || raw.method === 'HEAD') {
    response.end(raw.method === 'HEAD' ? undefined : body);
    return;
  }
  if (!response.write(body)) await drained(response);
  for await (const piece of rest) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}
