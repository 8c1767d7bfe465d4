import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { Acknowledgement, ExpiredRange, FeedErrorCode, FeedMessage, FeedWarning, PullRequest } from '@vestnik/protocol/feed.ts';
import { FEED_ERRORS, FEED_INSTANCE_HEADER } from '@vestnik/protocol/feed.ts';
import { type Authority, createAuthority, issue } from './certificates.ts';

/**
 * A feed server for the client's tests: real HTTPS with mutual TLS, the rules of spec chapter 6 for one client, in memory. `onPull` lets a
 * test answer a pull its own way, swallow it, cut it, or carry it out and lose the answer.
 */
export type Verdict =
  | 'serve'
  | 'swallow'
  | 'cut'
  | 'lose-answer'
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { error: FeedErrorCode; headers?: Record<string, string> };

export type Peer = {
  readonly port: number;
  readonly authority: Authority;
  /** What waits, by sequence. */
  readonly mailbox: Map<number, FeedMessage>;
  readonly pulls: (PullRequest & { instance: string })[];
  readonly acknowledged: Acknowledgement[];
  held: boolean;
  expired: ExpiredRange[];
  warnings: FeedWarning[];
  /** Number of TLS connections that were opened. */
  connections: number;
  onPull: (request: PullRequest, count: number) => Verdict;
  onAnswer: (answer: Record<string, unknown>) => unknown;
  enqueue(count: number, change?: (message: FeedMessage) => FeedMessage): FeedMessage[];
  put(message: FeedMessage): void;
  cutAll(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
};

const LEASE = 90_000;

function digestOf(xml: string): string {
  return createHash('sha256').update(xml, 'utf8').digest('hex');
}

export async function startPeer(options: { authority?: Authority; clientAuthority?: Authority; names?: string[] } = {}): Promise<Peer> {
  const authority = options.authority ?? createAuthority();
  const own = issue(authority, 'hub', { names: options.names ?? ['localhost', '127.0.0.1'] });
  const mailbox = new Map<number, FeedMessage>();
  const waiters = new Set<() => void>();
  const sockets = new Set<Socket>();
  const displaced = new Set<string>();
  let nextSequence = 1;
  let holder: { instance: string; until: number } | undefined;
  let port = 0;

  const createHttps = () => {
    const made = createServer(
      { key: own.key, cert: own.certificate, ca: (options.clientAuthority ?? authority).pem, requestCert: true, rejectUnauthorized: true },
      (request, response) => void handle(request, response),
    );
    made.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    made.on('secureConnection', () => {
      peer.connections++;
    });
    return made;
  };
  let server = createHttps();

  const wake = () => {
    for (const waiter of [...waiters]) waiter();
  };

  const peer: Peer = {
    get port() {
      return port;
    },
    authority,
    mailbox,
    pulls: [],
    acknowledged: [],
    held: false,
    expired: [],
    warnings: [],
    connections: 0,
    onPull: () => 'serve',
    onAnswer: (answer) => answer,
    enqueue(count, change = (message) => message) {
      const made: FeedMessage[] = [];
      for (let i = 0; i < count; i++) made.push(change(makeMessage(nextSequence++)));
      for (const message of made) mailbox.set(message.sequence, message);
      wake();
      return made;
    },
    put(message) {
      mailbox.set(message.sequence, message);
      nextSequence = Math.max(nextSequence, message.sequence + 1);
      wake();
    },
    cutAll() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      wake();
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
    async start() {
      server = createHttps();
      await listen();
    },
  };

  async function listen(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString('utf8');
    const name = (request.socket as TLSSocket).getPeerCertificate().subject.CN;
    if (request.url === '/feed/v1/status') {
      return send(request, response, 200, {
        client: name,
        state: peer.held ? 'held' : 'active',
        held: peer.held,
        queued: mailbox.size,
        queuedExact: true,
        oldest: mailbox.size === 0 ? null : new Date().toISOString(),
        certificateExpires: '2028-01-01T00:00:00.000Z',
        session: null,
      });
    }
    if (request.url === '/feed/v1/replay') return fail(request, response, 'NOT_ALLOWED');
    const pull = JSON.parse(body) as PullRequest;
    const instance = String(request.headers[FEED_INSTANCE_HEADER]);
    peer.pulls.push({ ...pull, instance });
    const verdict = peer.onPull(pull, peer.pulls.length);
    if (verdict === 'swallow') return;
    if (verdict === 'cut') return void request.socket.destroy();
    if (typeof verdict === 'object') {
      if ('error' in verdict) return fail(request, response, verdict.error, verdict.headers);
      return send(request, response, verdict.status, verdict.body, verdict.headers);
    }
    if (!takeSession(instance)) return fail(request, response, 'SESSION_TAKEN');
    const acked = acknowledge(pull);
    if (acked === undefined) return fail(request, response, 'ACK_MISMATCH');
    if (pull.ackExpired !== undefined) peer.expired = peer.expired.filter((range) => range.to > (pull.ackExpired ?? 0));
    const max = pull.max ?? 100;
    let messages = select(pull, max);
    if (messages.length === 0 && max > 0 && (pull.waitSeconds ?? 25) > 0) {
      await waitFor((pull.waitSeconds ?? 25) * 1000, response);
      if (response.destroyed) return;
      if (holder?.instance !== instance) return fail(request, response, 'SESSION_TAKEN');
      messages = select(pull, max);
    }
    if (verdict === 'lose-answer') return void request.socket.destroy();
    const last = messages.at(-1)?.sequence ?? pull.after ?? 0;
    send(
      request,
      response,
      200,
      peer.onAnswer({
        client: name,
        serverTime: new Date().toISOString(),
        held: peer.held,
        acked,
        behind: peer.held ? 0 : [...mailbox.keys()].filter((sequence) => sequence > last).length,
        messages,
        expired: peer.expired,
        warnings: peer.warnings,
      }),
    );
  }

  function takeSession(instance: string): boolean {
    const now = Date.now();
    if (holder !== undefined && holder.instance !== instance) {
      if (displaced.has(instance) && holder.until > now) return false;
      displaced.add(holder.instance);
      displaced.delete(instance);
      wake();
    }
    holder = { instance, until: now + LEASE };
    return true;
  }

  function acknowledge(pull: PullRequest): number | undefined {
    const list = pull.ack ?? (pull.ackThrough === undefined ? [] : [pull.ackThrough]);
    for (const { sequence, id } of list) {
      const waiting = mailbox.get(sequence);
      const known = waiting?.id ?? peer.acknowledged.find((each) => each.sequence === sequence)?.id;
      if (known !== id) return undefined;
    }
    const through = pull.ackThrough?.sequence;
    const gone = through === undefined ? list : [...mailbox.values()].filter((message) => message.sequence <= through);
    let count = 0;
    for (const { sequence, id } of gone) {
      if (!mailbox.delete(sequence)) continue;
      peer.acknowledged.push({ sequence, id });
      count++;
    }
    return count;
  }

  function select(pull: PullRequest, max: number): FeedMessage[] {
    if (peer.held) return [];
    const found: FeedMessage[] = [];
    let bytes = 0;
    for (const message of [...mailbox.values()].sort((a, b) => a.sequence - b.sequence)) {
      if (message.sequence <= (pull.after ?? 0)) continue;
      if (found.length >= max) break;
      bytes += Buffer.byteLength(message.xml);
      if (found.length > 0 && bytes > (pull.maxBytes ?? 4_194_304)) break;
      found.push(message);
    }
    return found;
  }

  function waitFor(milliseconds: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        waiters.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      timer.unref();
      waiters.add(finish);
      response.once('close', finish);
    });
  }

  await listen();
  return peer;
}

