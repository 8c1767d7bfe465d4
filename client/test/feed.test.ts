import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCertificates } from '../certificate.ts';
import { createFeed, type Feed, type FeedOptions } from '../feed.ts';
import {
  AcknowledgementMismatch,
  Busy,
  Cancelled,
  CertificateRefused,
  ProtocolDefect,
  SessionTaken,
  Unreachable,
} from '../feed-failure.ts';
import { systemClock } from '../ports.ts';
import { createAuthority, type Issued, issue } from './certificates.ts';
import { temporaryFolder, until } from './kit.ts';
import { type Peer, startPeer } from './peer.ts';
import { startProxy } from './proxy.ts';

const DAY = 86_400_000;
let peer: Peer;
let identity: Issued;
const feeds: Feed[] = [];

beforeAll(async () => {
  peer = await startPeer({ names: ['localhost', 'hub.test'] });
  identity = issue(peer.authority, 'agency-17');
});
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.disconnect();
  peer.onPull = () => 'serve';
  peer.onAnswer = (answer) => answer;
  peer.mailbox.clear();
});
afterAll(() => peer.stop());

function feedTo(change: Partial<FeedOptions> = {}): Feed {
  const feed = createFeed({
    address: { host: 'localhost', port: peer.port },
    ca: peer.authority.pem,
    certificate: identity.pem,
    proxy: undefined,
    instance: randomUUID(),
    userAgent: 'Stat_Client/test',
    language: 'en',
    clock: systemClock,
    rejection: () => undefined,
    ...change,
  });
  feeds.push(feed);
  return feed;
}

const failureOf = (answer: Promise<unknown>): Promise<Error> =>
  answer.then(
    () => {
      throw new Error('the request did not fail');
    },
    (error: Error) => error,
  );

describe('a conversation', () => {
  test('pulls what waits and keeps one connection for all requests', async () => {
    const before = peer.connections;
    const feed = feedTo();
    const messages = peer.enqueue(3);
    const answer = await feed.pull({ waitSeconds: 0 });
    expect(answer.messages).toEqual(messages);
    const last = messages.at(-1)!;
    const next = await feed.pull({ ackThrough: { sequence: last.sequence, id: last.id }, waitSeconds: 0 });
    expect(next).toMatchObject({ acked: 3, behind: 0, messages: [] });
    expect((await feed.status()).client).toBe('agency-17');
    expect(peer.connections - before).toBe(1);
  });

  test('a waiting pull is answered by the message that comes', async () => {
    const pulled = feedTo().pull({ waitSeconds: 20 });
    const before = peer.pulls.length;
    await until(() => peer.pulls.length > before || peer.pulls.at(-1)?.waitSeconds === 20, 'pull waits');
    const [message] = peer.enqueue(1);
    expect((await pulled).messages[0]?.id).toBe(message?.id);
  });

  test('after disconnect the next request opens a new connection', async () => {
    const before = peer.connections;
    const feed = feedTo();
    await feed.pull({ waitSeconds: 0 });
    await feed.disconnect();
    await feed.pull({ waitSeconds: 0 });
    expect(peer.connections - before).toBe(2);
  });

  test('taking a request back', async () => {
    const stop = new AbortController();
    const pulled = failureOf(feedTo().pull({ waitSeconds: 55 }, stop.signal));
    const before = peer.pulls.length;
    await until(() => peer.pulls.length > before || peer.pulls.at(-1)?.waitSeconds === 55, 'pull waits');
    stop.abort();
    expect(await pulled).toBeInstanceOf(Cancelled);
    expect(await failureOf(feedTo().pull({}, stop.signal))).toBeInstanceOf(Cancelled);
  });
});

