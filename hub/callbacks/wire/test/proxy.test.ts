import { connect, createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { entryOf } from '../../test/support/guard.ts';
import { type Authority, makeAuthority } from './support/certificates.ts';
import { lifetime } from './support/lifetime.ts';
import { OK } from './support/receiver.ts';

const { receiver, bench, benchFor, atEnd } = lifetime();
let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority('Receivers');
});

interface Proxy {
  readonly url: URL;
  /** Heads of the requests that it got. */
  readonly asked: string[];
}

/** A proxy that leads every tunnel to one port of this machine, or answers CONNECT as told. */
async function startProxy(port: number, answer: (socket: Socket) => boolean = () => false): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let head = '';
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', read);
      asked.push(head);
      if (answer(socket)) return;
      const inner = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n');
        socket.pipe(inner).pipe(socket);
      });
      sockets.add(inner);
      inner.on('error', () => socket.destroy());
    };
    socket.on('data', read);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as { port: number }).port}`), asked };
}

const benchBehind = (proxy: URL) =>
  bench({
    proxy,
    entries: ['http://a.example.com', 'https://a.example.com', 'https://[2606:4700::1111]', 'http://10.0.0.1'].map((text) => entryOf(text)),
    names: () => {
      throw new Error('names are resolved by the proxy');
    },
    dial: () => {
      throw new Error('nothing is dialled past the proxy');
    },
  });

test('HTTP and HTTPS both go by CONNECT with the name, which the proxy resolves', async () => {
  const plain = await receiver();
  const tls = await receiver(OK, await authority.issue(['a.example.com']));
  const first = await startProxy(plain.port);
  expect(await benchBehind(first.url).answer('http://a.example.com/x')).toMatchObject({ status: 200 });
  expect(first.asked).toEqual(['CONNECT a.example.com:80 HTTP/1.1\r\nHost: a.example.com:80\r\n\r\n']);
  expect(plain.received[0]?.head).toMatch(/^POST \/x HTTP\/1\.1\r\nhost: a\.example\.com\r\n/);
  const second = await startProxy(tls.port);
  const behind = benchBehind(second.url);
  expect(await behind.answer('https://a.example.com/', { tls: { ca: authority.ca } })).toMatchObject({ status: 200 });
  expect(await behind.answer('https://a.example.com/', { tls: { ca: authority.ca } })).toMatchObject({ timing: { connect: null } });
  expect(second.asked).toEqual(['CONNECT a.example.com:443 HTTP/1.1\r\nHost: a.example.com:443\r\n\r\n']);
});

test('verification ends at the receiver, not at the proxy', async () => {
  const target = await receiver(OK, await authority.issue(['b.example.com']));
  const proxy = await startProxy(target.port);
  expect(await benchBehind(proxy.url).failure('https://a.example.com/', { tls: { ca: authority.ca } })).toMatchObject({
    code: 'tls_wrong_name',
    connect: true,
  });
});

test('the user and password of the setting go to the proxy alone', async () => {
  const target = await receiver();
  const proxy = await startProxy(target.port);
  proxy.url.username = 'hub';
  proxy.url.password = 'p%40ss';
  await benchBehind(proxy.url).answer('http://a.example.com/');
  expect(proxy.asked[0]).toContain(`\r\nProxy-Authorization: Basic ${Buffer.from('hub:p@ss').toString('base64')}\r\n`);
  expect(target.received[0]?.head).not.toContain('roxy');
});

test('an IPv6 address keeps its brackets', async () => {
  const target = await receiver(() => undefined);
  const proxy = await startProxy(target.port);
  await benchBehind(proxy.url).failure('https://[2606:4700::1111]/', { connectTimeout: 300 });
  expect(proxy.asked[0]).toMatch(/^CONNECT \[2606:4700::1111\]:443 HTTP\/1\.1\r\n/);
});

test('stages 1 to 4 hold behind a proxy, too', async () => {
  const proxy = await startProxy(1);
  const { refusal } = benchBehind(proxy.url);
  expect(await refusal('http://10.0.0.1/')).toMatchObject({ stage: 4, code: 'address_private' });
  expect(await refusal('http://b.example.com/')).toMatchObject({ stage: 3 });
  expect(await refusal('http://localhost/')).toMatchObject({ stage: 2 });
  expect(await refusal('http:a.example.com')).toMatchObject({ stage: 1 });
  expect(proxy.asked).toEqual([]);
});

describe('faults of the proxy are told apart from those of the receiver', () => {
  test.each([
    ['asks for a password', 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'],
    ['refuses', 'HTTP/1.1 403 Forbidden\r\n\r\n'],
    ['answers nonsense', 'nonsense\r\n\r\n'],
    ['speaks for the receiver', 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['talks without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`],
  ])('it %s', async (_, bytes) => {
    const proxy = await startProxy(1, (socket) => socket.write(bytes) || true);
    expect(await benchBehind(proxy.url).failure('http://a.example.com/')).toMatchObject({ code: 'proxy_error', connect: true });
  });

  test('it hangs up', async () => {
    const proxy = await startProxy(1, (socket) => Boolean(socket.end()));
    expect(await benchBehind(proxy.url).failure('http://a.example.com/')).toMatchObject({ code: 'proxy_error' });
  });

  test('it says nothing', async () => {
    const proxy = await startProxy(1, () => true);
    const failed = await benchBehind(proxy.url).failure('http://a.example.com/', { connectTimeout: 300 });
    expect(failed).toMatchObject({ code: 'proxy_error', connect: true });
    expect(failed.timing.end).toBeLessThan(2_500);
  });

  test('it is not there', async () => {
    const gone = await receiver();
    await gone.stop();
    const failed = await benchBehind(new URL(`http://127.0.0.1:${gone.port}`)).failure('http://a.example.com/');
    expect(failed).toMatchObject({ code: 'proxy_error', connect: true });
    expect(failed.message).toContain(`127.0.0.1:${gone.port}`);
  });
});

test.each(['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY'])('7.3 row 62: %s in the environment is ignored', async (name) => {
  const target = await receiver();
  const proxy = await startProxy(target.port);
  vi.stubEnv(name, proxy.url.href);
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  vi.stubEnv('NO_PROXY', '');
  try {
    expect(await benchFor(target).answer(`http://a.example.com:${target.port}/`)).toMatchObject({ status: 200 });
    expect(proxy.asked).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});