function fail(request: IncomingMessage, response: ServerResponse, code: FeedErrorCode, headers: Record<string, string> = {}): void {
  send(request, response, FEED_ERRORS[code], { error: { code, message: `${code} from the peer` } }, headers);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  const packed = text.length > 4096 && String(request.headers['accept-encoding']).includes('gzip');
  const content = packed ? gzipSync(text) : Buffer.from(text);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': content.length,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
    ...headers,
  });
  response.end(content);
}

/** A message as the hub makes it, about 2 KB. */
export function makeMessage(sequence: number, change: Partial<FeedMessage> = {}): FeedMessage {
  const number = `421${String(sequence).padStart(10, '0')}`;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS>\n  <TICKET>\n    <TYPE>ETICKET</TYPE><BSONUM>${number}</BSONUM><FIO>ИВАНОВА/АННА ПЕТРОВНА</FIO><PASS>ПС4510123456</PASS><FARECALC>${'MOW S7 OVB5000RUB '.repeat(90)}END</FARECALC>\n  </TICKET>\n</TICKETS>\n`;
  const createdAt = new Date(Date.UTC(2026, 10, 22, 11, 5, 0) + sequence * 1000).toISOString();
  return {
    id: randomUUID(),
    sequence,
    documentId: randomUUID(),
    name: `20261122-140500-${String(sequence).padStart(9, '0')}-ETICKET-SALE-SALE-${number}.xml`,
    sha256: digestOf(change.xml ?? xml),
    createdAt,
    expiresAt: '2026-12-22T11:05:00.050Z',
    replay: false,
    meta: { type: 'ETICKET', opType: 'SALE', transType: 'SALE', number, pnr: '0B1V2G' },
    xml,
    ...change,
  };
}