describe('answers', () => {
  const row = (code: Parameters<typeof answered>[0]) => failureOf(answered(code));
  async function answered(verdict: ReturnType<Peer['onPull']>) {
    peer.onPull = () => verdict;
    return feedTo().pull({ waitSeconds: 0 });
  }

  test.each(['CERT_UNKNOWN', 'CERT_REVOKED', 'CLIENT_CLOSED', 'NOT_ALLOWED'] as const)('403 %s', async (error) => {
    const failure = await row({ error });
    expect(failure).toBeInstanceOf(CertificateRefused);
    expect((failure as CertificateRefused).code).toBe(error);
  });

  test('409 SESSION_TAKEN, 409 ACK_MISMATCH', async () => {
    expect(await row({ error: 'SESSION_TAKEN' })).toBeInstanceOf(SessionTaken);
    expect(await row({ error: 'ACK_MISMATCH' })).toBeInstanceOf(AcknowledgementMismatch);
  });

  test('429 and 503 carry Retry-After in seconds or as a date, bounded', async () => {
    const wait = async (error: 'TOO_MANY_REQUESTS' | 'STORE_UNAVAILABLE' | 'SHUTTING_DOWN', value?: string) => {
      const failure = await row({ error, ...(value === undefined ? {} : { headers: { 'retry-after': value } }) });
      expect(failure).toBeInstanceOf(Busy);
      expect((failure as Busy).code).toBe(error);
      return (failure as Busy).retryAfterMs;
    };
    expect(await wait('TOO_MANY_REQUESTS', '7')).toBe(7_000);
    expect(await wait('STORE_UNAVAILABLE')).toBeUndefined();
    expect(await wait('SHUTTING_DOWN', 'soon')).toBeUndefined();
    expect(await wait('STORE_UNAVAILABLE', '999999999')).toBe(600_000);
    const until30 = await wait('STORE_UNAVAILABLE', new Date(Date.now() + 30_000).toUTCString());
    expect(until30).toBeGreaterThan(20_000);
    expect(until30).toBeLessThanOrEqual(30_000);
  });

  test.each([
    ['400', { error: 'BAD_REQUEST' as const }],
    ['413', { error: 'TOO_LARGE' as const }],
    ['415', { error: 'UNSUPPORTED_MEDIA' as const }],
    ['404 of another server', { status: 404, body: '<html>not found</html>' }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.test/' } }],
    ['200 with a page instead of JSON', { status: 200, body: '<html>login</html>' }],
    ['200 with nothing', { status: 200, body: '' }],
    ['200 with a list', { status: 200, body: [] }],
    ['200 without messages', { status: 200, body: { client: 'x', serverTime: '2026-11-22T11:05:00Z', held: false, acked: 0, behind: 0 } }],
  ])('%s is a defect of the protocol', async (_what, verdict) => {
    expect(await row(verdict)).toBeInstanceOf(ProtocolDefect);
  });

  test('502, 503, 504 of a balancer mean that the hub is away', async () => {
    for (const status of [502, 503, 504]) expect(await row({ status, body: '<html></html>' })).toBeInstanceOf(Unreachable);
  });

  test('rubbish that calls itself gzip', async () => {
    expect(await row({ status: 200, body: 'no gzip', headers: { 'content-encoding': 'gzip' } })).toBeInstanceOf(ProtocolDefect);
  });

  test('unknown fields of a newer hub are ignored', async () => {
    peer.onAnswer = (answer) => ({ ...answer, novelty: { deep: [1] } });
    expect((await feedTo().pull({ waitSeconds: 0 })).messages).toEqual([]);
  });
});

describe('no answer', () => {
  test('connection cut', async () => {
    peer.onPull = () => 'cut';
    expect(await failureOf(feedTo().pull({ waitSeconds: 0 }))).toBeInstanceOf(Unreachable);
  });

  test('half-open: silence for the waiting time and 15 s more ends the request, and the socket with it', async () => {
    peer.onPull = () => 'swallow';
    const timers: { milliseconds: number; call: () => void; cancelled: boolean }[] = [];
    const clock = {
      ...systemClock,
      after(milliseconds: number, call: () => void) {
        const timer = { milliseconds, call, cancelled: false };
        timers.push(timer);
        return () => {
          timer.cancelled = true;
        };
      },
    };
    const seen = peer.pulls.length;
    const pulled = failureOf(feedTo({ clock }).pull({ waitSeconds: 25 }));
    await until(() => peer.pulls.length > seen, 'pull arrives');
    expect(timers.filter((timer) => !timer.cancelled).map((timer) => timer.milliseconds)).toEqual([40_000]);
    timers.at(-1)!.call();
    const failure = await pulled;
    expect(failure).toBeInstanceOf(Unreachable);
    expect(failure.message).toBe('no answer for 40 s');
    expect(timers.every((timer) => timer.cancelled)).toBe(true);
  });

  test('nobody listens, no such name, no TLS', async () => {
    expect(await failureOf(feedTo({ address: { host: '127.0.0.1', port: 1 } }).pull({}))).toBeInstanceOf(Unreachable);
    expect(await failureOf(feedTo({ address: { host: 'no-such-host.invalid', port: 8443 } }).pull({}))).toBeInstanceOf(Unreachable);
    const plain = createServer((socket) => socket.end('220 smtp\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as { port: number };
    expect(await failureOf(feedTo({ address: { host: '127.0.0.1', port } }).pull({}))).toBeInstanceOf(Unreachable);
    plain.close();
  });
});

describe('certificates', () => {
  test('a client certificate that the server closes the connection for is refused when its files tell why', async () => {
    const refused = async (identityOf: Issued) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'ca.crt'), peer.authority.pem);
      writeFileSync(join(folder, 'a.pem'), identityOf.pem);
      const certificates = await readCertificates(join(folder, 'ca.crt'), join(folder, 'a.pem'));
      rmSync(folder, { recursive: true });
      const failure = await failureOf(
        feedTo({ certificate: certificates.pem, rejection: certificates.rejection }).pull({ waitSeconds: 0 }),
      );
      expect(failure).toBeInstanceOf(CertificateRefused);
      return (failure as CertificateRefused).code;
    };
    expect(await refused(issue(createAuthority(), 'agency-17'))).toBe('UNKNOWN_CA');
    expect(await refused(issue(createAuthority('other'), 'agency-17'))).toBe('UNKNOWN_CA');
    expect(await refused(issue(peer.authority, 'agency-17', { from: -10 * DAY, to: -DAY }))).toBe('CERTIFICATE_EXPIRED');
    peer.onPull = () => 'cut';
    expect(await failureOf(feedTo({ rejection: () => undefined }).pull({}))).toBeInstanceOf(Unreachable);
  });

  test.each([
    [42, /BAD_CERTIFICATE/],
    [44, /CERTIFICATE_REVOKED/],
    [45, /CERTIFICATE_EXPIRED/],
    [46, /CERTIFICATE_UNKNOWN/],
    [48, /UNKNOWN_CA/],
    [49, /ACCESS_DENIED/],
    [116, /CERTIFICATE_REQUIRED/],
  ])('TLS alert %i about the certificate', async (alert, code) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, alert])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const failure = await failureOf(feedTo({ address: { host: 'localhost', port } }).pull({}));
    server.close();
    expect(failure).toBeInstanceOf(CertificateRefused);
    expect((failure as CertificateRefused).code).toMatch(code);
  });

  test('a server of a foreign authority, or under another name, is not spoken to', async () => {
    const seen = peer.pulls.length;
    const foreign = await failureOf(feedTo({ ca: createAuthority().pem }).pull({ waitSeconds: 0 }));
    expect(foreign).toBeInstanceOf(Unreachable);
    const misnamed = await failureOf(feedTo({ address: { host: '127.0.0.1', port: peer.port } }).pull({ waitSeconds: 0 }));
    expect(misnamed).toBeInstanceOf(Unreachable);
    expect(misnamed.message).toMatch(/127\.0\.0\.1/);
    expect(peer.pulls.length).toBe(seen);
  });
});

describe('proxy', () => {
  test('CONNECT with credentials; TLS reaches through to the hub, and answers are packed', async () => {
    const proxy = await startProxy('user:p@ss word');
    peer.enqueue(20);
    const feed = feedTo({
      address: { host: 'hub.test', port: peer.port },
      proxy: { origin: `http://127.0.0.1:${proxy.port}`, credentials: { user: 'user', password: 'p@ss word' } },
    });
    expect((await feed.pull({ waitSeconds: 0 })).messages.length).toBe(20);
    expect(proxy.connects.map((each) => each.target)).toEqual([`hub.test:${peer.port}`]);
    await feed.disconnect();
    await proxy.stop();
  });

  test('407 and a proxy that is away: unreachable, and the password is not in the reason', async () => {
    const proxy = await startProxy('user:right');
    const through = (port: number) =>
      feedTo({
        address: { host: 'hub.test', port: peer.port },
        proxy: { origin: `http://127.0.0.1:${port}`, credentials: { user: 'user', password: 'wrong-secret' } },
      });
    const refused = await failureOf(through(proxy.port).pull({ waitSeconds: 0 }));
    expect(refused).toBeInstanceOf(Unreachable);
    expect(refused.message).toMatch(/407/);
    await proxy.stop();
    const away = await failureOf(through(proxy.port).pull({ waitSeconds: 0 }));
    expect(away).toBeInstanceOf(Unreachable);
    expect(refused.message + away.message).not.toContain('wrong-secret');
  });
});
